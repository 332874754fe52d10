"""The database says what the table says, and each role may what the table gives it: no more, no less."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from wagtail.models import GroupPagePermission, Page, Task, Workflow, WorkflowPage

from articles.models import NewsPage
from editorial.checks import check_workflows, workflow_problems
from editorial.models import FourEyesTask
from editorial.roles import ROLES, STEPS, apply_roles, differences, group_name, locale_roots
from tests.world import home, make_page

pytestmark = pytest.mark.django_db


def check() -> str:
    out = StringIO()
    call_command("roles", "--check", stdout=out)
    return out.getvalue()


def test_a_new_portal_is_as_the_table_says(people):
    assert check()
    assert apply_roles() == []


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_role_holds_exactly_its_rights_in_both_trees(role, language, people):
    rights = set(
        GroupPagePermission.objects.filter(group__name=group_name(role), page=home(language)).values_list(
            "permission__codename", flat=True
        )
    )
    assert rights == set(ROLES[role].pages)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_what_its_rights_say(role, people):
    user, pages = people[role], ROLES[role].pages
    own, other, live = make_page(live=False, author=user), make_page(live=False, author=people["editor"]), make_page()
    perms = other.permissions_for_user(user)
    assert user.has_perm("wagtailadmin.access_admin")
    assert home().permissions_for_user(user).can_add_subpage() == ("add_page" in pages)
    assert own.permissions_for_user(user).can_edit() == bool({"add_page", "change_page"} & set(pages))
    assert perms.can_edit() == ("change_page" in pages or (role == "editor"))
    assert live.permissions_for_user(user).can_unpublish() == ("publish_page" in pages)
    assert live.permissions_for_user(user).can_set_view_restrictions() == ("publish_page" in pages)
    assert not perms.can_publish()
    assert not other.get_parent().specific.permissions_for_user(user).can_publish_subpage()
    for name in ROLES[role].models:
        assert user.has_perm(name), name
    assert user.has_perm("editorial.force_publish") == (role == "chief_editor")


@pytest.mark.parametrize("role", ROLES)
def test_the_steps_are_for_their_roles(role, people):
    page = make_page(NewsPage, live=False, author=people["author"] if role != "author" else people["editor"])
    page.get_workflow().start(page, None)
    task = Page.objects.get(pk=page.pk).current_workflow_task
    offered = {name for name, *_rest in task.get_actions(page, people[role])}
    assert ("approve" in offered) == (role in dict(STEPS)["Granskning"])


def test_deviations_are_listed_and_mended(people):
    group = Group.objects.get(name="Skribenter")
    GroupPagePermission.objects.create(
        group=group,
        page=home(),
        permission=GroupPagePermission.objects.filter(permission__codename="publish_page").first().permission,
    )
    WorkflowPage.objects.filter(page=home("en")).delete()
    Task.objects.filter(name="Granskning").update(active=False)
    with pytest.raises(CommandError) as found:
        check()
    for word in ("publish_page", "workflow", "Granskning"):
        assert word in str(found.value)
    assert differences()
    call_command("roles", verbosity=0)
    assert not differences()


def test_every_language_has_the_workflow():
    assert {root.locale.language_code for root in locale_roots()} == {"sv", "en"}
    assert {root.get_workflow() for root in locale_roots()} == {Workflow.objects.get(active=True)}


def test_the_check_names_what_would_open_or_lock_the_door(people):
    assert not check_workflows(databases=["default"])
    assert not check_workflows(databases=None)
    FourEyesTask.objects.get(name="Utgivning").groups.clear()
    people["chief_editor"].delete()
    assert any("Utgivning" in problem for problem in workflow_problems())
    WorkflowPage.objects.all().delete()
    assert len(workflow_problems()) == 2


def test_the_workflow_applies_to_a_language_that_is_added_later():
    assert Page.get_first_root_node().get_workflow() == Workflow.objects.get()
