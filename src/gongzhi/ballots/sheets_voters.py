"""The workbook of voters: who is registered on a roll that is not published yet, one a row (村组法 13)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from gongzhi.ballots import roll_queries, rules
from gongzhi.ballots.actions.registering import ListedVoter, bring_voters, check_once
from gongzhi.ballots.models import Elector, Roll
from gongzhi.common.access import Actor, allows
from gongzhi.common.errors import Refused
from gongzhi.common.sheets import Column, Kind, Made, Row, WrongRow, register_kind
from gongzhi.common.text import N_
from gongzhi.people import vault
from gongzhi.people.actions.accounts import clean_contact

COLUMNS = (
    Column("roll", N_("名册编号"), True, N_("还没公布的名册，编号在名册页上"), "MC-260310-9PXA2", also=("名册",)),
    Column("name", N_("姓名"), True, N_("加密存放，公布名册时照法律写"), "演示赵一"),
    Column("group", N_("组"), True, N_("哪个村民小组、哪栋楼"), "一组", also=("楼栋", "组别")),
    Column("phone", N_("手机号"), False, N_("有的写，本人凭它登录；一个号码一个人"), "13900000001", also=("电话",)),
    Column("capacity", N_("属于哪一种"), False, N_("名册分种类的要写，和名册页上的说法一样"), "", also=("种类",)),
)  # fmt: skip


@dataclass(slots=True)
class _Known:
    by: Actor
    rolls: dict[str, Roll]
    people: dict[str, UUID]
    listed: set[tuple[int, UUID]]
    once: set[tuple[str, str]] = field(default_factory=set)


def _prepare(rows: Sequence[Row], by: Actor, at: datetime) -> _Known:
    found = roll_queries.visible_rolls(by).filter(number__in={row["roll"] for row in rows})
    rolls = {roll.number: roll for roll in found}
    people = vault.people_by_phone([phone for row in rows if (phone := _phone(row, quiet=True))])
    electors = Elector.objects.filter(entry__roll__in=rolls.values(), person__in=people.values())
    return _Known(by, rolls, people, set(electors.values_list("entry__roll", "person")))


def _phone(row: Row, *, quiet: bool = False) -> str:
    if not row["phone"]:
        return ""
    try:
        return clean_contact("phone", row["phone"])
    except Refused as refused:
        if quiet:
            return ""
        raise WrongRow(refused.message, **refused.facts) from None


def _check(row: Row, known: _Known) -> ListedVoter | None:
    roll, phone = _roll_of(row, known), _phone(row)
    key = (roll.number, phone or f"{row['name']}/{row['group']}")
    if key in known.once:
        raise WrongRow(N_("同一个人在表里写了两次"))
    known.once.add(key)
    capacity, person = _capacity_of(row, roll), known.people.get(phone)
    if person is not None:
        if (roll.pk, person) in known.listed:
            return None
        _check_elsewhere(roll, person)
    return ListedVoter(roll.number, rules.Registered(row["name"][:30], row["group"][:80], phone), capacity)


def _roll_of(row: Row, known: _Known) -> Roll:
    roll = known.rolls.get(row["roll"])
    if roll is None or not allows(known.by, rules.HOLD, path=roll.path):
        raise WrongRow(N_("没有编号是 {number} 的名册，或者不由您办"), number=row["roll"])
    if roll.kind not in rules.REGISTERED:
        raise WrongRow(N_("名册 {number} 从登记的业主和成员里来，不用另外登记"), number=row["roll"])
    if roll.published_at is not None:
        raise WrongRow(N_("名册 {number} 已经公布。漏了谁，由本人提异议"), number=row["roll"])
    return roll


def _capacity_of(row: Row, roll: Roll) -> str:
    classes = {one["words"]: str(one["code"]) for one in roll.basis.get("classes", ())}
    found = classes.get(row["capacity"], row["capacity"])
    if classes and found not in classes.values():
        raise WrongRow(N_("“属于哪一种”要写下面的一种：{words}"), words="、".join(classes))
    return found if classes else ""


def _check_elsewhere(roll: Roll, person: UUID) -> None:
    try:
        check_once(roll, person)
    except Refused as refused:
        raise WrongRow(refused.message, **refused.facts) from None


def _write(drafts: Sequence[ListedVoter], by: Actor, at: datetime) -> Made:
    return bring_voters(by=by, at=at, rows=drafts)


def _held_by(made: Made) -> list[str]:
    """A published roll is the law's; only an objection changes it."""
    rolls = Roll.objects.filter(entries__in=made.get("ballots.RollEntry", []), published_at__isnull=False).distinct()
    return [f"{roll.number} 已经公布" for roll in rolls]


VOTERS = Kind(
    name="voters",
    title=N_("选民登记"),
    columns=COLUMNS,
    check_row=_check,
    write_rows=_write,
    prepare=_prepare,
    permission=rules.HOLD,
    about=N_("一行一位，写到还没公布的名册上。姓名和手机号加密存放；身份证号不要写，写了也不读。公布以前可以整批撤销。"),
    sheet=64,
    held_by=_held_by,
)


def register() -> None:
    register_kind(VOTERS)

