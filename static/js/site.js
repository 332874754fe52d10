// Everything here is help: each page works without it. Modules are fetched when they are needed.
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

for (const box of all("[data-suggest]")) {
  const field = box.querySelector("input[type=search]");
  field?.addEventListener("focus", ({ target: { value } }) => import("./suggest.js").then((module) => module.suggest(field, box, value)), { once: true });
}

if (document.querySelector("form[data-filter]") && document.querySelector("[data-list]")) {
  import("./filter.js").then((module) => module.start());
}

for (const box of all("[data-timer]")) {
  import("./timer.js").then((module) => module.start(box));
}

if (document.querySelector("[data-save], [data-saved]")) {
  import("./saved.js").then((module) => {
    all("[data-save]").forEach(module.button);
    all("[data-saved]").forEach(module.list);
  });
}

// Buttons that need JavaScript show where there is some. A module that puts something on the page says `renewed`.
const offer = (place) => {
  for (const button of all("[data-print]", place)) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }

  for (const box of all("[data-share]", place)) {
    const { title, url } = box.dataset;
    const said = box.querySelector("[role=status]");
    const copy = box.querySelector("[data-copy]");
    const native = box.querySelector("[data-native]");
    if (navigator.clipboard) {
      copy.hidden = false;
      copy.firstElementChild.addEventListener("click", async (event) => {
        const { done } = event.currentTarget.dataset;
        try {
          await navigator.clipboard.writeText(url);
          said.textContent = done;
        } catch {
          said.textContent = url;
        }
      });
    }
    if (navigator.share) {
      native.hidden = false;
      native.firstElementChild.addEventListener("click", () => navigator.share({ title, url }).catch(() => {}));
    }
  }
};
offer(document);
document.addEventListener("renewed", (event) => offer(event.target));

// Films from elsewhere: nothing is asked of the other service until the reader presses play.
for (const box of all("[data-player]")) {
  const button = box.querySelector("button");
  button.hidden = false;
  box.querySelector("a").hidden = true;
  button.addEventListener("click", () => {
    const frame = document.createElement("iframe");
    const address = new URL(box.dataset.player);
    address.searchParams.set("autoplay", "1");
    Object.assign(frame, { src: address.href, title: box.dataset.title, allow: "fullscreen; autoplay; encrypted-media" });
    box.replaceChildren(frame);
    frame.focus();
  });
}

// Which hits are opened is counted, without a word about who opens them.
document.addEventListener("click", (event) => {
  const hit = event.target.closest?.("[data-opened] .result a")?.closest(".result");
  if (!hit) return;
  const { opened, query } = hit.closest("[data-opened]").dataset;
  navigator.sendBeacon?.(opened, new URLSearchParams({ q: query, page: hit.dataset.page }));
});
