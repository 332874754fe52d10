// What Wagtail writes as inline scripts, which the Content-Security-Policy forbids, stands in the page as data:
//   <template data-controller="inline-call" data-inline-call-name-value="initDateChooser" data-inline-call-arguments-value="…">
// The arguments are a JSON list, escaped as Django's `escapejs` does. A form set replaces `__prefix__` only as far as the next
// quotation mark, and in this form it finds one after each, as it did in the script.
(() => {
  class InlineCall extends window.StimulusModule.Controller {
    static values = { name: String, arguments: String };

    connect() {
      if (this.element.dataset.inlineCallDone) return; // moved within the page, not new
      this.element.dataset.inlineCallDone = 'true';
      const target = window[this.nameValue];
      const list = JSON.parse(JSON.parse(`"${this.argumentsValue}"`));
      // A class is constructed, a function is called.
      if (/^[A-Z]/.test(this.nameValue)) new target(...list);
      else target(...list);
    }
  }

  window.wagtail.app.register('inline-call', InlineCall);

  // The translation editor asks for these when somebody opens a chooser.
  const urls = document.querySelector('[data-chooser-urls]');
  if (urls) window.chooserUrls ??= JSON.parse(urls.dataset.chooserUrls);

  // "Select all" among the languages of a translation.
  const all = document.querySelector('[data-select-all-locales]') && document.querySelector('[name="select_all"]');
  all?.addEventListener('change', () => {
    for (const box of document.querySelectorAll('[name="locales"]')) box.checked = all.checked;
  });
})();
