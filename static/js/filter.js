// Lists with filters: the same addresses as without JavaScript, but the list changes in place.
const list = () => document.querySelector("[data-list]");
const total = () => document.querySelector("[data-list-total]");

let request;

async function load(url, { push = true, focus = false } = {}) {
  request?.abort();
  request = new AbortController();
  const old = list();
  old.toggleAttribute("data-busy", true);
  old.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { signal: request.signal, headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-list]");
    if (!fresh) throw new Error("no list");
    old.replaceWith(document.adoptNode(fresh));
    renew(page);
    const said = page.querySelector("[data-list-total]");
    total().textContent = said.textContent;
    if (said.dataset.total) total().dataset.total = said.dataset.total;
    document.title = page.title;
    if (push) history.pushState({ filtered: true }, "", url);
    if (focus) {
      const bar = total();
      bar.tabIndex = -1;
      bar.focus({ preventScroll: true });
      bar.scrollIntoView({ block: "nearest" });
    }
  } catch (error) {
    if (error.name !== "AbortError") location.assign(url);
  }
}

// What can be chosen depends on what was found. Whoever is choosing stays where they are.
const renew = (page) => {
  const old = document.querySelector("[data-narrow]");
  const fresh = page.querySelector("[data-narrow]");
  if (!old || !fresh) return;
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  if (old.querySelector("details")?.open) fresh.querySelector("details").open = true;
  old.replaceWith(document.adoptNode(fresh));
  if (focused) document.getElementById(focused)?.focus();
};

const address = (form) => {
  const pairs = [...new FormData(form)].filter(([, value]) => value !== "");
  const query = new URLSearchParams(pairs).toString();
  return form.action.split("?")[0] + (query ? `?${query}` : "");
};

// Chips take a filter away: the form follows the address.
const follow = (form) => {
  const asked = new URL(location).searchParams;
  for (const field of form.elements) {
    if (!field.name) continue;
    if (field.type === "hidden") {
      if (!asked.getAll(field.name).includes(field.value)) field.remove();
    } else if (field.name !== "q" || asked.has("q")) {
      field.value = asked.get(field.name) ?? "";
    }
  }
  for (const name of ["kind"]) {
    for (const value of asked.getAll(name)) {
      if ([...form.elements].some((field) => field.name === name && field.value === value)) continue;
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      form.append(field);
    }
  }
};

export function start() {
  const form = document.querySelector("form[data-filter]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    load(address(form), { focus: true });
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input[type=number]")) load(address(form));
  });
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("[data-list] .chips a, [data-list] .pages a");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || link.origin !== location.origin || link.pathname !== location.pathname) return;
    event.preventDefault();
    await load(link.href, { focus: true });
    follow(form);
  });
  addEventListener("popstate", async () => {
    await load(location.href, { push: false });
    follow(form);
  });
}
