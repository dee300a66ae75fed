"""How a holder serves: employment and stipend, shifts on duty, the doors a neighbour looks after, posts that clash."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.packs import queries as packs
from gongzhi.people import rules
from gongzhi.people.models import Employment, Mandate
from gongzhi.places.models import Place

ROSTER = "people.roster"


def check_titles(*, title: str, others: Sequence[str], reason: str) -> None:
    """Refuse posts that the model says do not go together; those it doubts need a reason.

    Raises Refused `posts_clash`, `posts_doubtful`.
    """
    if not others:
        return
    try:
        office = packs.active_model().office
    except Refused:
        return
    pairs = (
        [(one.titles, one.others, one.basis, one.effect == "refuse") for one in office.post_clashes] if office else []
    )
    found = rules.clashes(title, others, pairs)
    for clash in found:
        if clash.refused:
            message = N_("“{title}”和现任的“{other}”不能由一人兼任。依据：{basis}。先办其中一项的离任。")
            raise Refused("posts_clash", message, title=title, other=clash.other, basis=clash.basis)
    if found and not reason.strip():
        clash = found[0]
        message = N_("“{title}”和现任的“{other}”不宜由一人兼任：{basis}。一定要兼任的，请写明理由。")
        facts = {"title": title, "other": clash.other, "basis": clash.basis, "field": "despite"}
        raise Refused("posts_doubtful", message, **facts)


def _current(mandate: Mandate) -> Mandate:
    row = Mandate.objects.select_for_update(of=("self",)).select_related("post__place").get(pk=mandate.pk)
    if row.valid_to is not None and row.valid_to <= row.valid_from:
        raise Conflict("mandate_ended", N_("这项任职已经结束了。"))
    return row


@transaction.atomic
def set_terms(*, by: Actor, at: dt.datetime, mandate: Mandate, employment: str, terms: dict[str, Any]) -> Mandate:
    """How the holder is employed, what is paid in the office's own words, whether on the way to the committee.

    The stipend goes into no trail. Raises Forbidden, Refused `unknown_employment`.
    """
    require(by, "people.manage", path=mandate.post.place.path)
    if employment and employment not in Employment.values:
        raise Refused("unknown_employment", N_("用工类型请从列表里选。"), field="employment")
    row = _current(mandate)
    row.employment = employment
    row.terms = {name: terms[name] for name in ("stipend", "committee_path") if terms.get(name)}
    row.save(update_fields=["employment", "terms"])
    changes = {"employment": employment, "terms": sorted(row.terms)}
    record(by=by, at=at, action="people.set_terms", subject=f"mandate:{row.pk}", changes=changes)
    return row


@transaction.atomic
def add_shifts(
    *, by: Actor, at: dt.datetime, mandate: Mandate, shifts: Sequence[tuple[dt.datetime, dt.datetime]]
) -> int:
    """Put a holder on the roster; shifts that are there already stay. Returns how many are new.

    Raises Forbidden, Refused `shift_crossed`, `shift_overlaps`.
    """
    _check_roster(by, mandate)
    row = _current(mandate)
    known = {(shift["from"], shift["to"]) for shift in row.roster}
    fresh = []
    for begins, ends in shifts:
        if ends <= begins:
            raise Refused("shift_crossed", N_("下班时间要晚于上班时间。"), field="until")
        if (begins.isoformat(), ends.isoformat()) in known:
            continue
        if any(begins.isoformat() < to and since < ends.isoformat() for since, to in known):
            raise Refused("shift_overlaps", N_("这个人这段时间已经排了班。"), field="day")
        known.add((begins.isoformat(), ends.isoformat()))
        fresh.append({"from": begins.isoformat(), "to": ends.isoformat()})
    if fresh:
        row.roster = sorted([*row.roster, *fresh], key=lambda shift: shift["from"])
        row.save(update_fields=["roster"])
        record(by=by, at=at, action="people.add_shifts", subject=f"mandate:{row.pk}", changes={"shifts": fresh})
    return len(fresh)


def _check_roster(by: Actor, mandate: Mandate) -> None:
    """Who makes the roster: who leads the duty there, or the administrator."""
    path = mandate.post.place.path
    if not any(path.startswith(reach) for reach in by.paths_for(ROSTER)):
        require(by, "people.manage", path=path)


@transaction.atomic
def remove_shift(*, by: Actor, at: dt.datetime, mandate: Mandate, begins: str) -> None:
    """Take one shift off the roster. Raises Forbidden, NotFound `unknown_shift`."""
    _check_roster(by, mandate)
    row = _current(mandate)
    left = [shift for shift in row.roster if shift["from"] != begins]
    if len(left) == len(row.roster):
        raise NotFound("unknown_shift", N_("没有这个班次。"))
    row.roster = left
    row.save(update_fields=["roster"])
    record(by=by, at=at, action="people.remove_shift", subject=f"mandate:{row.pk}", changes={"from": begins})


@transaction.atomic
def take_back_shifts(
    *, by: Actor, at: dt.datetime, mandate: Mandate, shifts: Sequence[tuple[dt.datetime, dt.datetime]]
) -> int:
    """Take shifts off the roster that an import put there. Raises Forbidden, Refused `shift_begun`, `shift_gone`."""
    _check_roster(by, mandate)
    row = _current(mandate)
    gone = {(begins.isoformat(), ends.isoformat()) for begins, ends in shifts}
    if any(begins <= at for begins, _ in shifts):
        message = N_("{title}有班已经开始了，不能整批撤销。还没开始的，到“值班”里一班一班地去掉。")
        raise Refused("shift_begun", message, title=row.post.title)
    if gone - {(shift["from"], shift["to"]) for shift in row.roster}:
        message = N_("{title}的值班表后来改过，不能整批撤销。到“值班”里一班一班地去掉。")
        raise Refused("shift_gone", message, title=row.post.title)
    row.roster = [shift for shift in row.roster if (shift["from"], shift["to"]) not in gone]
    row.save(update_fields=["roster"])
    changes = {"from": sorted(begins for begins, _ in gone)}
    record(by=by, at=at, action="people.take_back_shifts", subject=f"mandate:{row.pk}", changes=changes)
    return len(gone)


@transaction.atomic
def set_households(*, by: Actor, at: dt.datetime, mandate: Mandate, codes: Sequence[str]) -> Mandate:
    """The doors that a neighbour keeps contact with: codes of dwellings inside the post's place.

    Raises Forbidden, Refused `not_a_neighbour_lead`, `too_many_households`, `unknown_dwellings`.
    """
    require(by, "people.manage", path=mandate.post.place.path)
    office = packs.active_model().office
    if mandate.post.role not in rules.VOLUNTEER_ROLES or office is None:
        raise Refused("not_a_neighbour_lead", N_("只有邻长联系住户。"))
    wanted = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    rules.check_households(wanted, office.neighbour_households)
    path = mandate.post.place.path
    found = set(
        Place.objects.current().under(path).filter(kind="dwelling", code__in=wanted).values_list("code", flat=True)
    )
    if missing := [code for code in wanted if code not in found]:
        message = N_("这里没有这几处房屋：{codes}。请核对代码。")
        raise Refused("unknown_dwellings", message, codes="、".join(missing[:10]), field="households")
    row = _current(mandate)
    row.households = wanted
    row.save(update_fields=["households"])
    changes = {"households": len(wanted)}
    record(by=by, at=at, action="people.set_households", subject=f"mandate:{row.pk}", changes=changes)
    return row
