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
