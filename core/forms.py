from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.widgets import AdminDateTimeInput

REVIEW_INTERVALS = [(6, _("every half-year")), (12, _("every year")), (24, _("every other year"))]


class BasePageForm(WagtailAdminPageForm):
    """The editor's form. Beside the page's own fields it carries those of its stewardship row."""

    responsible = forms.ModelChoiceField(
        label=_("Responsible"), queryset=None, required=False, help_text=_("Who keeps the page true. Required at publication.")
    )
    review_interval = forms.TypedChoiceField(
        label=_("Read again"), choices=REVIEW_INTERVALS, coerce=int, required=False, empty_value=12
    )
    pinned_until = forms.DateTimeField(
        label=_("Pinned until"),
        required=False,
        widget=AdminDateTimeInput,
        help_text=_("Keeps the page on top of its list until then. Its date does not change."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["responsible"].queryset = get_user_model().objects.filter(is_active=True).order_by("first_name")
        stewardship = self.stewardship
        self.initial.setdefault("responsible", stewardship.responsible_id)
        self.initial.setdefault("review_interval", stewardship.review_interval)
        self.initial.setdefault("pinned_until", stewardship.pinned_until)

    @property
    def stewardship(self):
        from core.models import Stewardship  # the model module imports this form

        if not hasattr(self, "_stewardship"):
            found = Stewardship.objects.filter(page_id=self.instance.pk).first() if self.instance.pk else None
            self._stewardship = found or Stewardship(
                responsible=self.for_user if getattr(self.for_user, "is_authenticated", False) else None,
                review_interval=getattr(self.instance, "default_review_interval", 12),
            )
        return self._stewardship

    def _post_clean(self):
        self.instance.is_draft_save = self.is_deferred_validation
        super()._post_clean()

    def clean(self):
        cleaned = super().clean()
        if self.is_deferred_validation:
            return cleaned
        if "responsible" in self.fields and not cleaned.get("responsible"):
            self.add_error("responsible", ValidationError(_("Say who is responsible for the page.")))
        return cleaned

    def save(self, commit=True):
        page = super().save(commit=commit)
        if "responsible" in self.cleaned_data:
            # Outside the revision, so it is stored when the page has a row, whether or not that row changes now.
            self.save_stewardship(page)
        return page

    def save_stewardship(self, page):
        stewardship = self.stewardship
        for name in ("responsible", "review_interval", "pinned_until"):
            if name in self.cleaned_data:
                setattr(stewardship, name, self.cleaned_data[name] or (12 if name == "review_interval" else None))
        if page.pk:
            stewardship.page_id = page.pk
            stewardship.save()
        else:
            page.pending_stewardship = stewardship
