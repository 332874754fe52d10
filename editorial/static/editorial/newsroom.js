// After an automatic save the browser has seen that version. Wagtail tells its own scripts so, but not the form:
// without this, pressing "save" would look like a save from a tab that is out of date.
document.addEventListener("w-autosave:success", ({ detail }) => {
  const saved = detail?.data;
  if (!saved?.revision_id) return;
  const values = { loaded_revision_id: saved.revision_id, loaded_revision_created_at: saved.revision_created_at };
  for (const [name, value] of Object.entries(values)) {
    const input = document.querySelector(`input[name="${name}"]`);
    if (input) input.value = value;
  }
});

// While an automatic save is on its way, a press on "save" waits for it. Sent at once, it would be a second save from one
// screen: of a page that is being created already, or of a version that is no longer the latest.
let isSaving = false;
let waiting = null;

document.addEventListener("w-autosave:save", () => {
  isSaving = true;
});

for (const name of ["w-autosave:success", "w-autosave:error"]) {
  document.addEventListener(name, () => {
    isSaving = false;
    if (!waiting) return;
    const { form, submitter } = waiting;
    waiting = null;
    if (submitter) submitter.disabled = false; // a pressed button shows that it works; disabled, it would not be sent
    form.requestSubmit(submitter);
  });
}

document.addEventListener(
  "submit",
  (event) => {
    if (!isSaving || !event.target.matches("[data-edit-form]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = { form: event.target, submitter: event.submitter };
  },
  { capture: true },
);

// Wagtail knows when somebody else has saved a newer version, and asks at "save" whether it may be overwritten. Here nothing
// ever is: the server answers with both versions, so the press goes to it at once.
document.addEventListener(
  "click",
  () => {
    const session = document.querySelector("[data-w-session-intercept-value=conflict]");
    if (session) session.dataset.wSessionInterceptValue = "";
  },
  { capture: true },
);

// Wagtail's dialogues have a heading but no name.
window.jQuery(document).on("show.bs.modal", ".modal", ({ currentTarget }) => {
  const heading = currentTarget.querySelector("h1, h2");
  if (heading) currentTarget.setAttribute("aria-label", heading.textContent.trim());
});

// Whoever else has the page open is a button with a picture: a name for it stands only in what opens on it. Wagtail asks who
// they are as soon as the page is there, and every ten seconds.
document.addEventListener("w-swap:success", () => {
  for (const button of document.querySelectorAll("button.w-editing-sessions__session")) {
    const said = button.querySelector(".w-editing-sessions__popup")?.textContent.trim();
    if (said) button.setAttribute("aria-label", said.replace(/\s+/g, " "));
  }
});

// A verdict that comes too late is answered with the reason. Wagtail's dialogue would say that the server has failed.
const openDialogue = window.ModalWorkflow;
if (openDialogue) {
  window.ModalWorkflow = (options) => {
    const trigger = document.activeElement;
    const onError = (answer) => {
      const page = new DOMParser().parseFromString(answer.responseText ?? "", "text/html");
      const text = page.querySelector("main p")?.textContent.trim() || answer.statusText;
      window.jQuery(".modal").modal("hide");
      trigger?.removeAttribute("disabled");
      document.dispatchEvent(new CustomEvent("w-messages:add", { detail: { text, type: "error" } }));
    };
    return openDialogue({ onError, ...options });
  };
}
