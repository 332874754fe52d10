"""What editors look after: pages to read again, pictures without alt text, and where a picture is used."""

import json
from collections.abc import Iterator
from datetime import timedelta

import django_filters
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, ExpressionWrapper, F, Q, TextField
from django.db.models.functions import Cast
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.reports import PageReportView
from wagtail.fields import StreamField
from wagtail.log_actions import log
from wagtail.models import Page, get_page_models

from core.models import CustomImage, Stewardship
from core.usage import pages_with
from editorial.doors import nameable, own_pages

NOBODY = "nobody"


def may_confirm(page, user) -> bool:
    """Whoever is responsible for a page, and everyone who may edit it, can say that it still holds."""
    stewardship = getattr(page, "stewardship", None)
    return bool(stewardship and stewardship.responsible_id == user.pk) or page.permissions_for_user(user).can_edit()


def confirm(page, user) -> None:
    """Notes that someone has read the page and it still holds. Publishes nothing. Raises PermissionDenied."""
    if not may_confirm(page, user):
        raise PermissionDenied
    Stewardship.objects.filter(page_id=page.pk).update(reviewed_on=timezone.localdate())
    log(instance=page, action="editorial.review.confirmed", user=user)


@require_POST
def confirm_view(request, page_id: int) -> HttpResponse:
    page = get_object_or_404(Page, pk=page_id).specific
    confirm(page, request.user)
    messages.success(request, gettext("Noted: “%(title)s” still holds.") % {"title": page.get_admin_display_title()})
    return redirect(get_valid_next_url_from_request(request) or reverse("editorial_review"))


