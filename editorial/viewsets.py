"""The newsroom's lists and forms: pages, accounts, people and word lists."""

from copy import copy

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction
from wagtail.admin.views.pages.listing import ExplorableIndexView, GenericPageFilterSet
from wagtail.admin.views.pages.revisions import RevisionsRevertView
from wagtail.admin.views.pages.usage import ContentTypeUseView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.models import Page
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup
from wagtail.users.views.bulk_actions import AssignRoleBulkAction, DeleteBulkAction, SetActiveStateBulkAction
from wagtail.users.views.users import CreateView, EditView, IndexView
from wagtail.users.views.users import UserViewSet as WagtailUserViewSet

from core.models import Audience, Keyword, Person, SchoolForm, Subject, Theme
from core.wagtail_hooks import WORD_LISTS
from editorial import accounts
from editorial.approval_views import VerdictDialogueView, VerdictView
from editorial.checklist import check_rows
from editorial.checklist_views import CreateWithChecklist, EditWithChecklist
from editorial.history import NewsroomHistoryView
from editorial.models import SchoolPeriod
from editorial.reports import DueFilter, ResponsibleFilter, next_readings
from editorial.takedown_views import NewsroomDeleteView, NewsroomUnpublishView
from editorial.translations import in_each_language
from editorial.words import in_words, prospects

User = get_user_model()


# Pages


class WhatHappensColumn(Column):
    """What is going to happen, and below it by when the page is to be read again."""

    cell_template_name = "editorial/what_happens_cell.html"


class ChecklistColumn(Column):
    """How much of the checklist is left."""

    def get_value(self, instance):
        return instance.checklist and instance.checklist.in_words


class NewsroomPageFilterSet(GenericPageFilterSet):
    responsible = ResponsibleFilter()
    review = DueFilter()


def narrower(column: Column) -> Column:
    """Wagtail's column, leaving the title enough room beside ours."""
    slim = copy(column)
    slim.width = {"latest_revision_created_at": "9%", "type": "9%", "status": "10%"}.get(column.name, column.width)
    return slim


class WithFacts:
    """A list of pages that knows, for all of its rows at once, what our columns show."""

    def get_table(self, object_list):
        pages = list(object_list)
        facts, checklists, languages = prospects(pages), check_rows(pages), in_each_language(pages)
        due = next_readings(pages)
        for page in pages:
            page.what_happens = in_words(facts[page.pk])
            page.checklist = checklists.get(page.pk)
            page.languages = languages.get(page.pk, "")
            page.read_again = due.get(page.pk, "")
        return super().get_table(pages)


class NewsroomIndexView(WithFacts, ExplorableIndexView):
    """Wagtail's list of pages, with what is going to happen to each, how much of its checklist is left, how its languages
    stand, when it is to be read again, and filters for that and for who looks after them.
    """

    base_columns = [
        *(narrower(column) for column in ExplorableIndexView.base_columns),
        WhatHappensColumn("what_happens", label=_("What happens"), width="15%"),
        ChecklistColumn("checklist", label=_("Checklist"), width="8%"),
        Column("languages", label=_("Languages"), width="11%"),
    ]


class NewsroomTypeUseView(WithFacts, ContentTypeUseView):
    pass


class CheckedAgain:
    """A form whose page turns out impossible when it is stored, since somebody was quicker, goes back with its text."""

    def form_valid(self, form):
        try:
            with transaction.atomic():
                return super().form_valid(form)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)


class NewsroomCreateView(CheckedAgain, CreateWithChecklist):
    pass


class NewsroomEditView(CheckedAgain, EditWithChecklist):
    def send_commenting_notifications(self, changes):
        """In the site's language to those who have chosen none; Wagtail would take that of whoever comments."""
        with override(settings.LANGUAGE_CODE):
            return super().send_commenting_notifications(changes)

    def form_invalid(self, form):
        """Of a page that is locked Wagtail says only that; whoever comes too late for a verdict is told why it is."""
        if form.is_conflict:
            self.autosave_enabled = False  # while two versions are on the screen, nothing is chosen by itself
        if form.is_late and self.locked_for_user:
            messages.error(self.request, " ".join(form.non_field_errors()))
        return super().form_invalid(form)


class NewsroomRevertView(RevisionsRevertView):
    """Wagtail takes revision 0 for none that was asked for."""

    def get_object(self):
        if self.previous_revision is None:
            raise Http404
        return super().get_object()


