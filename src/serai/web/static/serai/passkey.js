/* Passkeys: shows what needs script, and says it when a passkey did not work. Enter in a form of one is its button. */
(() => {
  "use strict";
  const can = Boolean(window.PublicKeyCredential && navigator.credentials);
  for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = !can;
  for (const form of document.querySelectorAll("form[data-press]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      document.getElementById(form.dataset.press).click();
    });
  }
  const trouble = document.getElementById("passkey_trouble");
  const otherwise = trouble && trouble.textContent;
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    if (!trouble) return;
    const there = event.detail.exception.name === "InvalidStateError" && trouble.dataset.there;
    trouble.textContent = there || otherwise;
    trouble.hidden = false;
  });
  document.addEventListener("click", () => { if (trouble) trouble.hidden = true; }, true);
})();
