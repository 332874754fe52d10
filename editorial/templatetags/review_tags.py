from django import template

from core.models.revisions import fingerprint
from editorial import task as rules
from editorial.checklist import check_latest, may_settle

register = template.Library()


@register.inclusion_tag("editorial/seen_text.html")
def seen_text(page) -> dict:
    """Hidden fields that say which text is on the screen, so that a verdict is about that one."""
    revision = page.get_latest_revision()
    return {"revision": revision.pk, "fingerprint": fingerprint(revision.content)}


@register.inclusion_tag("editorial/verdict.html", takes_context=True)
def verdict(context, page) -> dict:
    """Where a page stands in its workflow and what the reader may do about it. For editors that are not Wagtail's own."""
    user, state = context["request"].user, page.current_workflow_task_state
    found = {
        "page": page,
        "state": state,
        "request": context["request"],
        "csrf_token": context.get("csrf_token"),
        "checklist": check_latest(page),
        "may_settle": may_settle(page, user),
    }
    if state is None:
        return found
    task = state.task.specific
    names = {name for name, _label, _modal in task.get_actions(page, user)}
    return found | {
        "approve_form": rules.form_for(task, "approve")() if "approve" in names else None,
        "reject_form": rules.form_for(task, "reject")(auto_id="id_reject_%s") if "reject" in names else None,
        "objection": rules.objection(page, user, "approve") if rules.is_member(task, user) else "",
    }
