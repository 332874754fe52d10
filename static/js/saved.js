// What a reader saves stays in this browser, and is written only when they press a button: the keys of pages, in order.
const NAME = "saved";

const read = () => {
  try {
    const keys = JSON.parse(localStorage.getItem(NAME));
    return Array.isArray(keys) ? keys.filter(Number.isSafeInteger) : [];
  } catch {
    return [];
  }
};

// An empty list leaves nothing behind. Returns whether the browser let it.
const write = (keys) => {
  try {
    if (keys.length) localStorage.setItem(NAME, JSON.stringify(keys));
    else localStorage.removeItem(NAME);
    return true;
  } catch {
    return false;
  }
};

const keysOf = (item) => item.dataset.keys.split(" ").map(Number);
const without = (gone) => read().filter((key) => !gone.includes(key));

// The button on a page.
export function button(box) {
  const press = box.querySelector("button");
  const label = press.querySelector("span");
  const said = box.querySelector("[role=status]");
  const list = box.querySelector("[data-list-link]");
  const { key, most, save, remove, done, gone, failed, full } = box.dataset;
  const page = Number(key);
  const show = () => {
    const isSaved = read().includes(page);
    label.textContent = isSaved ? remove : save;
    list.hidden = !isSaved;
  };
  press.addEventListener("click", () => {
    const isSaved = read().includes(page);
    if (!isSaved && read().length >= Number(most)) {
      said.textContent = full;
    } else {
      const isDone = write(isSaved ? without([page]) : [...read(), page]);
      said.textContent = isDone ? (isSaved ? gone : done) : failed;
    }
    show();
  });
  addEventListener("pageshow", show);
  show();
  box.hidden = false;
}

// The list: the reader's own, or one that came as a link.
export function list(place) {
  const said = place.querySelector("[data-said]");
  const empty = place.querySelector("[data-list]").cloneNode(true);
  const { saved: address, failed, full } = place.dataset;
  const most = Number(place.dataset.most);
  const isGiven = "given" in place.dataset;

  const put = (fresh) => {
    place.querySelector("[data-list]").replaceWith(fresh);
    for (const part of fresh.querySelectorAll("[data-only]")) part.hidden = part.dataset.only !== (isGiven ? "given" : "mine");
    fresh.dispatchEvent(new Event("renewed", { bubbles: true }));
  };

  const load = async () => {
    const keys = read();
    if (!keys.length) return put(empty.cloneNode(true));
    const asked = `${address}?${new URLSearchParams(keys.map((key) => ["id", key]))}`;
    try {
      const answer = await fetch(asked, { headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      put(document.adoptNode(page.querySelector("[data-list]")));
    } catch {
      location.assign(asked);
    }
  };

  place.addEventListener("click", async (event) => {
    const pressed = event.target.closest("[data-keep], [data-empty], [data-remove]");
    if (!pressed || (isGiven && pressed.matches("[data-remove]"))) return; // a given list is changed by its address
    event.preventDefault();
    if (pressed.matches("[data-keep]")) {
      const all = [...new Set([...read(), ...[...place.querySelectorAll("[data-keys]")].flatMap(keysOf)])];
      said.textContent = all.length > most ? full : write(all) ? pressed.dataset.done : failed;
      return;
    }
    const isEmptied = pressed.matches("[data-empty]");
    const isDone = write(isEmptied ? [] : without(keysOf(pressed.closest("[data-keys]"))));
    await load();
    said.textContent = isDone ? (isEmptied ? pressed.dataset.done : "") : failed;
    place.querySelector("[data-list]").focus();
  });

  if (isGiven) put(place.querySelector("[data-list]"));
  else {
    addEventListener("storage", load);
    if (read().length) load();
  }
}