class ResponsibleFilter(django_filters.ChoiceFilter):
    """A person's pages, or those that nobody looks after."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label=_("Responsible"), choices=self.people, empty_label=_("Anyone"), **kwargs)

    @staticmethod
    def people():
        responsible = (
            get_user_model().objects.filter(stewardships__isnull=False).distinct().order_by("first_name", "last_name")
        )
        return [(NOBODY, _("Nobody")), *((str(user.pk), str(user)) for user in responsible)]

    def filter(self, queryset, value):
        if value == NOBODY:
            return queryset.filter(pk__in=Stewardship.objects.without_responsible().values("page"))
        return queryset.filter(stewardship__responsible=value) if value else queryset


class DueFilter(django_filters.ChoiceFilter):
    """Pages whose next reading is late, or near."""

    LATE, SOON = "late", "soon"
    NEAR = timedelta(days=30)

    def __init__(self, *args, **kwargs):
        choices = [(self.LATE, _("should have been read")), (self.SOON, _("within a month"))]
        super().__init__(*args, label=_("Read again"), choices=choices, empty_label=_("Whenever"), **kwargs)

    def filter(self, queryset, value):
        if value == self.LATE:
            return queryset.filter(pk__in=Stewardship.objects.overdue().values("page"))
        if value == self.SOON:
            today = timezone.localdate()
            near = Stewardship.objects.due_about(today, today + self.NEAR)
            return queryset.filter(pk__in=near.values("page"))
        return queryset


class ReviewFilterSet(WagtailFilterSet):
    responsible = ResponsibleFilter()

    class Meta:
        model = Page
        fields = ["locale"]


def near_reading(page, user) -> str:
    """The day by which someone should read a live page again, in words; empty if it is far off or not for them to say."""
    stewardship = getattr(page, "stewardship", None)
    due = stewardship.review_due if page.live and stewardship else None
    if due is None or due > timezone.localdate() + DueFilter.NEAR or not may_confirm(page, user):
        return ""
    return date_format(due, "j F Y")


def next_readings(pages) -> dict[int, str]:
    """By when pages are to be read again, in words, by page id: live ones only."""
    found = {}
    for row in Stewardship.objects.filter(page__in=pages, page__live=True).select_related("page"):
        if due := row.review_due:
            text = (
                gettext("Should have been read by %(day)s")
                if row.is_overdue
                else gettext("To be read again by %(day)s")
            )
            found[row.page_id] = text % {"day": date_format(due, "j F Y")}
    return found


class NewsroomReport(PageReportView):
    """A report of live pages, open to everyone who works with pages; each person sees those of their sections."""

    any_permission_required = ("add", "change", "publish")
    paginate_by = 50

    def get_base_queryset(self):
        pages = own_pages(self.request.user).filter(live=True)
        return pages.select_related("locale", "content_type", "stewardship__responsible")


class ReviewReport(NewsroomReport):
    """Pages whose review is due; with `?responsible=nobody` those that nobody looks after, due or not."""

    page_title = _("Due for review")
    header_icon = "history"
    index_url_name = "editorial_review"
    index_results_url_name = "editorial_review_results"
    results_template_name = "editorial/review_report_results.html"
    filterset_class = ReviewFilterSet
    list_export = ("title", "stewardship.responsible", "stewardship.reviewed_on", "stewardship.review_due")
    export_headings = {
        "title": _("Title"),
        "stewardship.responsible": _("Responsible"),
        "stewardship.reviewed_on": _("Last reviewed"),
        "stewardship.review_due": _("Should have been read by"),
    }

    def get_queryset(self):
        pages = self.get_base_queryset()
        if self.request.GET.get("responsible") != NOBODY:
            pages = pages.filter(pk__in=Stewardship.objects.overdue().values("page"))
        # Longest overdue first; the exact day also depends on the interval, which the rows show.
        return pages.order_by(F("stewardship__reviewed_on").asc(nulls_first=True), "first_published_at", "pk")

    def decorate_paginated_queryset(self, object_list):
        for page in object_list:
            page.may_be_confirmed = may_confirm(page, self.request.user)
        return object_list


def streams(model) -> list[str]:
    return [field.name for field in model._meta.get_fields() if isinstance(field, StreamField)]


def images_without_alt(value) -> int:
    """How many pictures in the stored form of a stream have neither an alt text nor the mark “decorative”."""
    if isinstance(value, list):
        return sum(images_without_alt(item) for item in value)
    if not isinstance(value, dict):
        return 0
    if {"image", "alt_text", "decorative"} <= value.keys() and not isinstance(value["image"], dict):
        return int(bool(value["image"]) and not value["alt_text"] and not value["decorative"])
    return sum(images_without_alt(item) for item in value.values())


def _suspects(model) -> Iterator[int]:
    """Live pages of a model with a picture that lacks a description; one statement for each model."""
    names = streams(model)
    hero = (
        Q(hero_image__isnull=False, hero_alt="", hero_decorative=False)
        if hasattr(model, "hero_decorative")
        else Q(pk__in=[])
    )
    stored = {f"stored_{name}": Cast(name, TextField()) for name in names}
    empty = Q(pk__in=[])
    for name in names:  # a first sieve in the database; what passes is read
        empty |= Q(**{f"stored_{name}__contains": '"alt_text": ""'}) | Q(
            **{f"stored_{name}__contains": '"alt_text": null'}
        )
    rows = (
        model.objects.filter(live=True)
        .annotate(is_bare=ExpressionWrapper(hero, BooleanField()), **stored)
        .filter(hero | empty)
    )
    for pk, is_bare, *texts in rows.values_list("pk", "is_bare", *stored):
        if is_bare or any(images_without_alt(json.loads(text)) for text in texts if text):
            yield pk


def pages_missing_alt() -> list[int]:
    """The keys of live pages with a picture that has neither an alt text nor the mark “decorative”."""
    return [
        pk
        for model in get_page_models()
        if streams(model) or hasattr(model, "hero_decorative")
        for pk in _suspects(model)
    ]


class MissingAltReport(NewsroomReport):
    page_title = _("Pictures without alt text")
    header_icon = "image"
    index_url_name = "editorial_missing_alt"
    index_results_url_name = "editorial_missing_alt_results"

    def get_queryset(self):
        return self.get_base_queryset().filter(pk__in=pages_missing_alt()).order_by("title", "pk")


def pages_using(image: CustomImage, user) -> list[Page]:
    """The pages on which a picture stands, by title: public ones, and others of the sections that someone works with."""
    return list(pages_with(image).filter(nameable(user)).order_by("title"))
