"""The workbook of owners and tenants. Owners by name and telephone, everyone else as a number of people."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from gongzhi.common.access import Actor, covers
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.common.personal import viewer_of
from gongzhi.common.sheets import Column, Kind, Made, Preview, Row, WrongRow, register_kind
from gongzhi.common.text import N_
from gongzhi.people import vault
from gongzhi.people.actions.accounts import clean_contact
from gongzhi.people.models import Organization
from gongzhi.places.models import Kind as PlaceKind
from gongzhi.places.models import Place
from gongzhi.registers.actions.bringing import ListedTenure, bring_tenures
from gongzhi.registers.models import Tenure
from gongzhi.registers.queries import tenures as queries
from gongzhi.registers.rules import tenure as rules

IMPORT = "registers.import"
_PIECE = 5_000
_CAPACITIES = {"业主": "owner", "租客": "tenant", "承租人": "tenant", "家人": "family", "使用人": "user"}
_CAPACITIES |= {code: code for code in _CAPACITIES.values()}
COLUMNS = (
    Column("dwelling", N_("房屋代码"), True, N_("和房屋表里的代码一样"), "YS-B5-2-301", also=("住户代码", "代码")),
    Column("capacity", N_("身份"), True, N_("业主、租客、家人、使用人"), "业主"),
    Column("name", N_("姓名"), False, N_("只有业主写；别的人只写人数"), "演示张三", also=("业主", "业主姓名")),
    Column("phone", N_("电话"), False, N_("同一个电话就是同一个人"), "13900000001", also=("手机", "联系电话")),
    Column("body", N_("单位代码"), False, N_("没卖的写建设单位，公司的写公司；写了就不写姓名"), ""),
    Column("heads", N_("人数"), False, N_("租客、家人只记几个人"), "", also=("租客人数",)),
    Column("share", N_("份额"), False, N_("全部、1/2；夫妻共同共有空着"), "全部"),
    Column("since", N_("起始日期"), True, N_("证上的日期或起租日期"), "2020-05-01", also=("开始日期",)),
    Column("until", N_("到期日期"), False, N_("租客必填"), ""),
    Column("number", N_("备案号"), False, N_("租赁备案号"), "", also=("租赁备案号",)),
    Column("lives", N_("住不住这里"), False, N_("不住写“否”"), ""),
)


@dataclass(slots=True)
class _Known:
    """What the checks need, read once: dwellings, bodies, people by telephone, what is in force, what rows add."""

    today: dt.date
    by: Actor
    reach: tuple[str, ...] | None
    most_heads: int
    dwellings: dict[str, tuple[int, str]] = field(default_factory=dict)
    bodies: dict[str, int] = field(default_factory=dict)
    people: dict[str, UUID] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)
    held: dict[int, list[Tenure]] = field(default_factory=lambda: defaultdict(list))
    added: dict[int, list[Fraction | None]] = field(default_factory=lambda: defaultdict(list))
    said: dict[str, str] = field(default_factory=dict)
    once: set[tuple[int, str, str]] = field(default_factory=set)


def _prepare(rows: Sequence[Row], by: Actor, at: dt.datetime) -> _Known:
    today = local_date(at)
    reach = None if by.kind == "system" else by.paths_for(IMPORT)
    known = _Known(today, by, reach, queries.limits(today)["most_heads"])
    codes = sorted({row["dwelling"] for row in rows})
    for first in range(0, len(codes), _PIECE):
        places = Place.objects.current().filter(kind=PlaceKind.DWELLING, code__in=codes[first : first + _PIECE])
        known.dwellings |= {code: (pk, path) for code, pk, path in places.values_list("code", "pk", "path")}
    bodies = Organization.objects.filter(code__in={row["body"] for row in rows if row["body"]}, valid_to__isnull=True)
    known.bodies = dict(bodies.values_list("code", "pk"))
    phones = [phone for row in rows if (phone := _phone(row, quiet=True))]
    known.people = vault.people_by_phone(phones)
    _read_names(known, at)
    ids = [pk for pk, _ in known.dwellings.values()]
    for first in range(0, len(ids), _PIECE):
        held = Tenure.objects.filter(queries.held(today), dwelling_id__in=ids[first : first + _PIECE])
        for one in held.order_by("id"):
            known.held[one.dwelling_id].append(one)
    return known


def _read_names(known: _Known, at: dt.datetime) -> None:
    """The names of those whose telephone stands in the list, to compare: a reading like any other."""
    if known.people:
        found = vault.reveal(
            by=known.by, at=at, person_ids=list(known.people.values()), fields=["name"], purpose="import-compare"
        )
        known.names = {person_id: values.get("name", "") for person_id, values in found.items()}


def _phone(row: Row, *, quiet: bool = False) -> str:
    if not row["phone"]:
        return ""
    try:
        return clean_contact("phone", row["phone"])
    except Refused as refused:
        if quiet:
            return ""
        raise WrongRow(refused.message, **refused.facts) from None


def _check(row: Row, known: _Known) -> ListedTenure | None:
    place = _place_of(row, known)
    draft = _drafted(row, place, known)
    identity = draft.phone or draft.name or f"{draft.organization}/{draft.heads}"
    key = (draft.dwelling, draft.capacity, identity)
    if key in known.once:
        raise WrongRow(N_("这一户同样身份的同一个人，在表里写了两次"))
    known.once.add(key)
    return _against_people(_with_name(draft, known), known)


def _place_of(row: Row, known: _Known) -> int:
    if (found := known.dwellings.get(row["dwelling"])) is None:
        raise WrongRow(N_("没有代码是 {code} 的房屋。先导入房屋"), code=row["dwelling"])
    if known.reach is not None and not covers(known.reach, found[1]):
        raise WrongRow(N_("房屋 {code} 不在您管的地方"), code=row["dwelling"])
    return found[0]


def _drafted(row: Row, place: int, known: _Known) -> ListedTenure:
    if (capacity := _CAPACITIES.get(row["capacity"])) is None:
        raise WrongRow(N_("身份写业主、租客、家人或使用人，现在是“{value}”"), value=row["capacity"])
    body, heads = _body_of(row, known), row.count("heads", "人数")
    if (row["name"] != "") + (body is not None) + (heads is not None) != 1:
        raise WrongRow(N_("姓名、单位代码、人数，只写一样"))
    if row["name"] and capacity != "owner":
        raise WrongRow(N_("只有业主写姓名。租客、家人只记人数；要登记姓名，由本人在“我的住处”里办"))
    if heads is not None and (capacity == "owner" or not 1 <= heads <= known.most_heads):
        raise WrongRow(N_("人数写 1 到 {most}，只写租客、家人和使用人"), most=known.most_heads)
    since, until = row.day("since", "起始日期"), row.day("until", "到期日期")
    _check_days(since, until, capacity, known.today)
    return ListedTenure(
        dwelling=place,
        capacity=capacity,
        since=since.isoformat() if since else "",
        name=row["name"],
        phone=_phone(row),
        organization=body,
        heads=heads,
        share=_share_of(row, capacity),
        until=until.isoformat() if until else "",
        number=row["number"][:60],
        lives_here=body is None and row["lives"] not in ("否", "不住", "不", "no"),
    )


def _body_of(row: Row, known: _Known) -> int | None:
    if not row["body"]:
        return None
    if (found := known.bodies.get(row["body"])) is None:
        raise WrongRow(N_("没有代码是 {code} 的单位。先导入组织"), code=row["body"])
    return found


def _check_days(since: dt.date | None, until: dt.date | None, capacity: str, today: dt.date) -> None:
    if since is None or since > today:
        raise WrongRow(N_("起始日期要在今天或以前"))
    if capacity == "tenant" and until is None:
        raise WrongRow(N_("租客要写到期日期"))
    if until is not None and until <= max(since, today):
        raise WrongRow(N_("到期日期已经过了，或者在起始日期以前"))


def _share_of(row: Row, capacity: str) -> str:
    if capacity != "owner":
        return ""
    try:
        share = rules.read_share(row["share"])
    except Refused as refused:
        raise WrongRow(refused.message, **refused.facts) from None
    return str(share) if share is not None else ""


def _with_name(draft: ListedTenure, known: _Known) -> ListedTenure:
    """One telephone, one name: two in the list are a mistake; another than the one that is known is a conflict."""
    if not draft.phone:
        return draft
    if known.said.setdefault(draft.phone, draft.name) != draft.name:
        raise WrongRow(N_("同一个电话在表里写了两个名字"))
    person = known.people.get(draft.phone)
    if person is None:
        return draft
    if person == known.by.person_id:
        raise WrongRow(N_("您自己的登记请走审核，不能自己导入"))
    name = known.names.get(person, "")
    return replace(draft, conflict="other_name") if name and name != draft.name else draft


def _against_people(draft: ListedTenure, known: _Known) -> ListedTenure | None:
    """Against what is in force: there already (None), contradicting (a conflict), or new."""
    held = [one for one in known.held[draft.dwelling] if one.capacity == draft.capacity]
    if draft.capacity != "owner":
        counted = [one for one in held if one.heads is not None and one.person_id is None]
        if not counted:
            return draft
        same = counted[0].heads == draft.heads and (counted[0].expires_on or "") == _day(draft.until)
        return None if same else replace(draft, conflict="other_count", held=counted[0].pk)
    return _against_owners(draft, held, known)


def _day(text: str) -> Any:
    return dt.date.fromisoformat(text) if text else ""


def _against_owners(draft: ListedTenure, held: list[Tenure], known: _Known) -> ListedTenure | None:
    share = Fraction(draft.share) if draft.share else None
    mine = next((one for one in held if _same_holder(one, draft, known)), None)
    if mine is not None:
        same = queries.share_of(mine) == share
        return None if same else replace(draft, conflict=draft.conflict or "shares", held=mine.pk)
    if draft.conflict:
        return draft
    others = [queries.share_of(one) for one in held]
    if held and rules.shares_state([*others, share]) == "over":
        return replace(draft, conflict="shares", held=held[0].pk)
    if rules.shares_state([*others, *known.added[draft.dwelling], share]) == "over":
        raise WrongRow(N_("这一户在表里的份额加起来超过了整套"))
    known.added[draft.dwelling].append(share)
    return draft


def _same_holder(one: Tenure, draft: ListedTenure, known: _Known) -> bool:
    if draft.organization is not None:
        return one.organization_id == draft.organization
    if one.person_id is None:
        return False
    if draft.phone:
        return one.person_id == known.people.get(draft.phone)
    held = vault.shown_to(known.by, [one.person_id]).get(one.person_id, {})
    return held.get("name") == vault.as_seen("name", draft.name, viewer_of(known.by, about=one.person_id))


def _write(drafts: Sequence[ListedTenure], by: Actor, at: dt.datetime) -> Made:
    return bring_tenures(by=by, at=at, rows=drafts)


def _preview(drafts: Sequence[ListedTenure], by: Actor, at: dt.datetime) -> Preview:
    """What would come: how many owners, bodies, numbers of people; how many wait for somebody to pick."""
    counts = {
        gettext("业主（姓名）"): sum(bool(one.name) and not one.conflict for one in drafts),
        gettext("业主（单位）"): sum(one.organization is not None and not one.conflict for one in drafts),
        gettext("只记人数"): sum(one.heads is not None and not one.conflict for one in drafts),
        gettext("和名册说法不一，等人来定"): sum(bool(one.conflict) for one in drafts),
    }
    warnings: tuple[str, ...] = ()
    if any(one.conflict for one in drafts):
        warnings = (gettext("说法不一的行不改名册，放到“名册出入”里，请另一位同事来定。"),)
    return Preview((gettext("会登记"), gettext("几条")), tuple(counts.items()), warnings)


TENURES = Kind(
    name="tenures",
    title=N_("业主和住户"),
    columns=COLUMNS,
    check_row=_check,
    write_rows=_write,
    prepare=_prepare,
    permission=IMPORT,
    about=N_("只有业主写姓名和电话，加密保存。租客、家人只写人数。身份证号、民族、宗教这些不要写，写了也不读。"),
    sheet=60,
    preview=_preview,
)


def register() -> None:
    register_kind(TENURES)
