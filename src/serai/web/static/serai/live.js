// What changed is said once, politely, and the focus moves on purpose; a text is copied.
// Assistive technology says what comes into the region, so a line waits unseen until the region is known. It keeps its
// room meanwhile: were the region empty, the page would jump twice, and a link slip from under the finger on it.
const put = (live, lines) => {
  for (const line of live.children) line.style.visibility = "hidden";
  setTimeout(() => live.replaceChildren(...lines), 60);
};

const say = (text) => {
  const live = document.getElementById("live");
  if (!live || !text) return;
  const line = document.createElement("p");
  line.className = "page";
  line.textContent = text;
  put(live, [line]);
};

const sayAgain = (live) => {
  if (live?.children.length) put(live, [...live.children].map((line) => line.cloneNode(true)));
};

const focus = (element) => {
  if (!element) return;
  if (!element.matches("a[href], button, input, select, textarea")) element.tabIndex = -1;
  element.focus({ preventScroll: false });
};

document.addEventListener("serai:say", (event) => say(event.detail));

document.addEventListener("htmx:afterSettle", (event) => {
  const swapped = event.detail.elt;
  const whole = swapped === document.body;
  const said = swapped.querySelector("[data-say]");
  if (whole) sayAgain(document.getElementById("live"));
  else if (said || swapped.dataset.say) say(said?.dataset.say ?? swapped.dataset.say);
  swapped.classList.add("swapped");
  const wanted = swapped.querySelector("[data-focus]") ?? (swapped.matches("[data-focus]") ? swapped : null);
  if (wanted) focus(wanted);
  else if (whole) focus(document.querySelector("main h1") ?? document.getElementById("main"));
});

const arrived = () => focus(document.querySelector(".errors[data-focus]"));
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", arrived);
else arrived();

// A text for a chat is copied by one press; without script it is selected by hand.
const offer = () => {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
};
offer();
document.addEventListener("htmx:afterSettle", offer);
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    if (!document.execCommand("copy")) return;
  }
  say(button.dataset.copied);
});

// Pressed twice in a row, a form is sent once. What htmx sends it holds back by itself.
const MOMENT = 5000;
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (Date.now() - Number(form.dataset.pressed ?? 0) < MOMENT) event.preventDefault();
  else form.dataset.pressed = Date.now();
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-pressed]")) delete form.dataset.pressed;
});
