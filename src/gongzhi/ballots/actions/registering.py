"""登记: until a roll is published people put themselves on it, or the board writes them down."""

import datetime as dt
import os
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max

from gongzhi.audit.actions import record
from gongzhi.ballots import rules
from gongzhi.ballots.actions.rolls import get_roll_for
from gongzhi.ballots.models import Elector, Roll, RollEntry
from gongzhi.ballots.roll_queries import OVER
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Conflict, NotFound, Refused, SignInRequired
from gongzhi.common.text import N_, tidy
from gongzhi.people.actions.consenting import is_minor
from gongzhi.people.actions.enrolling import enrol_people
from gongzhi.people.models import Person, VaultValue
from gongzhi.people.vault import people_by_phone


@transaction.atomic
def register_myself(*, by: Actor, at: dt.datetime, number: str, group: str, capacity: str, adult: bool) -> RollEntry:
    """The actor registers to take part in an election (村组法 13).

    Raises SignInRequired, NotFound, Conflict `roll_is_published`, `registered_already`, Refused `not_registered_for`,
    `under_age`, `bad_capacity`, `group_missing`, `registered_elsewhere`.
    """
    if by.person_id is None:
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    roll = _open_roll(number)
    person = Person.objects.get(pk=by.person_id)
    if not adult or is_minor(person):
        raise Refused("under_age", N_("年满十八周岁才能登记。已经满了的，请勾上。"), field="adult")
    group = " ".join(tidy(group).split())[:80]
    if not group:
        raise Refused("group_missing", N_("请写您在哪个组、哪栋楼。"), field="group")
    _check_capacity(roll, capacity)
    entry = _add(roll, by.person_id, group, capacity)
    record(by=by, at=at, action="ballots.register", subject=roll.reference, changes={"number": entry.position})
    return entry


@transaction.atomic
def enter_voters(
    *, by: Actor, at: dt.datetime, number: str, people: Sequence[rules.Registered], capacity: str
) -> list[RollEntry]:
    """The board writes people down; whoever has no account gets one that a code to their telephone opens.

    Raises Forbidden, NotFound, Conflict `roll_is_published`, `registered_already`, Refused `bad_capacity`,
    `registered_elsewhere`, `not_registered_for`.
    """
    roll = _open_roll(number)
    require(by, rules.HOLD, path=roll.path)
    _check_capacity(roll, capacity)
    return _enter(roll, [(one, capacity) for one in people], by, at).entries


@dataclass(frozen=True, slots=True)
class ListedVoter:
    """One good row of a list: on which roll, who, in which class of voters."""

    roll: str
    person: rules.Registered
    capacity: str = ""


@transaction.atomic
def bring_voters(*, by: Actor, at: dt.datetime, rows: Sequence[ListedVoter]) -> dict[str, list[Any]]:
    """A list as a workbook brings it, roll by roll; what was made, by table. Raises as `enter_voters`."""
    made: dict[str, list[Any]] = defaultdict(list)
    by_roll: dict[str, list[tuple[rules.Registered, str]]] = defaultdict(list)
    for row in rows:
        by_roll[row.roll].append((row.person, row.capacity))
    for number, listed in sorted(by_roll.items()):
        roll = _open_roll(number)
        require(by, rules.HOLD, path=roll.path)
        for label, keys in _enter(roll, listed, by, at).made().items():
            made[label] += keys
    return dict(made)


@dataclass(frozen=True, slots=True)
class _Entered:
    entries: list[RollEntry]
    people: list[Person]
    sealed: list[VaultValue]

    def made(self) -> dict[str, list[Any]]:
        """Primary keys by table, in the order of making."""
        electors = Elector.objects.filter(entry__in=self.entries).values_list("pk", flat=True)
        return {
            "people.VaultKey": [one.key_id for one in self.people],
            "people.Person": [one.pk for one in self.people],
            "people.VaultValue": [one.pk for one in self.sealed],
            "ballots.RollEntry": [one.pk for one in self.entries],
            "ballots.Elector": list(electors),
        }


def _enter(roll: Roll, people: Sequence[tuple[rules.Registered, str]], by: Actor, at: dt.datetime) -> _Entered:
    """Names and telephones go into the vault; the roll holds references."""
    known = people_by_phone(one.phone for one, _capacity in people if one.phone)
    new = [one for one, _capacity in people if one.phone not in known]
    made, sealed = enrol_people(by=by, at=at, values=[{"name": one.name, "phone": one.phone} for one in new])
    ids = dict(zip(map(id, new), (person.pk for person in made), strict=True))
    rows = [_add(roll, ids.get(id(one)) or known[one.phone], one.group, capacity) for one, capacity in people]
    changes = {"entered": len(rows), "new": len(new)}
    record(by=by, at=at, action="ballots.enter_voters", subject=roll.reference, changes=changes)
    return _Entered(rows, made, sealed)


