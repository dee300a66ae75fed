"""Objections to a published roll: made in the days of the law, decided with a reason; a correction is a new edition."""

import datetime as dt
import os
import uuid
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Max

from gongzhi.audit.actions import record
from gongzhi.ballots import electorates, roll_queries, rules, words
from gongzhi.ballots.actions.rolls import announce, get_roll_for
from gongzhi.ballots.models import Elector, Roll, RollEntry, RollObjection, Vote
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused, SignInRequired
from gongzhi.common.text import N_, tidy
from gongzhi.people import vault

LONGEST = 500


@transaction.atomic
def object_to_roll(
    *, by: Actor, at: dt.datetime, number: str, kind: str, said: str, position: int | None = None
) -> RollObjection:
    """An objection of anybody on the roll, or left out of it.

    Raises SignInRequired, NotFound `roll_not_found`, Conflict `roll_not_out`, `roll_replaced`, `objection_late`,
    `vote_has_begun`, Refused `no_objections`, `bad_kind`, `missing_words`, `unknown_number`, `on_the_roll`.
    """
    if by.person_id is None:
        raise SignInRequired("sign_in_required", N_("提异议要先登录。登录后会回到这里。"))
    roll = roll_queries.get_roll_for(by, number)
    roll = Roll.objects.select_for_update(of=("self",)).get(pk=roll.pk)
    days = _check_open(roll, at)
    said = tidy(said).strip()[:LONGEST]
    if kind not in rules.OBJECTION_WORDS:
        raise Refused("bad_kind", N_("请选哪里不对。"), field="kind")
    if not said:
        raise Refused("missing_words", N_("请写哪里不对、有什么依据。"), field="words")
    if kind == "left_out" and roll_queries.entry_of(roll, by) is not None:
        raise Refused("on_the_roll", N_("您在名册上，没有漏。别的地方不对，请选别的。"), field="kind")
    if kind != "left_out" and (position is None or not roll.entries.filter(position=position).exists()):
        raise Refused("unknown_number", N_("请写名册上是几号。"), field="position")
    key, plain = vault.new_key("objection", at)
    key.save(force_insert=True)
    last = roll.objections.aggregate(last=Max("number"))["last"] or 0
    made = RollObjection(
        roll=roll, number=last + 1, person_id=by.person_id, kind=kind, key=key, made_at=at,
        position=None if kind == "left_out" else position, decide_by=electorates.last_for(days, local_date(at)),
    )  # fmt: skip
    made.words = words.seal(made, plain, {"words": said, "reason": ""})
    made.save(force_insert=True)
    changes = {"number": made.number, "kind": kind, "decide_by": made.decide_by.isoformat()}
    record(by=by, at=at, action="ballots.object", subject=roll.reference, changes=changes)
    return made


def _check_open(roll: Roll, at: dt.datetime) -> electorates.Days:
    """How long the board has to decide. Raises as `object_to_roll`."""
    if roll.published_at is None:
        raise Conflict("roll_not_out", N_("名册还没有公布。现在可以直接登记。"))
    if Roll.objects.filter(replaces=roll).exists():
        raise Conflict("roll_replaced", N_("名册已经改正，请看新的一版。"))
    window, decision = roll_queries.window_of(roll), electorates.days_of(roll.basis, "decision")
    if window is None or decision is None:
        raise Refused("no_objections", N_("这份名册没有异议期。请直接向办表决的组织说。"))
    rules.check_objecting(local_date(at), window.until, window.article)
    if roll_queries.in_use(roll):
        raise Conflict("vote_has_begun", N_("已经开始投票，名册不再改。请向办表决的组织说。"))
    return decision


@transaction.atomic
def decide_objection(
    *, by: Actor, at: dt.datetime, number: str, objection: int, outcome: str, reason: str, group: str = ""
) -> RollObjection:
    """The board's decision with its reason; where it is upheld, the roll comes out anew with another digest.

    Who was left out is put into `group`; who stands wrongly is struck; else the entry's group becomes `group`.
    A late decision is still a decision: the page says how late. Raises Forbidden, `own_objection`, NotFound, Conflict
    `decided_already`, `vote_has_begun`, Refused `bad_outcome`, `missing_reason`, `nothing_corrected`.
    """
    roll = get_roll_for(by, number)
    row = RollObjection.objects.select_for_update(of=("self",)).filter(roll=roll, number=objection).first()
    if row is None:
        raise NotFound("no_objection", N_("没有这条异议。请刷新后再看。"))
    _check_deciding(row, by, outcome)
    why = tidy(reason).strip()[:LONGEST]
    if not why:
        raise Refused("missing_reason", N_("请写理由。"), field="reason")
    corrected = _correct(roll, row, group, by=by, at=at) if outcome == "upheld" else None
    row.words = words.seal(row, vault.open_key(row.key), {**words.opened(row), "reason": why})
    row.outcome, row.decided_at, row.decided_by, row.corrected = outcome, at, by.reference, corrected
    row.roll = corrected or roll
    row.save(update_fields=["words", "outcome", "decided_at", "decided_by", "corrected", "roll"])
    changes = {"number": row.number, "outcome": outcome, "edition": corrected.edition if corrected else roll.edition}
    record(by=by, at=at, action="ballots.decide_objection", subject=row.roll.reference, changes=changes)
    return row


