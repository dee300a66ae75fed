"""The workbook of duty rosters: who of a post is on duty when. A night shift goes into the next day."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from gongzhi.common.access import Actor
from gongzhi.common.clock import CHINA, local_date
from gongzhi.common.errors import Refused
from gongzhi.common.sheets import Column, Kind, Made, Row, WrongRow
from gongzhi.common.text import N_
from gongzhi.people import actions, rules, vault
from gongzhi.people.actions.accounts import clean_contact
from gongzhi.people.models import Mandate, VaultValue
from gongzhi.people.queries import in_force
from gongzhi.people.sheets import MANAGE, check_reach

COLUMNS = (
    Column("post", N_("岗位代码"), True, N_("值班的岗位，先在“岗位与人员”里"), "YS-zhzx"),
    Column("phone", N_("手机号"), True, N_("值班人登录用的号码"), "13900000001", also=("值班电话",)),
    Column("day", N_("值班日期"), True, N_("从哪天开始的班"), "2026-03-20", also=("日期",)),
    Column("since", N_("从几点"), True, N_("18:00 这样写"), "18:00", also=("开始",)),
    Column("until", N_("到几点"), True, N_("比开始早就算第二天"), "08:30", also=("结束",)),
)


@dataclass(frozen=True, slots=True)
class ShiftDraft:
    mandate: Mandate
    begins: dt.datetime
    ends: dt.datetime


@dataclass(frozen=True, slots=True)
class _Known:
    by: Actor
    holders: dict[tuple[str, bytes], Mandate]
    taken: dict[int, list[tuple[str, str]]]


def _prepare(rows: Sequence[Row], by: Actor, at: dt.datetime) -> _Known:
    day = local_date(at)
    holding = Mandate.objects.filter(in_force(day), post__code__in={row["post"] for row in rows})
    found = list(holding.select_related("post__place"))
    values = VaultValue.objects.filter(field="phone", person__in=[mandate.person_id for mandate in found])
    index = {person: bytes(blind or b"") for person, blind in values.values_list("person_id", "blind_index")}
    holders = {(one.post.code, index[one.person_id]): one for one in found if one.person_id in index}
    taken = {one.pk: [(shift["from"], shift["to"]) for shift in one.roster] for one in found}
    return _Known(by, holders, taken)


def _check(row: Row, known: _Known) -> ShiftDraft | None:
    try:
        index = vault.blind_index("phone", clean_contact("phone", row["phone"]))
    except Refused:
        raise WrongRow(N_("手机号不完整。请写 11 位手机号，或带区号的座机号")) from None
    mandate = known.holders.get((row["post"], index))
    if mandate is None:
        raise WrongRow(N_("这个号码不在岗位 {post} 上。先在“岗位与人员”里任命"), post=row["post"])
    check_reach(known.by, mandate.post.place.path, mandate.post.place.code)
    day = row.day("day", COLUMNS[2].header)
    if day is None:
        raise WrongRow(N_("“{column}”是空的，要填"), column=COLUMNS[2].header)
    begins, ends = rules.shift_of(day, _clock(row["since"]), _clock(row["until"]), CHINA)
    taken = known.taken[mandate.pk]
    if (begins.isoformat(), ends.isoformat()) in taken:
        return None
    if any(begins.isoformat() < to and since < ends.isoformat() for since, to in taken):
        raise WrongRow(N_("这个人这段时间已经排了班"))
    taken.append((begins.isoformat(), ends.isoformat()))
    return ShiftDraft(mandate, begins, ends)


def _clock(text: str) -> dt.time:
    try:
        hour, _, minute = text.replace("：", ":").partition(":")
        return dt.time(int(hour), int(minute.split(":")[0] or 0))
    except ValueError:
        raise WrongRow(N_("钟点写成 18:00 这样，现在是“{text}”"), text=text) from None


def _write(drafts: Sequence[ShiftDraft], by: Actor, at: dt.datetime) -> Made:
    by_mandate: dict[int, list[ShiftDraft]] = {}
    for draft in drafts:
        by_mandate.setdefault(draft.mandate.pk, []).append(draft)
    for some in by_mandate.values():
        shifts = [(draft.begins, draft.ends) for draft in some]
        actions.add_shifts(by=by, at=at, mandate=some[0].mandate, shifts=shifts)
    return {"shift": [_key(draft) for draft in drafts]}


def _key(draft: ShiftDraft) -> str:
    return "|".join((str(draft.mandate.pk), draft.begins.isoformat(), draft.ends.isoformat()))


def _take_back(made: Made, by: Actor, at: dt.datetime) -> int:
    """The shifts of the import go, while none has begun and nobody has changed them."""
    shifts: dict[int, list[tuple[dt.datetime, dt.datetime]]] = {}
    for key in made.get("shift", []):
        mandate, begins, ends = key.split("|")
        times = (dt.datetime.fromisoformat(begins), dt.datetime.fromisoformat(ends))
        shifts.setdefault(int(mandate), []).append(times)
    holding = Mandate.objects.select_related("post__place").in_bulk(shifts)
    return sum(
        actions.take_back_shifts(by=by, at=at, mandate=holding[pk], shifts=some) for pk, some in shifts.items()
    )


ROSTER = Kind(
    name="roster",
    title=N_("值班表"),
    columns=COLUMNS,
    check_row=_check,
    write_rows=_write,
    prepare=_prepare,
    permission=MANAGE,
    about=N_("一行一个班。下班以后来的事，通知正在值班的人。"),
    sheet=70,
    take_back=_take_back,
)
