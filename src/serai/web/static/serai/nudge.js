// Arrow keys nudge a session of the organiser's programme by five minutes, through the form that changes a session.
const STEP = 5;
const WAIT = 450; // several presses are one move
const words = () => document.querySelector("template[data-nudge]")?.dataset;
const say = (text) => document.dispatchEvent(new CustomEvent("serai:say", { detail: text }));
const read = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");
let waiting, link = null, minutes = 0;

// "2024-11-26T17:00" so many minutes later, on the clock of the place.
const later = (hour, by) => {
  const at = new Date(`${hour.slice(0, 16)}:00Z`);
  at.setUTCMinutes(at.getUTCMinutes() + by);
  return at.toISOString().slice(0, 16);
};

const send = async () => {
  const here = link, by = minutes;
  minutes = 0;
  if (!by) return;
  try {
    const address = `${here.pathname}change/`;
    const form = (await read(await fetch(address))).querySelector("form[data-draft]");
    const body = new FormData(form);
    for (const name of ["starts_at", "ends_at"]) if (body.get(name)) body.set(name, later(body.get(name), by));
    if (!body.get("starts_at")) return;
    const answer = await fetch(address, { method: "POST", body });
    if (!answer.ok || !answer.redirected) throw new Error(answer.status);
    const fresh = await read(answer);
    document.getElementById("main").replaceWith(fresh.getElementById("main"));
    document.querySelector(`.hours a[href="${here.getAttribute("href")}"]`)?.focus();
    say(words().moved.replace("{time}", body.get("starts_at").slice(11)));
  } catch {
    say(words().failed);
  }
};

document.addEventListener("keydown", (event) => {
  const wanted = event.target.closest?.(".hours .what a");
  const way = { ArrowDown: STEP, ArrowUp: -STEP }[event.key];
  if (!words() || !wanted || !way || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (link !== wanted) minutes = 0;
  link = wanted;
  minutes += way;
  clearTimeout(waiting);
  waiting = setTimeout(send, WAIT);
});
