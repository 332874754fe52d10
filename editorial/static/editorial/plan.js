// The plan by mouse and by keyboard: something is dragged to another day, or lifted from its button with the arrow keys.
// The server moves it, by the same function as the form without script; then the plan is read anew.
const said = document.querySelector("[data-plan-said]");
const help = document.querySelector("[data-plan-help]");
const DAY = 24 * 60 * 60 * 1000;
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
let lifted = null; // the item that the keyboard has lifted, and the day over which it is held

const plan = () => document.querySelector("[data-plan]");
const dayOf = (element) => element.closest("[data-day]");
const csrf = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? window.wagtailConfig?.CSRF_TOKEN;

const say = (text, undo) => {
  said.textContent = text;
  if (!undo) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-small button-secondary";
  button.textContent = plan().dataset.undo;
  button.addEventListener("click", undo);
  said.append(" ", button);
};

const readAnew = async (focusOn) => {
  const answer = await fetch(window.location.href, { headers: { accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-plan]");
  if (!answer.ok || !fresh) return window.location.reload();
  plan().replaceWith(fresh);
  const moved = document.querySelector(`[data-item="${focusOn}"] [data-move]`);
  (moved ?? said.querySelector("button"))?.focus();
};

const send = async ({ url, item, seen, at }) => {
  const body = new URLSearchParams({ seen, at });
  const headers = { accept: "application/json", "x-csrftoken": csrf() };
  const answer = await fetch(url, { method: "POST", body, headers });
  const told = await answer.json().catch(() => ({ said: plan().dataset.failed }));
  if (!answer.ok) return say(told.said);
  const back = told.before && (() => send({ url, item, seen: told.seen, at: told.before }));
  say(told.said, back);
  return readAnew(item);
};

const move = (element, day) => {
  const { url, item, seen, clock } = element.dataset;
  if (dayOf(element)?.dataset.day === day) return;
  send({ url, item, seen, at: `${day} ${clock}` }).catch(() => say(plan().dataset.failed));
};

// The mouse.
let dragged = null;

const mark = (day) => {
  for (const other of document.querySelectorAll(".plan-day--target")) other.classList.remove("plan-day--target");
  day?.classList.add("plan-day--target");
};

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-item][draggable=true]");
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.querySelector(".plan-title").textContent.trim());
});

document.addEventListener("dragover", (event) => {
  const day = dragged && event.target.closest?.("[data-day]");
  if (!day) return;
  event.preventDefault();
  mark(day);
});

document.addEventListener("drop", (event) => {
  const day = dragged && event.target.closest?.("[data-day]");
  if (!day) return;
  event.preventDefault();
  move(dragged, day.dataset.day);
});

document.addEventListener("dragend", () => {
  dragged = null;
  mark(null);
});

// The keyboard.
const later = (day, days) => new Date(Date.parse(`${day}T12:00:00Z`) + days * DAY).toISOString().slice(0, 10);

const nameOf = (day) => {
  const options = { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" };
  return new Date(`${day}T12:00:00Z`).toLocaleDateString(document.documentElement.lang, options);
};

const letGo = (text) => {
  lifted?.element.classList.remove("plan-item--lifted");
  lifted = null;
  mark(null);
  if (text) say(text);
};

document.addEventListener("keydown", (event) => {
  const element = event.target.closest?.("[data-move]")?.closest("[data-item]");
  if (!element || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key in STEPS) {
    event.preventDefault();
    lifted ??= { element, day: dayOf(element).dataset.day };
    lifted.day = later(lifted.day, STEPS[event.key]);
    element.classList.add("plan-item--lifted");
    mark(document.querySelector(`[data-day="${lifted.day}"]`));
    say(plan().dataset.lifted.replace("{day}", nameOf(lifted.day)));
  } else if (lifted && event.key === "Escape") {
    letGo(plan().dataset.left);
  } else if (lifted && event.key === "Enter") {
    event.preventDefault();
    const { day } = lifted;
    letGo();
    move(element, day);
  }
});

document.addEventListener("focusout", () => letGo());

if (help) help.hidden = false;
