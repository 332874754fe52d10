"""Who may do what, as data. `manage.py roles` makes the database say the same; `--check` lists where it does not."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Site,
    Task,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from editorial.models import FourEyesTask

TERMS = (
    "core.theme",
    "core.schoolform",
    "core.subject",
    "core.audience",
    "core.keyword",
    "articles.newscategory",
    "articles.series",
)


FOUND = ("search.synonym", "search.promotion")  # what is found by which words
CALENDAR = "editorial.schoolperiod"
RELEASE = "editorial.release"


def crud(*models: str, actions: tuple[str, ...] = ("add", "change", "delete", "view")) -> tuple[str, ...]:
    """`app.action_model` for each model and action."""
    return tuple(f"{model.split('.')[0]}.{action}_{model.split('.')[1]}" for model in models for action in actions)


@dataclass(frozen=True)
class Role:
    """A role: its group's name, its rights on both trees, on the media library, and on models."""

    group: str
    pages: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    models: tuple[str, ...] = ()


MEDIA_USER = ("add_image", "choose_image", "add_document", "choose_document")
MEDIA_EDITOR = (*MEDIA_USER, "change_image", "change_document")
ADMIN = ("wagtailadmin.access_admin",)
ROLES: dict[str, Role] = {
    "author": Role("Skribenter", ("add_page",), MEDIA_USER, ADMIN),
    "editor": Role(
        "Redaktörer",
        ("add_page", "change_page", "lock_page", "unlock_page"),
        MEDIA_EDITOR,
        (
            *ADMIN,
            *crud("core.person", *FOUND, CALENDAR),
            *crud(*TERMS, actions=("view",)),
            *crud(RELEASE, actions=("view",)),
            "editorial.reschedule_page",
            "wagtail_localize.submit_translation",
        ),
    ),
    "reviewer": Role("Granskare", ("change_page",), MEDIA_USER, (*ADMIN, "editorial.change_afterreview")),
    "chief_editor": Role(
        "Utgivare",
        ("add_page", "change_page", "publish_page", "bulk_delete_page", "lock_page", "unlock_page"),
        MEDIA_EDITOR,
        (
            *ADMIN,
            *crud("core.person", *TERMS, *FOUND, CALENDAR, RELEASE),
            *crud("wagtailredirects.redirect"),
            "home.change_sitesettings",
            "home.change_barrierreport",
            "home.view_barrierreport",
            "editorial.force_publish",
            "editorial.reschedule_page",
            "editorial.change_afterreview",
            "editorial.change_takedownrequest",
            "wagtail_localize.submit_translation",
        ),
    ),
    "translator": Role(
        "Översättare", ("add_page", "change_page"), MEDIA_USER, (*ADMIN, "wagtail_localize.submit_translation")
    ),
    "administrator": Role(
        "Administratörer",
        (),
        (),
        (
            *ADMIN,
            *crud("core.user", actions=("add", "change", "view")),
            *crud(*TERMS, *FOUND),
            "home.change_sitesettings",
            "home.change_barrierreport",
            "home.view_barrierreport",
        ),
    ),
}
WORKFLOW = "Granskning och utgivning"
STOCK_WORKFLOW = "Moderators approval"  # made by Wagtail's migrations; its members may approve what they wrote
# The steps in order: name, and the roles that may take it.
STEPS = [("Granskning", ("reviewer", "chief_editor")), ("Utgivning", ("chief_editor",))]


def group_name(role: str) -> str:
    return ROLES[role].group


def holders(role: str):
    """Everyone who has a role and can sign in."""
    return get_user_model().objects.filter(is_active=True, groups__name=group_name(role)).distinct()


def locale_roots() -> list[Page]:
    """The start page of each language, of each site."""
    roots = []
    for site in Site.objects.select_related("root_page"):
        roots += site.root_page.get_translations(inclusive=True)
    return roots