class NewsroomPageViewSet(PageViewSet):
    """The views of every page type."""

    model = Page
    filterset_class = NewsroomPageFilterSet  # the viewset hands its own to the views
    index_view_class = NewsroomIndexView
    content_type_use_view_class = NewsroomTypeUseView
    add_view_class = NewsroomCreateView
    edit_view_class = NewsroomEditView
    history_view_class = NewsroomHistoryView
    revisions_revert_view_class = NewsroomRevertView
    unpublish_view_class = NewsroomUnpublishView
    delete_view_class = NewsroomDeleteView
    workflow_action_view_class = VerdictView
    collect_workflow_action_data_view_class = VerdictDialogueView


class HandOverBulkAction(PageBulkAction):
    """Gives the chosen pages to someone else to look after."""

    display_name = _("Hand over")
    action_type = "hand_over"
    aria_label = _("Choose who is responsible for the selected pages")
    template_name = "editorial/bulk_hand_over.html"
    action_priority = 60
    form_class = accounts.SuccessorForm

    def check_perm(self, page):
        return page.permissions_for_user(self.request.user).can_edit()

    def get_execution_context(self):
        return {**super().get_execution_context(), "successor": self.cleaned_form.cleaned_data["successor"]}

    @classmethod
    def execute_action(cls, objects, user=None, successor=None, **kwargs):
        return accounts.hand_over(objects, successor, user), 0

    def get_success_message(self, num_parent_objects, num_child_objects):
        successor = self.cleaned_form.cleaned_data["successor"]
        return gettext("%(name)s is responsible now.") % {"name": successor}


# Accounts


class UserIndexView(IndexView):
    add_item_label = _("Invite someone")

    @cached_property
    def columns(self):
        """Without the boxes of bulk actions: each account is looked at by itself."""
        return [column for column in super().columns if not isinstance(column, BulkActionsCheckboxColumn)]

    def get_edit_url(self, instance):
        return super().get_edit_url(instance) if accounts.may_manage(self.request.user, instance) else None

    def get_list_more_buttons(self, instance):
        actor, more = self.request.user, super().get_list_more_buttons(instance)
        if not accounts.may_set_rights(actor, instance) or actor.pk == instance.pk:
            return more
        if accounts.awaits_password(instance):
            more.append(
                Button(gettext("Invite again"), reverse("editorial_invite_again", args=[instance.pk]), icon_name="mail")
            )
        if instance.is_active:
            more.append(
                Button(gettext("Deactivate"), reverse("editorial_deactivate", args=[instance.pk]), icon_name="cross")
            )
        else:
            more.append(
                Button(gettext("Activate"), reverse("editorial_activate", args=[instance.pk]), icon_name="check")
            )
        return more


class InviteView(CreateView):
    """Add someone: they get a mail and choose their own password."""

    page_title = _("Invite someone")
    success_message = _("An invitation is on its way to %(object)s.")
    submit_button_label = _("Send the invitation")

    def get_page_subtitle(self):
        return self.page_title

    def save_instance(self):
        user = super().save_instance()
        accounts.send_invitation(user, self.request.user)
        return user


class UserEditView(EditView):
    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if not accounts.may_manage(request.user, self.object):
            raise PermissionDenied

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "actor": self.request.user}

    @cached_property
    def header_more_buttons(self):
        buttons, actor = list(super().header_more_buttons), self.request.user
        if accounts.may_set_rights(actor, self.object) and actor.pk != self.object.pk:
            name, label = (
                ("editorial_deactivate", _("Deactivate"))
                if self.object.is_active
                else ("editorial_activate", _("Activate"))
            )
            buttons.append(HeaderButton(label, url=reverse(name, args=[self.object.pk]), icon_name="cross"))
        return buttons


class AccountView(WagtailAdminTemplateMixin, FormView):
    """One act on one account: a page that says what will happen, and a button."""

    template_name = "editorial/account_act.html"
    header_icon = "user"
    form_class = accounts.SuccessorForm
    question = action_label = done = ""

    def dispatch(self, request, *args, **kwargs):
        self.user = get_object_or_404(User, pk=kwargs["pk"])
        if not accounts.may_set_rights(request.user, self.user) or request.user.pk == self.user.pk:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self):
        return str(self.user)

    def get_breadcrumbs_items(self):
        users = {"url": reverse("wagtailusers_users:index"), "label": gettext("Users")}
        return [
            *super().get_breadcrumbs_items(),
            users,
            {"url": "", "label": self.get_page_title(), "sublabel": str(self.user)},
        ]

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "leaver": self.user, "required": False}

    def get_context_data(self, **kwargs):
        words = {"question": self.question % {"name": self.user}, "action_label": self.action_label}
        return {**super().get_context_data(**kwargs), "account": self.user, "pages": self.pages(), **words}

    def pages(self):
        return []

    def act(self, form) -> None:
        raise NotImplementedError

    def form_valid(self, form):
        try:
            self.act(form)
        except ValidationError as error:
            form.add_error("successor", error)
            return self.form_invalid(form)
        messages.success(self.request, self.done % {"name": self.user})
        return redirect("wagtailusers_users:index")


