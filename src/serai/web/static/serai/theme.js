// Light or dark, as chosen on this device. Runs before the first paint, so it is no module.
(function () {
  const root = document.documentElement;
  const read = () => { try { return localStorage.getItem("serai:theme") || ""; } catch { return ""; } };
  const show = (theme) => { if (theme) root.dataset.theme = theme; else delete root.dataset.theme; };
  show(read());
  const mark = () => {
    for (const group of document.querySelectorAll("[data-themes]")) {
      group.hidden = false;
      for (const button of group.querySelectorAll("[data-theme-choice]")) {
        button.setAttribute("aria-pressed", String(button.dataset.themeChoice === read()));
      }
    }
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    try { localStorage.setItem("serai:theme", button.dataset.themeChoice); } catch { /* private mode: for this page only */ }
    show(button.dataset.themeChoice);
    mark();
  });
  document.addEventListener("DOMContentLoaded", mark);
  document.addEventListener("htmx:afterSettle", mark);
})();