def _permission(name: str) -> Permission:
    app, codename = name.split(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def _media_permission(codename: str) -> Permission:
    return _permission(f"{'wagtailimages' if codename.endswith('image') else 'wagtaildocs'}.{codename}")


def differences() -> list[str]:
    """What the database says otherwise than the table, in words. Nothing is changed."""
    with transaction.atomic():
        found = apply_roles()
        transaction.set_rollback(True)
    return found


@transaction.atomic
def apply_roles() -> list[str]:
    """Makes groups, rights and workflow what the table says; returns what had to be changed, in words."""
    changes: list[str] = []
    roots = locale_roots()
    library = Collection.get_first_root_node()
    for role in ROLES.values():
        group, is_new = Group.objects.get_or_create(name=role.group)
        changes += [f"the group {role.group} was missing"] if is_new else []
        pages = {(root, _permission(f"wagtailcore.{codename}")) for root in roots for codename in role.pages}
        changes += _align(GroupPagePermission, group, "page", pages)
        media = {(library, _media_permission(codename)) for codename in role.media}
        changes += _align(GroupCollectionPermission, group, "collection", media)
        changes += _align_models(group, {_permission(name) for name in role.models})
    changes += _align_workflow(roots)
    return changes


def _align(model, group, place: str, wanted: set) -> list[str]:
    """Gives a group exactly the rights `(page or collection, permission)` in one of Wagtail's tables."""
    rows = {(row.__dict__[f"{place}_id"], row.permission_id): row for row in model.objects.filter(group=group)}
    keys = {(where.pk, permission.pk): (where, permission) for where, permission in wanted}
    changes = []
    for key in set(keys) - set(rows):
        where, permission = keys[key]
        model.objects.create(group=group, permission=permission, **{f"{place}_id": where.pk})
        changes.append(f"{group.name} lacked {permission.codename} on {where}")
    for key in set(rows) - set(keys):
        changes.append(f"{group.name} had {rows[key].permission.codename} on {place} {key[0]}")
        rows[key].delete()
    return changes


def _align_models(group, wanted: set) -> list[str]:
    held = set(group.permissions.all())
    group.permissions.set(wanted)
    return [f"{group.name} lacked {one.codename}" for one in wanted - held] + [
        f"{group.name} had {one.codename}" for one in held - wanted
    ]


def _align_workflow(roots) -> list[str]:
    """The workflow with its steps in order, active, and assigned to every locale root.

    Also to the invisible root above them: a language that is added tomorrow is guarded from its first page.
    """
    changes = []
    workflow, is_new = Workflow.objects.get_or_create(name=WORKFLOW)
    changes += [f"the workflow {WORKFLOW} was missing"] if is_new else []
    if not workflow.active:
        workflow.active = True
        workflow.save()
        changes.append(f"the workflow {WORKFLOW} was switched off")
    for place, (name, roles) in enumerate(STEPS):
        task = FourEyesTask.objects.filter(name=name).first()
        if task is None:
            task = FourEyesTask.objects.create(name=name)
            changes.append(f"the step {name} was missing")
        if not task.active:
            task.active = True
            task.save()
            changes.append(f"the step {name} was switched off")
        groups = set(Group.objects.filter(name__in=[group_name(role) for role in roles]))
        if set(task.groups.all()) != groups:
            task.groups.set(groups)
            changes.append(f"the step {name} had other groups")
        _row, is_new = WorkflowTask.objects.update_or_create(
            workflow=workflow, task=task, defaults={"sort_order": place}
        )
        changes += [f"the step {name} was not in the workflow"] if is_new else []
    for root in [Page.get_first_root_node(), *roots]:
        row = WorkflowPage.objects.filter(page_id=root.pk).first()
        if row is None or row.workflow_id != workflow.pk:
            WorkflowPage.objects.update_or_create(page_id=root.pk, defaults={"workflow": workflow})
            changes.append(f"{root} had another workflow or none")
    stock = Workflow.objects.filter(name=STOCK_WORKFLOW, workflow_states=None)
    if stock.exists():
        Task.objects.filter(workflow_tasks__workflow__in=stock, task_states=None).delete()
        stock.delete()
        changes.append(f"Wagtail's own workflow {STOCK_WORKFLOW} was there")
    return changes
