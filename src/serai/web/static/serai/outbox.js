// A captured note outlives the network: a form with data-queue is put aside when it cannot be sent, and sent later.
// Each note carries sent_id, so that the server takes it once even when an answer was lost on the way.
const who = () => document.body.dataset.who ?? "visitor";
const place = () => `serai:${who()}:outbox`;
const words = () => document.querySelector("template[data-words]")?.dataset ?? {};
const say = (text) => document.dispatchEvent(new CustomEvent("serai:say", { detail: text }));
const read = () => { try { return JSON.parse(localStorage.getItem(place())) ?? []; } catch { return []; } };
const write = (notes) => { try { localStorage.setItem(place(), JSON.stringify(notes)); return true; } catch { return false; } };
let since = null;

const show = () => {
  const strip = document.querySelector("[data-offline]");
  if (!strip) return;
  const count = read().length;
  const gone = since !== null || !navigator.onLine;
  strip.hidden = !gone && !count;
  const [fact, kept, waiting] = strip.querySelectorAll("b, span");
  fact.hidden = kept.hidden = !gone;
  fact.dataset.pattern ??= fact.textContent;
  const time = new Intl.DateTimeFormat(document.documentElement.lang.slice(0, 2), { hour: "2-digit", minute: "2-digit" });
  fact.textContent = fact.dataset.pattern.replace("{time}", time.format(since ?? new Date()));
  waiting.textContent = count ? waiting.dataset.waiting.replace("{count}", count) : "";
};

const lost = () => { since ??= new Date(); show(); };

const mark = (form) => {
  let field = form.querySelector("input[name=sent_id]");
  if (!field) {
    field = document.createElement("input");
    field.type = "hidden";
    field.name = "sent_id";
    form.append(field);
  }
  if (!field.value) field.value = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
};

// A photo is drawn small on this device and waits as text beside its note; where that fails, the note waits alone.
const MOST = 1600;
const drawn = async (form) => {
  const file = form.querySelector("input[type=file]")?.files[0];
  if (!file || !form.querySelector("[name=people]:checked") || !form.elements.photo_again) return "";
  try {
    const image = await createImageBitmap(file);
    const share = Math.min(1, MOST / Math.max(image.width, image.height));
    const sheet = document.createElement("canvas");
    [sheet.width, sheet.height] = [image.width, image.height].map((side) => Math.max(1, Math.round(side * share)));
    sheet.getContext("2d").drawImage(image, 0, 0, sheet.width, sheet.height);
    return sheet.toDataURL("image/jpeg", 0.8).split(",")[1] ?? "";
  } catch { return ""; }
};

const put = async (form) => {
  const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
  const photo = [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
  const note = { to: form.action, fields, at: Date.now() };
  const picture = photo ? await drawn(form) : "";
  const pictured = { ...note, fields: fields.map(([name, value]) => [name, name === "photo_again" ? picture : value]) };
  const whole = picture && write([...read(), pictured]);
  if (!whole && !write([...read(), note])) return say(words().failed);
  form.dispatchEvent(new CustomEvent("serai:queued", { bubbles: true }));
  form.reset();
  for (const name of ["sent_id", "photo_again"]) if (form.elements[name]) form.elements[name].value = "";
  mark(form);
  say([words().kept, photo && !whole ? words().nophoto : ""].join(" ").trim());
  return lost();
};

const token = async (address) => {
  const here = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (here) return here.value;
  const page = await (await fetch(address)).text();
  return new DOMParser().parseFromString(page, "text/html").querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
};

// true: the server has it; false: it answered and did not take it; throws: no network.
const post = async (note) => {
  const body = new URLSearchParams(note.fields);
  body.append("csrfmiddlewaretoken", await token(note.to));
  const answer = await fetch(note.to, { method: "POST", body });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return answer.ok && !page.querySelector(".errors") && (page.body.dataset.who ?? who()) === who();
};

const send = async () => {
  let sent = 0;
  let refused = 0;
  for (const note of read()) {
    try {
      if (await post(note)) {
        sent += 1;
        write(read().filter((other) => other.at !== note.at || other.to !== note.to));
      } else refused += 1;
      since = null;
    } catch {
      lost();
      break;
    }
  }
  if (sent) say(words().sent?.replace("{count}", sent));
  else if (refused) say(words().refused?.replace("{count}", refused));
  show();
};

const catchUp = () => {
  if (!read().length || !navigator.onLine) return show();
  return navigator.locks ? navigator.locks.request("serai-outbox", { ifAvailable: true }, (lock) => lock && send()) : send();
};

const begin = () => {
  for (const form of document.querySelectorAll("form[data-queue]")) mark(form);
  catchUp();
};

document.addEventListener("htmx:sendError", (event) => {
  lost();
  const form = (event.detail.requestConfig?.elt ?? event.detail.elt)?.closest?.("form[data-queue]");
  if (form) put(form);
});
document.addEventListener("htmx:afterOnLoad", () => { since = null; show(); });
addEventListener("offline", lost);
addEventListener("online", () => { since = null; catchUp(); });
setInterval(() => { if (read().length) catchUp(); }, 30000);

begin();
document.addEventListener("htmx:afterSettle", begin);