def _check_deciding(row: RollObjection, by: Actor, outcome: str) -> None:
    if row.decided_at is not None:
        raise Conflict("decided_already", N_("这条异议已经答复了。"))
    if row.person_id is not None and row.person_id == by.person_id:
        raise Forbidden("own_objection", N_("这条异议是您提的，请另一位来答复。"))
    if outcome not in rules.DECISION_WORDS:
        raise Refused("bad_outcome", N_("请选异议成立不成立。"), field="outcome")


def _correct(roll: Roll, row: RollObjection, group: str, *, by: Actor, at: dt.datetime) -> Roll:
    """Raises Conflict `vote_has_begun`, Refused `nothing_corrected`, `group_missing`."""
    if roll_queries.in_use(roll):
        raise Conflict("vote_has_begun", N_("已经开始投票，名册不再改。请向办表决的组织说。"))
    group = " ".join(tidy(group).split())[:80]
    if row.kind == "left_out":
        if not group:
            raise Refused("group_missing", N_("请写列在哪个组、哪栋楼。"), field="group")
        return _next_edition(roll, by=by, at=at, add=row.person_id, group=group)
    if row.kind == "wrong":
        return _next_edition(roll, by=by, at=at, strike=row.position)
    if not group:
        raise Refused("nothing_corrected", N_("请写改成哪个组、哪栋楼。"), field="group")
    return _next_edition(roll, by=by, at=at, regroup=row.position, group=group)


def _next_edition(
    roll: Roll,
    *,
    by: Actor,
    at: dt.datetime,
    add: uuid.UUID | None = None,
    strike: int | None = None,
    regroup: int | None = None,
    group: str = "",
) -> Roll:
    """A copy with the one thing put right, published at once; numbers stay, a struck one is not given again.

    Votes that have not begun and objections go along; the edition before stays as it was published.
    """
    base = roll.number if roll.edition == 1 else roll.number.rpartition("-")[0]
    made = Roll.objects.get(pk=roll.pk)
    made.pk, made.edition, made.replaces = None, roll.edition + 1, roll
    made.number, made.published_at, made.digest = f"{base}-{made.edition}", None, ""
    made.frozen_by, made.frozen_at = by.reference, at
    made._state.adding = True
    made.save(force_insert=True)
    _copy(roll, made, strike, {regroup: group} if regroup is not None else {})
    if add is not None:
        last = roll.entries.aggregate(last=Max("position"))["last"] or 0
        households = 1 if roll.kind == "households" else 0
        entry = RollEntry.objects.create(
            roll=made, position=last + 1, group=group, households=households, salt=os.urandom(32)
        )
        Elector.objects.create(entry=entry, person_id=add)
    Vote.objects.filter(roll=roll, status__in=("nominating", "draft")).update(roll=made)
    RollObjection.objects.filter(roll=roll).update(roll=made)
    return announce(made, by=by, at=at)


def _copy(roll: Roll, made: Roll, strike: int | None, groups: Mapping[int, str]) -> None:
    old = list(roll.entries.exclude(position=strike) if strike is not None else roll.entries.all())
    electors = list(Elector.objects.filter(entry__in=old))
    new = {}
    for row in old:
        entry = RollEntry(**{name: getattr(row, name) for name in _COPIED}, roll=made, salt=os.urandom(32))
        entry.group = groups.get(row.position, row.group)
        new[row.pk] = entry
    RollEntry.objects.bulk_create(list(new.values()), batch_size=2_000)
    Elector.objects.bulk_create(
        [
            Elector(entry=new[one.entry_id], person_id=one.person_id, organization_id=one.organization_id)
            for one in electors
        ],
        batch_size=2_000,
    )


_COPIED = ("position", "group", "heads", "area", "households", "due", "capacity", "consent")