def _open_roll(number: str) -> Roll:
    """Raises NotFound `roll_not_found`, Refused `not_registered_for`, Conflict `roll_is_published`."""
    roll = Roll.objects.select_for_update().filter(number=number).first()
    if roll is None:
        raise NotFound("roll_not_found", N_("没有找到这份名册。请核对编号。"))
    if roll.kind not in rules.REGISTERED:
        raise Refused("not_registered_for", N_("这份名册从登记的业主和成员里来，不用自己登记。"))
    if roll.published_at is not None:
        raise Conflict("roll_is_published", N_("名册已经公布。漏了您的，请提异议。"))
    return roll


def _check_capacity(roll: Roll, capacity: str) -> None:
    known = [one["code"] for one in roll.basis.get("classes", ())]
    if known and capacity not in known:
        raise Refused("bad_capacity", N_("请选属于哪一种。"), field="capacity")


def _add(roll: Roll, person_id: uuid.UUID, group: str, capacity: str) -> RollEntry:
    """Raises Conflict `registered_already`, Refused `registered_elsewhere`."""
    if Elector.objects.filter(entry__roll=roll, person_id=person_id).exists():
        raise Conflict("registered_already", N_("名册上已经有这一位了，不用再登记。"))
    check_once(roll, person_id)
    last = roll.entries.aggregate(last=Max("position"))["last"] or 0
    households = 1 if roll.kind == "households" else 0
    entry = RollEntry.objects.create(
        roll=roll, position=last + 1, group=group, households=households, capacity=capacity, salt=os.urandom(32)
    )
    Elector.objects.create(entry=entry, person_id=person_id)
    return entry


def check_once(roll: Roll, person_id: uuid.UUID) -> None:
    """Nobody registers in two places for the same election (村组法 13). Raises Refused `registered_elsewhere`."""
    if not roll.law:
        return
    others = Roll.objects.filter(law=roll.law, replaced_by=None).exclude(path=roll.path)
    mine = others.filter(entries__electors__person_id=person_id).exclude(votes__status__in=OVER)
    if mine.exists():
        message = N_("这一位已经在别处登记参加选举，不能再登记（村民委员会组织法第13条）。先在那里移出。")
        raise Refused("registered_elsewhere", message)


@transaction.atomic
def strike_entry(*, by: Actor, at: dt.datetime, number: str, position: int) -> None:
    """Taken off before it is published: by the board, or by oneself.

    Raises NotFound, Forbidden, Conflict `roll_is_published`, Refused `unknown_number`.
    """
    roll = _open_roll(number)
    entry = _entry(roll, position)
    own = by.person_id is not None and entry.electors.filter(person_id=by.person_id).exists()
    if not own:
        require(by, rules.HOLD, path=roll.path)
    entry.delete()
    changes = {"number": position, "own": own}
    record(by=by, at=at, action="ballots.strike_entry", subject=roll.reference, changes=changes)


@transaction.atomic
def record_consent(*, by: Actor, at: dt.datetime, number: str, position: int, decision: str) -> None:
    """By which meeting's consent somebody registered elsewhere takes part here (村组法 13 第三项).

    Raises Forbidden, NotFound, Conflict `roll_is_published`, Refused `unknown_number`, `missing_decision`.
    """
    roll = get_roll_for(by, number)
    if roll.published_at is not None:
        raise Conflict("roll_is_published", N_("名册已经公布，不再改动。"))
    entry, said = _entry(roll, position), " ".join(tidy(decision).split())[:80]
    if not said:
        raise Refused("missing_decision", N_("请写是哪次会同意的。"), field="decision")
    entry.consent = said
    entry.save(update_fields=["consent"])
    changes = {"number": position, "decision": said}
    record(by=by, at=at, action="ballots.record_consent", subject=roll.reference, changes=changes)


def _entry(roll: Roll, position: int) -> RollEntry:
    found = roll.entries.filter(position=position).first()
    if found is None:
        raise Refused("unknown_number", N_("名册上没有 {number} 号。"), number=position, field="position")
    return found
