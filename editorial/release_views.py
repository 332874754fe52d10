"""The screens of releases: what there is, what is in one and what would stop it, and each act on it."""

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.generic import FormView, ListView, TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton
from wagtail.models import Page

from core.guards import Refused
from core.times import ClockField
from editorial import release as rules
from editorial import releasing
from editorial.models import Release
from editorial.words import moment

OFFERED = 50  # rows of each list to choose from; a search narrows them


class ReleaseForm(forms.Form):
    required_css_class = "required"

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("For instance “The new curriculum”."))
    at = ClockField(label=_("Moment"), help_text=_("Swedish time, for instance 2026-11-24 07:30."))

    is_refused = False  # answered with 409

    def refuse(self, reason: str) -> None:
        self.is_refused = True
        self.add_error(None, reason)


class UndoForm(forms.Form):
    reason = forms.CharField(
        label=_("Why the release is taken back"),
        help_text=_("Kept in the history of each page."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SearchForm(forms.Form):
    q = forms.CharField(label=_("Search by title"), required=False, max_length=200)


class ChoiceForm(forms.Form):
    """What was ticked among what was offered."""

    revision = forms.TypedMultipleChoiceField(coerce=int, required=False)
    page = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args, revisions, pages, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["revision"].choices = [(revision.pk, revision.pk) for revision in revisions]
        self.fields["page"].choices = [(page.pk, page.pk) for page in pages]


class Screen(WagtailAdminTemplateMixin):
    """Of one release, for those who may see it; `changes` for those who may change it."""

    header_icon = "list-ul"
    changes = False
    release: Release | None = None

    def dispatch(self, request, *args, **kwargs):
        if "release_id" in kwargs:
            self.release = seen(request, kwargs["release_id"])
        elif not request.user.has_perm(rules.VIEW):
            raise PermissionDenied
        if self.changes and not rules.may_change(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        found = [*super().get_breadcrumbs_items(), {"url": reverse("editorial_releases"), "label": gettext("Releases")}]
        if self.release:
            found.append({"url": reverse("editorial_release", args=[self.release.pk]), "label": self.release.name})
        return [*found, {"url": "", "label": self.get_page_title()}]


def seen(request, release_id: int) -> Release:
    """A release that the person who asks may see. Raises Http404 and PermissionDenied."""
    release = get_object_or_404(Release.objects.select_related("created_by", "undone_by"), pk=release_id)
    if not rules.may_see(release, request.user):
        raise PermissionDenied
    return release


class ReleasesView(Screen, ListView):
    template_name = "editorial/releases/index.html"
    page_title = _("Releases")
    paginate_by = 50

    def get_queryset(self):
        return rules.seen_by(self.request.user).select_related("created_by")

    def get_breadcrumbs_items(self):
        return [*WagtailAdminTemplateMixin.get_breadcrumbs_items(self), {"url": "", "label": self.page_title}]

    @cached_property
    def header_buttons(self):
        if not rules.may_change(self.request.user):
            return []
        return [HeaderButton(gettext("New release"), url=reverse("editorial_release_new"), icon_name="plus")]


class NewView(Screen, FormView):
    template_name = "editorial/releases/form.html"
    page_title = _("New release")
    form_class = ReleaseForm
    changes = True

    def form_valid(self, form):
        name, at = form.cleaned_data["name"], form.cleaned_data["at"]
        try:
            self.release = rules.save(self.release, self.request.user, name, at)
        except Refused as refusal:
            form.refuse(str(refusal))
            return self.form_invalid(form)
        messages.success(
            self.request, gettext("“%(name)s”: %(time)s.") % {"name": name, "time": moment(self.release.at)}
        )
        return redirect("editorial_release", self.release.pk)


class EditView(NewView):
    page_title = _("Name and moment")

    def get_initial(self):
        return {"name": self.release.name, "at": self.release.at}


class ReleaseView(Screen, TemplateView):
    """What is in a release, what would stop it, and what can be done with it."""

    template_name = "editorial/releases/release.html"
    page_title = _("Release")

    def get_page_title(self):
        return self.release.name

    def get_breadcrumbs_items(self):
        return [
            *WagtailAdminTemplateMixin.get_breadcrumbs_items(self),
            {"url": reverse("editorial_releases"), "label": gettext("Releases")},
            {"url": "", "label": self.release.name},
        ]

    def get_context_data(self, **kwargs):
        release = self.release
        items = list(release.items.select_related("page__locale"))
        items.sort(key=lambda item: (item.publishes, item.page.path if item.page else "", item.pk))
        return super().get_context_data(
            release=release,
            items=items,
            sentence=in_words(release),
            may_change=rules.may_change(self.request.user),
            undo_form=kwargs.pop("undo_form", None) or UndoForm(),
            **kwargs,
        )


def in_words(release: Release) -> str:
    """What is going to happen to a release, or has happened."""
    if release.state == Release.State.DONE:
        return gettext("Carried out %(time)s") % {"time": moment(release.released_at)}
    if release.state == Release.State.UNDONE:
        return gettext("Taken back %(time)s by %(name)s: %(reason)s") % {
            "time": moment(release.undone_at),
            "name": release.undone_by or gettext("someone"),
            "reason": release.reason,
        }
    at = {"time": moment(release.at)}
    if release.tries:
        return gettext("Was to be carried out %(time)s but is stopped") % at
    if release.at <= timezone.now():
        return gettext("Is being carried out now")
    return gettext("Is carried out %(time)s, everything at the same moment") % at


class AddView(Screen, TemplateView):
    """Chooses among what is approved for a time to come, and among public pages that a release can take down."""

    template_name = "editorial/releases/add.html"
    page_title = _("Add pages")
    changes = True

    @cached_property
    def asked(self) -> str:
        form = SearchForm(self.request.GET)
        return form.cleaned_data["q"] if form.is_valid() else ""

    def offers(self) -> tuple[list, list]:
        """Approved revisions with their pages, and public pages, by title."""
        approved, live = rules.approved(self.request.user), rules.removable(self.request.user)
        if self.asked:
            approved = approved.filter(object_str__icontains=self.asked)
            live = live.filter(title__icontains=self.asked)
        revisions = list(approved[:OFFERED])
        pages = Page.objects.select_related("locale").in_bulk([int(revision.object_id) for revision in revisions])
        for revision in revisions:
            page = pages.get(int(revision.object_id))
            revision.language = page.locale.language_code if page else ""
        return revisions, list(live.select_related("locale").order_by("title", "pk")[:OFFERED])

    def get_context_data(self, **kwargs):
        revisions, pages = self.offers()
        for revision in revisions:
            revision.in_words = moment(revision.approved_go_live_at)
        form = SearchForm(self.request.GET)
        return super().get_context_data(release=self.release, revisions=revisions, pages=pages, search=form, **kwargs)

    def post(self, request, *args, **kwargs):
        user, ticked = request.user, {name: request.POST.getlist(name) for name in ("revision", "page")}
        revisions = rules.approved(user).filter(pk__in=numbers(ticked["revision"]))
        pages = rules.removable(user).filter(pk__in=numbers(ticked["page"]))
        form = ChoiceForm(request.POST, revisions=revisions, pages=pages)
        if not form.is_valid():
            raise Refused(
                gettext("Something that you chose cannot be in a release any more. Look again and choose anew.")
            )
        chosen = form.cleaned_data
        for key in chosen["revision"]:
            rules.add_publication(self.release.pk, user, key)
        for key in chosen["page"]:
            rules.add_unpublication(self.release.pk, user, key)
        count = len(chosen["revision"]) + len(chosen["page"])
        if count:
            messages.success(request, ngettext("One page added.", "%(count)d pages added.", count) % {"count": count})
        return redirect("editorial_release", self.release.pk)


def numbers(values: list[str]) -> list[int]:
    return [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 19]


@require_POST
def check_view(request, release_id: int):
    release = seen(request, release_id)
    found = rules.look(release) if release.is_planned else {}
    if found:
        messages.warning(request, gettext("Something would stop the release. It stands beside each page."))
    else:
        messages.success(request, gettext("Nothing would stop the release."))
    return redirect("editorial_release", release.pk)


@require_POST
def start_view(request, release_id: int):
    release = rules.start_now(seen(request, release_id), request.user)
    messages.success(request, gettext("The release starts now. It is carried out within seconds."))
    return redirect("editorial_release", release.pk)


@require_POST
def take_out_view(request, release_id: int, item_id: int):
    release = seen(request, release_id)
    item = get_object_or_404(release.items, pk=item_id)
    messages.success(request, rules.take_out(item.pk, request.user))
    return redirect("editorial_release", release.pk)


@require_POST
def dissolve_view(request, release_id: int):
    release = seen(request, release_id)
    for said in rules.dissolve(release.pk, request.user):
        messages.info(request, said)
    messages.success(request, gettext("The release “%(name)s” is dissolved.") % {"name": release.name})
    return redirect("editorial_releases")


class UndoView(ReleaseView):
    """Takes a release back, with a reason."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        form = UndoForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(undo_form=form))
        try:
            releasing.undo(self.release.pk, request.user, form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error("reason", error)
            return self.render_to_response(self.get_context_data(undo_form=form))
        messages.success(request, gettext("The release is taken back. Readers see what they saw before."))
        return redirect("editorial_release", self.release.pk)


URLS = [
    path("releases/", ReleasesView.as_view(), name="editorial_releases"),
    path("releases/new/", NewView.as_view(), name="editorial_release_new"),
    path("releases/<int:release_id>/", ReleaseView.as_view(), name="editorial_release"),
    path("releases/<int:release_id>/edit/", EditView.as_view(), name="editorial_release_edit"),
    path("releases/<int:release_id>/add/", AddView.as_view(), name="editorial_release_add"),
    path("releases/<int:release_id>/check/", check_view, name="editorial_release_check"),
    path("releases/<int:release_id>/start/", start_view, name="editorial_release_start"),
    path("releases/<int:release_id>/undo/", UndoView.as_view(), name="editorial_release_undo"),
    path("releases/<int:release_id>/dissolve/", dissolve_view, name="editorial_release_dissolve"),
    path("releases/<int:release_id>/items/<int:item_id>/take-out/", take_out_view, name="editorial_release_take_out"),
]
