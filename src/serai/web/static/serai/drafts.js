// Forms save as you go. A form with data-draft="name" keeps what is typed on this device until the server has it.
// With the network gone nothing is lost: the form stays, the words stay, and the next load brings them back.
const DAYS = 14;
const who = () => document.body.dataset.who ?? "visitor";
const place = (form) => `serai:${who()}:draft:${form.dataset.draft || location.pathname}`;
const words = () => document.querySelector("template[data-words]")?.dataset ?? {};
const say = (text) => document.dispatchEvent(new CustomEvent("serai:say", { detail: text }));

const store = {
  get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } },
};

// The version a draft was begun on comes back with it, so that a change made meanwhile by someone else is seen.
const kept = (form) => [...form.elements].filter((field) => field.name && field.name !== "csrfmiddlewaretoken"
  && !["password", "file", "submit", "button"].includes(field.type)
  && (field.type !== "hidden" || field.name === "version") && !field.matches("[data-nodraft]"));

const values = (form) => kept(form).map((field) => [
  field.name, ["checkbox", "radio"].includes(field.type) ? [field.value, field.checked] : field.value,
]);

const fill = (form, saved) => {
  const fields = kept(form);
  for (const [name, value] of saved) {
    for (const field of fields.filter((one) => one.name === name)) {
      if (!Array.isArray(value)) field.value = value;
      else if (field.value === value[0]) field.checked = value[1];
    }
  }
};

const restore = (form) => {
  const saved = store.get(place(form));
  form.dataset.given = JSON.stringify(values(form));
  if (!saved) return;
  if (Date.now() - saved.at > DAYS * 864e5) return store.drop(place(form));
  if (form.querySelector("[aria-invalid=true]") || document.querySelector(".errors")) return;
  if (JSON.stringify(saved.fields) === form.dataset.given) return;
  fill(form, saved.fields);
  const line = document.createElement("p");
  line.className = "small quiet";
  const away = document.createElement("button");
  away.type = "button";
  away.className = "as-link";
  away.textContent = words().throw;
  away.addEventListener("click", () => {
    fill(form, JSON.parse(form.dataset.given));
    store.drop(place(form));
    line.remove();
    form.querySelector(".input, .tick")?.focus();
  });
  line.append(`${words().restored} `, away);
  form.prepend(line);
};

const begin = () => {
  for (const form of document.querySelectorAll("form[data-draft]:not([data-given])")) {
    restore(form);
    if (!form.hasAttribute("hx-boost")) {
      form.setAttribute("hx-boost", "true");
      window.htmx?.process(form);
    }
  }
};

let waiting;
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.matches("[data-draft]")) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => store.set(place(form), { at: Date.now(), fields: values(form) }), 250);
});

// The last key stroke before the page goes is kept too.
addEventListener("pagehide", () => {
  for (const form of document.querySelectorAll("form[data-given]")) {
    const now = values(form);
    if (JSON.stringify(now) !== form.dataset.given && !form.dataset.sent) store.set(place(form), { at: Date.now(), fields: now });
  }
});

// htmx names the target as elt where something is swapped, so the one that asked is looked up first.
const draftOf = (event) => (event.detail.requestConfig?.elt ?? event.detail.elt)?.closest?.("form[data-draft]");

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = draftOf(event);
  if (form) store.set(place(form), { at: Date.now(), fields: values(form) });
});

// The server has it when its page carries no error and still knows the same person.
document.addEventListener("htmx:beforeSwap", (event) => {
  const form = draftOf(event);
  if (!form) return;
  const { xhr } = event.detail;
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const taken = xhr.status < 400 && !page.querySelector(".errors") && (page.body.dataset.who ?? who()) === who();
  if (!taken) return;
  clearTimeout(waiting);
  form.dataset.sent = "true";
  store.drop(place(form));
});

document.addEventListener("htmx:sendError", (event) => {
  const form = draftOf(event);
  if (form && !form.matches("[data-queue]")) say(words().kept);
});

document.addEventListener("htmx:responseError", (event) => { if (draftOf(event)) say(words().anew); });
document.addEventListener("serai:queued", (event) => { clearTimeout(waiting); store.drop(place(event.target)); });

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-sign-out]")) return;
  for (const key of Object.keys(localStorage)) if (key.startsWith(`serai:${who()}:draft:`)) store.drop(key);
});

begin();
document.addEventListener("htmx:afterSettle", begin);
