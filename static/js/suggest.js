// Suggestions while typing: an ARIA combobox with a list. Arrow keys move, Enter follows, Escape closes.
let number = 0;

export function suggest(field, box, before) {
  const list = document.createElement("ul");
  const id = `suggestions-${++number}`;
  let shown = [];
  let active = -1;
  let request;
  let timer;

  Object.assign(list, { id, className: "suggestions", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.labels?.[0]?.textContent.trim() || "");
  box.append(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": id, "aria-autocomplete": "list", "aria-haspopup": "listbox" })) {
    field.setAttribute(name, value);
  }

  const close = () => {
    list.hidden = true;
    active = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };

  const mark = (place) => {
    active = place;
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === place)));
    if (place < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", `${id}-${place}`);
  };

  const follow = (place) => {
    const { url, text } = shown[place];
    close();
    if (url) {
      location.assign(url);
    } else {
      field.value = text;
      field.form.requestSubmit();
    }
  };

  const show = (suggestions) => {
    shown = suggestions;
    list.replaceChildren(
      ...suggestions.map(({ text, kind }, place) => {
        const label = kind && box.getAttribute(`data-${kind}`);
        const item = document.createElement("li");
        item.id = `${id}-${place}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        const words = document.createElement("span");
        words.textContent = text;
        item.append(words);
        if (kind) item.classList.add(`k-${kind}`);
        if (label) {
          const small = document.createElement("small");
          small.textContent = label;
          item.append(small);
        }
        item.addEventListener("pointerdown", (event) => event.preventDefault());
        item.addEventListener("click", () => follow(place));
        return item;
      }),
    );
    mark(-1);
    list.hidden = !suggestions.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
  };

  const ask = async () => {
    request?.abort();
    const query = field.value.trim();
    if (query.length < 2) return close();
    request = new AbortController();
    try {
      const answer = await fetch(`${box.dataset.suggest}?${new URLSearchParams({ q: query })}`, { signal: request.signal });
      const { suggestions } = await answer.json();
      if (document.activeElement === field) show(suggestions);
    } catch {
      // No answer, no suggestions: the form still searches.
    }
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    const { key } = event;
    if (key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) {
        ask();
      } else {
        const count = shown.length + 1; // the field itself is one of the stops
        mark(((active + 1 + (key === "ArrowDown" ? 1 : count - 1)) % count) - 1);
      }
    } else if (key === "Enter" && active >= 0 && !list.hidden) {
      event.preventDefault();
      follow(active);
    }
  });
  if (field.value !== before) ask(); // typed while this module was on its way
}
