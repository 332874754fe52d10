from datetime import datetime, timedelta

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.models import Revision

from core.guards import head_of, policy
from core.models.revisions import fingerprint
from core.times import ClockField

THEMES_MAX = 3
TOO_MANY_THEMES = _("Choose at most three themes.")
REVIEW_INTERVALS = [(6, _("every half-year")), (12, _("every year")), (24, _("every other year"))]


class BasePageForm(WagtailAdminPageForm):
    """The editor's form. Beside the page's own fields it carries those of its stewardship row.

    It refuses to overwrite a version that its sender has not seen, and a verdict that its sender may not give. Either
    way the text that was sent stays on the screen.
    """

    responsible = forms.ModelChoiceField(
        label=_("Responsible"),
        queryset=None,
        required=False,
        help_text=_("Who keeps the page true. Required at publication."),
    )
    review_interval = forms.TypedChoiceField(
        label=_("Read again"), choices=REVIEW_INTERVALS, coerce=int, required=False, empty_value=12
    )
    pinned_until = ClockField(
        label=_("Pinned until"),
        required=False,
        help_text=_("Keeps the page on top of its list until then. Its date does not change."),
    )

    is_conflict = is_late = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["responsible"].queryset = get_user_model().objects.filter(is_active=True).order_by("first_name")
        stewardship = self.stewardship
        self.initial.setdefault("responsible", stewardship.responsible_id)
        self.initial.setdefault("review_interval", stewardship.review_interval)
        self.initial.setdefault("pinned_until", stewardship.pinned_until)
        self._start_from_a_minor_change()

    def _start_from_a_minor_change(self):
        """A change is minor until somebody says otherwise, and a text that was never public has not changed."""
        if not self.instance.first_published_at:
            self.fields.pop("change_is_substantive", None)
            self.fields.pop("change_note", None)
        elif self.instance.live and not self.instance.has_unpublished_changes:
            self.initial |= {"change_is_substantive": False, "change_note": ""}

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
        rules = policy()
        if rules and self.asks_for_publication and not self.errors:
            self._take_up_rows()
            for text in rules.stops(self.instance):
                self.add_error(None, text)

    def _take_up_rows(self):
        """Gives the page the rows that hang on it as they were sent, which a form does when it saves only."""
        for name in self.instance.demanded_relations:
            if name in self.formsets and self.formsets[name].is_valid():
                self.formsets[name].save(commit=False)

    @property
    def asks_for_publication(self) -> bool:
        """Whether the sender wants the text to take a step towards its readers."""
        steps = ("action-submit", "action-restart-workflow", "action-publish")
        return not self.is_deferred_validation and (self.verdict == "approve" or any(map(self.data.get, steps)))

    @property
    def verdict(self) -> str:
        """The step in the workflow that the sender asks for: `approve`, `reject`, or nothing."""
        return self.data.get("workflow-action-name", "") if self.data.get("action-workflow-action") else ""

    def conflict(self) -> str:
        """Who has saved what the sender has not seen, in words; an empty string if nobody has."""
        seen = self.data.get("overwrite_revision_id") or self.data.get("loaded_revision_id")
        if not seen or not self.instance.pk:
            return ""
        head = Revision.objects.filter(pk=head_of(self.instance)).select_related("user").first()
        if head is None:
            return ""
        same = seen == str(head.pk)
        if same and not self.data.get("overwrite_revision_id"):
            same = self.data.get("loaded_revision_created_at", "") in ("", head.created_at.isoformat())
        elif not same and seen.isdecimal():
            # What lies between reads the same: an editor that opens saves by itself, and a comment is saved as a revision.
            same = self._reads_as(head, self.instance.revisions.filter(pk=seen).first())
        if same:
            return ""
        if head.user_id == getattr(self.for_user, "pk", None):
            name = gettext("You yourself, in another window,")
        else:
            name = head.user or gettext("Someone")
        time = date_format(timezone.localtime(head.created_at), "j F H.i")
        return gettext(
            "%(name)s saved a newer version (%(time)s). Yours is still here but is not saved. "
            "What differs is shown above the form; if you save again, yours replaces the newer one."
        ) % {"name": name, "time": time}

    def differences(self) -> list:
        """Where the newer version and what was sent differ, as Wagtail's comparisons of fields; empty without a conflict.

        Shown beside the form, so that nobody has to choose blindly. Keywords and bylines are left to the history.
        """
        if not self.is_conflict:
            return []
        newer = self.instance.get_latest_revision_as_object()
        self._choose_subjects(newer)
        panel = self.instance.get_edit_handler().get_bound_panel(instance=newer, request=None, form=None)
        found = (compare(newer, self.instance) for compare in panel.get_comparison())
        changed = [each for each in found if each.is_field and each.field.name != "keywords" and each.has_changed()]
        # A stream counts as changed when its blocks have been read anew.
        return [each for each in changed if 'addition"' in each.htmldiff() or 'deletion"' in each.htmldiff()]

    def _choose_subjects(self, newer) -> None:
        """Gives the page the terms that were sent, which a form does when it saves only; those of both versions first."""
        for field in self.instance._meta.many_to_many:
            if isinstance(field, ParentalManyToManyField) and field.name in self.cleaned_data:
                sent, theirs = list(self.cleaned_data[field.name]), list(getattr(newer, field.name).all())
                chosen = [term for term in theirs if term in sent] + [term for term in sent if term not in theirs]
                setattr(self.instance, field.name, chosen)

    @property
    def is_refused(self) -> bool:
        """Whether somebody else was quicker, which is answered with 409."""
        return self.is_conflict or self.is_late

    @staticmethod
    def _reads_as(one, other) -> bool:
        return other is not None and fingerprint(one.content) == fingerprint(other.content)

    def objection(self) -> str:
        """Why the sender cannot give the verdict, in words; an empty string if they can or ask for none."""
        rules = policy()
        if not self.verdict or rules is None or not self.instance.pk:
            return ""
        if reason := rules.decided(self.instance, self.data.get("seen_task_state", "")):
            self.is_late = True
            return reason
        return rules.objection(self.instance, self.for_user, self.verdict)

    def is_valid(self):
        if self.verdict not in ("", "approve"):
            self.defer_required_fields()  # a text that lacks something is one to send back
        if not super().is_valid():
            return False
        if self.verdict == "approve" and self.has_changed() and self.changes_text():
            self.add_error(None, gettext("You have changed the text. Save it, and ask someone else to approve it."))
            return False
        return True

    def changes_text(self) -> bool:
        """Whether the page as it was sent reads otherwise than its latest revision."""
        page = super().save(commit=False)
        latest = page.get_latest_revision()
        return latest is None or fingerprint(page.serializable_data()) != fingerprint(latest.content)

    def clean_go_live_at(self):
        return whole_minutes(self.cleaned_data["go_live_at"])

    def clean(self):
        cleaned = super().clean()
        problem = self.conflict()
        self.is_conflict = bool(problem)
        if problem := problem or self.objection():
            self.add_error(None, problem)
        if self.is_deferred_validation:
            return cleaned
        # The page has its themes from the form only when it is stored, too late for its own rule to be answered kindly.
        if len(cleaned.get("themes") or ()) > THEMES_MAX:
            self.add_error("themes", TOO_MANY_THEMES)
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


def whole_minutes(time: datetime | None) -> datetime | None:
    """The time, or the next full minute after it: times are proposed in whole minutes, and nothing goes out too early."""
    if time and (time.second or time.microsecond):
        return time.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return time
