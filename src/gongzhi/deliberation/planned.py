"""What the page of a resolution shows of the posts that it ends or begins: whom, from when, what is asked of whom."""

import datetime as dt
import uuid
from typing import Any

from django.forms import Form
from django.urls import reverse

from gongzhi.common.access import Actor, allows
from gongzhi.deliberation import queries, rules, whom
from gongzhi.deliberation.forms_posts import BeginForm, EndForm
from gongzhi.deliberation.models import Resolution
from gongzhi.deliberation.queries import Followed
from gongzhi.people import vault
from gongzhi.people.models import Post

BY_ELECTION = "by_election"


def panel(actor: Actor, made: Resolution, course: Followed, wrong: Form | None = None) -> dict[str, Any] | None:
    """What the page of a resolution shows of its posts; None where it has none."""
    if made.effect not in rules.POSTS:
        return None
    runs = queries.may_run(actor, made.course) and made.done_at is None
    watches = allows(actor, rules.SUPERVISE, path=made.course.path) and made.done_at is None
    asked = bool(made.asked_by)
    ends = made.effect == "end_post"
    return {
        "ends": ends,
        "lines": _ending(actor, made) if ends else _beginning(actor, made),
        "asked": asked,
        "form": (wrong or form_for(actor, made)) if runs and not (asked and ends) else None,
        "confirms": asked and watches and made.asked_by != actor.reference,
        "drops": asked and (runs or watches),
        "refill": _refill(actor, made, course),
    }


def form_for(actor: Actor, made: Resolution, given: Any = None) -> Form:
    course = made.course
    if made.effect == "end_post":
        mandate = whom.mandate_of(course.concerns)
        found = whom.heirs(actor, mandate, made.decided_on) if mandate else []
        return EndForm(given, heirs=found, auto_id="end-%s")
    left = bool(course.concerns)
    posts = [] if left else [(f"{whom.POST}{one.pk}", _post(one)) for one in whom.posts(course.path, made.decided_on)]
    return BeginForm(
        given,
        posts=posts,
        elected=whom.persons(actor, whom.elected(course)),
        ends=whom.rest_of_term(course) is None,
        needs_end=left,
        auto_id="begin-%s",
    )


def _post(post: Post) -> str:
    return f"{whom.title_of(post)}（{post.place.name}）"


def _ending(actor: Actor, made: Resolution) -> list[dict[str, Any]]:
    """Whose post ends and from which day; the name as this reader may see it."""
    mandate = whom.mandate_of(made.course.concerns)
    if mandate is None:
        return []
    heir = whom.mandate_of(made.plan.get("handed_to", ""))
    return [
        {
            "who": whom.said_of(actor, made.course.concerns),
            "from": made.decided_on,
            "until": None,
            "to": whom.labels(actor, [heir])[0] if heir else "",
        }
    ]


def _beginning(actor: Actor, made: Resolution) -> list[dict[str, Any]]:
    plan = made.plan.get("begin", [])
    posts = Post.objects.select_related("place", "organization").in_bulk([int(one["post"][5:]) for one in plan])
    ids = {one["person"]: uuid.UUID(one["person"].removeprefix(whom.PERSON)) for one in plan}
    names = vault.shown_to(actor, ids.values(), ("name",)) if actor.roles else {}
    return [
        {
            "who": " · ".join(
                filter(None, (_post(posts[int(one["post"][5:])]), names.get(ids[one["person"]], {}).get("name", "")))
            ),
            "from": made.decided_on,
            "until": dt.date.fromisoformat(one["until"]) if one["until"] else None,
            "to": "",
        }
        for one in plan
    ]


def _refill(actor: Actor, made: Resolution, course: Followed) -> str:
    """Where the by-election of a post that this resolution ended is opened; empty where there is none to open."""
    row = made.course
    elected = course.pack.group == "election"
    if made.effect != "end_post" or made.done_at is None or not elected or not queries.may_run(actor, row):
        return ""
    return f"{reverse('course-open', args=[row.organization_id, BY_ELECTION])}?concerns={row.concerns}"
