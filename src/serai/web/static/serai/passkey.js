/* Passkeys: shows what needs script, and says it when a passkey did not work. */
(() => {
  "use strict";
  const can = Boolean(window.PublicKeyCredential && navigator.credentials);
  for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = !can;
  const trouble = document.getElementById("passkey_trouble");
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    if (trouble) trouble.hidden = false;
  });
  document.addEventListener("click", () => { if (trouble) trouble.hidden = true; }, true);
})();