class DeactivateView(AccountView):
    page_title = _("Deactivate")
    question = _("%(name)s will not be able to sign in any more. Bylines and the history of pages stay.")
    action_label = _("Deactivate the account")
    done = _("%(name)s can no longer sign in.")

    def pages(self):
        return accounts.pages_of(self.user)

    def act(self, form):
        accounts.deactivate(self.user, self.request.user, form.cleaned_data["successor"])


class ActivateView(AccountView):
    page_title = _("Activate")
    question = _("%(name)s will be able to sign in again, with the roles of before.")
    action_label = _("Activate the account")
    done = _("%(name)s can sign in again.")

    def act(self, form):
        accounts.activate(self.user, self.request.user)


class InviteAgainView(AccountView):
    page_title = _("Invite again")
    question = _("%(name)s gets a new mail with a link. Earlier links keep working until they run out.")
    action_label = _("Send the invitation")
    done = _("An invitation is on its way to %(name)s.")

    def act(self, form):
        accounts.send_invitation(self.user, self.request.user)


class UserViewSet(WagtailUserViewSet):
    index_view_class = UserIndexView
    add_view_class = InviteView
    edit_view_class = UserEditView
    copy_view_enabled = False
    # Wagtail's templates for accounts name every field; ours show what the forms have.
    create_template_name = "wagtailadmin/generic/create.html"
    edit_template_name = "wagtailadmin/generic/edit.html"

    def get_form_class(self, for_update=False):
        return accounts.UserEditForm if for_update else accounts.InviteForm


class NobodyAssignsRoles(AssignRoleBulkAction):
    """Wagtail's bulk acts on accounts know nothing of whose rights are whose, so nothing passes them."""

    def check_perm(self, obj):
        return False


class NobodyDeletesUsers(DeleteBulkAction):
    def check_perm(self, obj):
        return False


class NobodySetsActiveState(SetActiveStateBulkAction):
    def check_perm(self, obj):
        return False


ACCOUNT_URLS = [
    path("accounts/<int:pk>/deactivate/", DeactivateView.as_view(), name="editorial_deactivate"),
    path("accounts/<int:pk>/activate/", ActivateView.as_view(), name="editorial_activate"),
    path("accounts/<int:pk>/invite/", InviteAgainView.as_view(), name="editorial_invite_again"),
]


# People and word lists


class PersonViewSet(SnippetViewSet):
    model = Person
    icon = "group"
    menu_label = _("People")
    menu_name = "people"
    menu_order = 650
    add_to_admin_menu = True
    list_display = ("name", "role_sv", "unit_sv", "active")
    list_filter = ("active",)
    ordering = ("-active", "name")


class SchoolPeriodViewSet(SnippetViewSet):
    model = SchoolPeriod
    icon = "calendar"
    list_display = ("name", "kind", "first_day", "last_day")
    list_filter = ("kind",)
    ordering = ("-first_day",)


class TermViewSet(SnippetViewSet):
    icon = "tag"
    list_display = ("label_sv", "label_en", "code", "valid_until")
    list_per_page = 50


class ThemeViewSet(TermViewSet):
    model = Theme
    menu_order = 10


class SchoolFormViewSet(TermViewSet):
    model = SchoolForm
    menu_order = 20


class SubjectViewSet(TermViewSet):
    model = Subject
    menu_order = 30


class AudienceViewSet(TermViewSet):
    model = Audience
    menu_order = 40


class KeywordViewSet(SnippetViewSet):
    model = Keyword
    icon = "tag"
    menu_order = 50
    list_display = ("name", "label_en")
    search_fields = ("name", "label_en")


class WordLists(SnippetViewSetGroup):
    """The vocabularies that every page type uses. Other apps add theirs to the same menu."""

    items = (ThemeViewSet, SchoolFormViewSet, SubjectViewSet, AudienceViewSet, KeywordViewSet)
    submenu_hook = WORD_LISTS
    menu_label = _("Word lists")
    menu_name = "word-lists"
    menu_icon = "list-ul"
    menu_order = 700
