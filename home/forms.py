import time

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from home.barriers import keep
from home.models import BarrierReport

SALT = "barrier-report"
FASTEST, SLOWEST = 3, 12 * 3600  # seconds that a person takes to fill in the form


def new_stamp() -> str:
    """A signed note of when the form was shown."""
    return signing.dumps(int(time.time()), salt=SALT)


class BarrierReportForm(forms.ModelForm):
    """What a reader could not use. A signed time stamp and a field that people do not see keep robots out."""

    stamp = forms.CharField(widget=forms.HiddenInput)
    website = forms.CharField(required=False, label=_("Leave this empty"))

    class Meta:
        model = BarrierReport
        fields = ["description", "address", "email"]
        labels = {
            "description": _("What did not work?"),
            "address": _("On which page?"),
            "email": _("Your e-mail address, if you want an answer"),
        }
        widgets = {"description": forms.Textarea(attrs={"rows": 6}), "address": forms.TextInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["stamp"] = new_stamp()
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.refused = False
        self.is_stale = True  # until the stamp has been read

    def renew(self) -> None:
        """Gives a form that is shown once more a new stamp where its own can no longer be sent."""
        if self.is_stale:
            self.data = self.data.copy()
            self.data["stamp"] = new_stamp()

    def refuse(self) -> None:
        """Too many reports from one address: say so and store nothing."""
        self.refused = True

    def clean_stamp(self):
        try:
            age = time.time() - signing.loads(self.cleaned_data["stamp"], salt=SALT)
        except signing.BadSignature:
            age = float("inf")
        self.is_stale = age > SLOWEST
        if self.is_stale:
            raise forms.ValidationError(_("The form had been open for too long. Send it once more."))
        if age < FASTEST:
            raise forms.ValidationError(_("That was very quick. Wait a few seconds and send it once more."))
        return self.cleaned_data["stamp"]

    def clean_website(self):
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Leave the last field empty and send the form once more."))
        return ""

    def clean(self):
        if self.refused:
            raise forms.ValidationError(
                _("We have had many reports from you in the last hour. Try again later, or write to us.")
            )
        return super().clean()

    def save(self, language: str) -> BarrierReport:
        self.instance.language = language
        keep(super().save(commit=False))
        return self.instance
