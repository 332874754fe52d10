// Walks through the steps of a meeting. Time is taken from the clock on the wall, so that a tab that slept is right
// when it wakes; everything is on the page, so that the network may go away.
const MINUTE = 60_000;
const two = (number) => String(number).padStart(2, "0");
const clock = (milliseconds) => {
  const seconds = Math.floor(milliseconds / 1000);
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
};

export function start(box) {
  const part = (name) => box.querySelector(`[data-${name}]`);
  const words = box.dataset;
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  const face = part("face");
  const steps = [...box.querySelectorAll("ol.steps > li")].map((element) => ({
    element,
    title: element.dataset.name,
    length: Number(element.dataset.minutes) * MINUTE, // 0: the step has no time of its own
  }));

  // A tab that is loaded again goes on where it was: the browser keeps this with the tab, and nowhere else.
  const kept = history.state?.timer;
  let place = kept && kept.place < steps.length ? kept.place : 0;
  let spent = kept?.spent ?? 0; // milliseconds of this step before the last start
  let since = kept?.since ?? null; // when the clock was last started, or null while it rests
  let told = new Set(); // what has been said about this step
  let lock = null;

  const keep = () => history.replaceState({ ...history.state, timer: { place, spent, since } }, "");
  const gone = () => spent + (since === null ? 0 : Date.now() - since);
  const say = (text) => (part("said").textContent = text);

  const rest = (milliseconds) => {
    // To whole seconds upwards, so that ten minutes begin as 10:00 and end as 00:00.
    return Math.ceil(milliseconds / 1000) * 1000;
  };

  const show = () => {
    const { title, length } = steps[place];
    const passed = gone();
    const isOver = length > 0 && passed >= length;
    part("place").textContent = fill(words.step, { number: place + 1, total: steps.length });
    part("title").textContent = title;
    part("clock").textContent = length === 0 ? clock(passed) : isOver ? `+${clock(passed - length)}` : clock(rest(length - passed));
    part("sort").textContent = length === 0 ? words.gone : isOver ? words.over : words.left;
    part("bar").hidden = length === 0;
    if (length) part("bar").value = Math.min(1, passed / length);
    face.classList.toggle("is-over", isOver);
    const next = steps[place + 1];
    part("then").textContent = next ? fill(words.next, { title: next.title }) : words.last;
    const later = steps.slice(place).map((step) => step.length);
    part("end").hidden = later.includes(0);
    const end = new Date(Date.now() + Math.max(0, length - passed) + later.slice(1).reduce((sum, one) => sum + one, 0));
    part("end").textContent = fill(words.ends, { hours: two(end.getHours()), minutes: two(end.getMinutes()) });
    part("go").textContent = since === null ? words.start : words.pause;
    part("back").disabled = place === 0;
    part("forward").disabled = place === steps.length - 1;
  };

  const tell = () => {
    const { length } = steps[place];
    if (since === null || length === 0) return;
    const left = length - gone();
    if (left <= 0 && !told.has("out")) {
      told.add("out");
      say(words.out);
    } else if (left > 0 && left <= MINUTE && length > MINUTE && !told.has("minute")) {
      told.add("minute");
      say(words.minute);
    }
  };

  const enter = (number, already = 0) => {
    if (number < 0 || number >= steps.length) return;
    place = number;
    spent = already;
    told = new Set();
    if (since !== null) since = Date.now();
    keep();
    for (const [index, { element }] of steps.entries()) {
      if (index === place) element.setAttribute("aria-current", "step");
      else element.removeAttribute("aria-current");
    }
    const { title, length } = steps[place];
    const isFocused = face.contains(document.activeElement);
    say(fill(length ? words.begun : words.open, { title, minutes: length / MINUTE }));
    show();
    if (isFocused && document.activeElement.disabled) part("go").focus();
  };

  const tick = () => {
    if (since === null) return;
    // A tab that slept may have missed several steps.
    while (part("auto").checked && place < steps.length - 1 && steps[place].length && gone() >= steps[place].length) {
      enter(place + 1, gone() - steps[place].length);
    }
    show();
    tell();
  };

  const awake = async () => {
    // The screen stays lit while the clock runs, where the browser can and may.
    try {
      if (since !== null && document.visibilityState === "visible") lock = (await navigator.wakeLock?.request("screen")) ?? null;
    } catch {
      lock = null;
    }
  };

  const toggle = () => {
    if (since === null) {
      since = Date.now();
      say(fill(steps[place].length ? words.begun : words.open, { title: steps[place].title, minutes: steps[place].length / MINUTE }));
      awake();
    } else {
      spent = gone();
      since = null;
      say(words.paused);
      lock?.release();
    }
    keep();
    show();
  };

  const screen = () => (document.fullscreenElement ? document.exitFullscreen() : box.requestFullscreen()).catch(() => {});

  part("go").addEventListener("click", toggle);
  part("back").addEventListener("click", () => enter(place - 1));
  part("forward").addEventListener("click", () => enter(place + 1));
  part("screen").hidden = !document.fullscreenEnabled;
  part("screen").addEventListener("click", screen);
  document.addEventListener("fullscreenchange", () => {
    part("screen").textContent = document.fullscreenElement ? words.leave : words.full;
  });
  document.addEventListener("visibilitychange", () => {
    tick();
    awake();
  });
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input:not([type=checkbox]), select, textarea")) return;
    const isControl = event.target.closest("a, button, summary, input");
    if (event.key === " " && !isControl) toggle();
    else if (event.key === "ArrowRight") enter(place + 1);
    else if (event.key === "ArrowLeft") enter(place - 1);
    else if (event.key === "Escape" && !document.fullscreenElement && since !== null) toggle();
    else if (event.key === "f" && document.fullscreenEnabled) screen();
    else return;
    event.preventDefault();
  });

  face.hidden = false;
  steps[place].element.setAttribute("aria-current", "step");
  show();
  tick();
  awake();
  setInterval(tick, 250);
}
