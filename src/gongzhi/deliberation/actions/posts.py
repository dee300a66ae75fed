"""Posts that a resolution ends or begins: one hand writes down whom, another one confirms, then it holds.

It counts from the day of the decision, rests on the resolution, and is undone by a new decision only.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import link, record
from gongzhi.common.access import Actor
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.deliberation import rules, whom
from gongzhi.deliberation.actions.ending import done, open_effect
from gongzhi.deliberation.models import Resolution
from gongzhi.deliberation.queries import Followed
from gongzhi.packs.procedure_contents import Finish
from gongzhi.people.actions import appoint, end_mandate, person_with
from gongzhi.people.models import Mandate, Person, Post


@dataclass(frozen=True, slots=True)
class Chosen:
    """Somebody who was chosen: which post ("post:4"; empty where the course says which), who, until when.

    `person` ("person:…") is for who was elected in a vote here; else a contact, whose name goes into the vault where
    there is no account yet. `until`: the first day without the post.
    """

    contact: str = ""
    name: str = ""
    person: str = ""
    post: str = ""
    until: dt.date | None = None


@transaction.atomic
def plan_end(*, by: Actor, at: dt.datetime, number: str, handed_to: str = "") -> Resolution:
    """Write down that the post ends, and who takes the open work on. Raises as `open_effect`, Refused `no_post_here`,
    Forbidden `own_matter`, Refused `bad_heir`.
    """
    row = open_effect(by, number)
    mandate = whom.mandate_of(row.course.concerns)
    if row.effect != "end_post" or mandate is None:
        raise Refused("no_post_here", N_("这份决议没有终止哪一项任职。"))
    rules.check_not_oneself(by.person_id, mandate.person_id)
    if handed_to and handed_to not in dict(whom.heirs(by, mandate, row.decided_on)):
        raise Refused("bad_heir", N_("接手的人这一天不在岗。请从列表里选。"), field="handed_to")
    ends = mandate.valid_to.isoformat() if mandate.valid_to else ""
    row.plan = {"end": row.course.concerns, "handed_to": handed_to, "term_ends": ends}
    return _planned(row, by=by, at=at)


@transaction.atomic
def plan_begin(*, by: Actor, at: dt.datetime, number: str, chosen: Chosen) -> Resolution:
    """Add somebody who was chosen. Raises as `open_effect`, Refused `no_post_here`, `not_elected`, `missing_post`,
    `term_missing`, `dates_crossed`, `wrong_number`, Conflict `chosen_already`, and what the vault refuses of a contact.
    """
    row = open_effect(by, number)
    if row.effect != "begin_posts":
        raise Refused("no_post_here", N_("这份决议没有让谁任职。"))
    post, until = _seat(row, chosen)
    one = {"post": f"{whom.POST}{post.pk}", "person": _person(row, chosen, by, at), "until": until}
    begun = list(row.plan.get("begin", ()))
    if any((each["post"], each["person"]) == (one["post"], one["person"]) for each in begun):
        raise Conflict("chosen_already", N_("这位已经写上了。"), field="contact")
    decided = decided_count(row)
    if decided is not None and len(begun) >= decided:
        rules.check_many(len(begun) + 1, decided)
    row.plan = {"begin": [*begun, one]}
    return _planned(row, by=by, at=at)


def _person(row: Resolution, chosen: Chosen, by: Actor, at: dt.datetime) -> str:
    """Where people were elected in a vote that was counted here, one of them and nobody else."""
    if elected := whom.elected(row.course):
        if chosen.person not in elected:
            raise Refused("not_elected", N_("请从选上的人里选。没有选上的，不能任职。"), field="person")
        return chosen.person
    return f"{whom.PERSON}{person_with(by=by, at=at, contact=chosen.contact, name=chosen.name).pk}"


def _seat(row: Resolution, chosen: Chosen) -> tuple[Post, str]:
    """The post, and the first day without it; a by-election fills the rest of the term of who left (村组法 19)."""
    left = whom.mandate_of(row.course.concerns)
    reference = f"{whom.POST}{left.post_id}" if left else chosen.post
    found = {f"{whom.POST}{post.pk}": post for post in whom.posts(row.course.path, row.decided_on)}
    if reference not in found:
        raise Refused("missing_post", N_("请从列表里选是哪个岗位。"), field="post")
    rest = whom.rest_of_term(row.course)
    until = rest or chosen.until
    if left and until is None:
        raise Refused("term_missing", N_("补选的任期到本届届满。请写本届到哪一天。"), field="until")
    if until is not None and until <= row.decided_on:
        raise Refused("dates_crossed", N_("任期要晚于决定那天。"), field="until")
    return found[reference], until.isoformat() if until else ""


def decided_count(row: Resolution) -> int | None:
    """How many were chosen, by the figures of the decision; None where no figure says it."""
    ending = _ending(row)
    count: int | None = row.record.get("inputs", {}).get(ending.count) if ending.count else None
    return count


def _ending(row: Resolution) -> Finish:
    endings = Followed(row.course, row.decided_on).pack.endings
    return next(one for one in endings if one.code == row.course.ending)


def _planned(row: Resolution, *, by: Actor, at: dt.datetime) -> Resolution:
    row.asked_by = by.reference
    row.save(update_fields=["plan", "asked_by"])
    record(by=by, at=at, action="deliberation.plan_posts", subject=row.reference, changes={"plan": row.plan})
    return row


@transaction.atomic
def drop_plan(*, by: Actor, at: dt.datetime, number: str, permission: str = rules.RUN) -> Resolution:
    """Take the plan back, or send it back (`permission` of who watches): it is written anew."""
    row = open_effect(by, number, permission)
    if not row.asked_by:
        raise Conflict("nothing_planned", N_("还没有人提出来。先由办这件事的人写明，再来核对。"))
    row.plan, row.asked_by = {}, ""
    row.save(update_fields=["plan", "asked_by"])
    record(by=by, at=at, action="deliberation.drop_posts", subject=row.reference)
    return row


@transaction.atomic
def carry_out(*, by: Actor, at: dt.datetime, number: str) -> Resolution:
    """The second hand: posts end and begin as planned, on the day of the decision, by this resolution.

    Raises as `open_effect`, Forbidden `own_plan`, `own_matter`, Refused `wrong_number`, and what people refuse.
    """
    row = open_effect(by, number, rules.SUPERVISE)
    rules.check_second_hand(row.asked_by, by.reference)
    rules.check_not_oneself(by.person_id, whom.person_concerned(row.course))
    said = _ended(row, by, at) if "end" in row.plan else _begun(row, by, at)
    done(row, said, by=by, at=at)
    return row


def _ended(row: Resolution, by: Actor, at: dt.datetime) -> str:
    """A post that had been left before the decision stays as it ended then."""
    mandate = whom.mandate_of(row.plan["end"])
    if mandate is None:
        raise NotFound("mandate_not_found", N_("没有这项任职。"))
    if mandate.valid_to is None or mandate.valid_to > row.decided_on:
        heir = whom.mandate_of(row.plan.get("handed_to", ""))
        what: dict[str, Any] = {"mandate": mandate, "on": row.decided_on, "handed_to": heir}
        end_mandate(by=by, at=at, resolution=row.reference, **what)
    reference = f"{whom.MANDATE}{mandate.pk}"
    link(by=by, at=at, source=row.reference, relation="ended", target=reference)
    return reference


def _begun(row: Resolution, by: Actor, at: dt.datetime) -> str:
    plan = row.plan.get("begin", [])
    rules.check_many(len(plan), decided_count(row))
    made = [_begin(row, one, by, at) for one in plan]
    for mandate in made:
        link(by=by, at=at, source=row.reference, relation="begun", target=f"{whom.MANDATE}{mandate.pk}")
    return "、".join(f"{whom.MANDATE}{mandate.pk}" for mandate in made)[:120]


def _begin(row: Resolution, one: dict[str, str], by: Actor, at: dt.datetime) -> Mandate:
    person = Person.objects.get(pk=one["person"].removeprefix(whom.PERSON))
    rules.check_not_oneself(by.person_id, person.pk)
    return appoint(
        by=by,
        at=at,
        person=person,
        post=Post.objects.select_related("place").get(pk=int(one["post"].removeprefix(whom.POST))),
        decision=f"决议 {row.number}",
        valid_from=row.decided_on,
        valid_to=dt.date.fromisoformat(one["until"]) if one["until"] else None,
        resolution=row.reference,
        entry=_ending(row).entry,
    )
