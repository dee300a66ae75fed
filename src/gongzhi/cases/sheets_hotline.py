"""热线转来的工单 from a workbook: each row a living case with the hotline's own number, taken in once."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from gongzhi.cases import queries
from gongzhi.cases.actions.reporting import Contact, report_case
from gongzhi.cases.actions.sourcing import name_source
from gongzhi.cases.imports.placing import KINDS, Named, PlaceNames
from gongzhi.cases.models import Case
from gongzhi.cases.rules import TEXT_LIMITS
from gongzhi.common.access import Actor, system_actor
from gongzhi.common.errors import Refused
from gongzhi.common.sheets import Column, Kind, Made, Row, WrongRow, register_kind
from gongzhi.common.text import N_, tidy
from gongzhi.packs import queries as packs
from gongzhi.places import queries as places
from gongzhi.places.models import Place

CHANNEL = "hotline"
HOTLINE = system_actor("hotline")
COLUMNS = (
    Column("number", N_("工单编号"), True, N_("热线自己的编号；来过的不再收"), "RX-0001", also=("编号", "诉求编号")),
    Column("text", N_("诉求内容"), True, N_("原话，2 到 4000 个字"), "小区门口路灯不亮", also=("内容", "反映内容")),
    Column("place", N_("地点"), False, N_("地点代码或名称；空着就从内容里找"), "LY-5", also=("地址", "事发地址")),
    Column("category", N_("类别"), False, N_("模式里的类别名称或代码；空着就猜"), "路灯"),
    Column("name", N_("联系人"), False, N_("只给办这件事的人看"), "演示居民"),
    Column("phone", N_("联系电话"), False, N_("有进展用短信告诉"), "13900009999", also=("电话",)),
    Column("at", N_("受理时间"), False, N_("热线受理的时间，记在说明里"), "2026-03-18 09:00"),
)


@dataclass(frozen=True, slots=True)
class Ticket:
    """One row to be taken in; `place_code` is "" where nobody could say where it is."""

    number: str
    text: str
    place_code: str
    category: str
    name: str
    phone: str
    received: str


@dataclass(slots=True)
class _Known:
    """What the rows are compared with: numbers taken in before, names of places, codes of categories."""

    taken: set[str]
    names: PlaceNames
    codes: dict[int, str]
    by_name: dict[str, str]
    categories: dict[str, str]


def _prepare(rows: Sequence[Row], by: Actor, at: dt.datetime) -> _Known:
    numbers = [row["number"] for row in rows]
    taken = Case.objects.filter(channel=CHANNEL, external_id__in=numbers).values_list("external_id", flat=True)
    shown = Place.objects.current().under(places.root_path()).filter(kind__in=KINDS)
    found = list(shown.values_list("id", "kind", "name", "path", "code"))
    bearers: dict[str, list[str]] = {}
    for _id, _kind, name, _path, code in found:
        bearers.setdefault(name, []).append(code)
    by_name = {name: codes[0] for name, codes in bearers.items() if len(codes) == 1}
    by_name |= {code: code for *_rest, code in found}
    known = packs.categories()
    categories = {item.name: item.code for item in known} | {item.code: item.code for item in known}
    names = PlaceNames(Named(*row[:4]) for row in found)
    return _Known(set(taken), names, {row[0]: row[4] for row in found}, by_name, categories)


def _check(row: Row, known: _Known) -> Ticket | None:
    if row["number"] in known.taken:
        return None
    low, high = TEXT_LIMITS
    text = tidy(row["text"])
    if not low <= len(text) <= high:
        raise WrongRow(N_("“诉求内容”要 {low} 到 {high} 个字"), low=low, high=high)
    if row["category"] and row["category"] not in known.categories:
        raise WrongRow(N_("没有类别“{value}”"), value=row["category"])
    if (phone := row["phone"]) and not phone.replace("-", "").isdigit():
        raise WrongRow(N_("“联系电话”要写数字，现在是“{value}”"), value=phone)
    known.taken.add(row["number"])
    category = known.categories.get(row["category"], "")
    return Ticket(row["number"], text, _place(row, text, known), category, row["name"], phone, row["at"])


def _place(row: Row, text: str, known: _Known) -> str:
    if code := known.by_name.get(row["place"]):
        return code
    named = known.names.find(f"{row['place']} {text}")
    return known.codes[named.id] if named else ""


def _write(tickets: Sequence[Ticket], by: Actor, at: dt.datetime) -> Made:
    made = [_take(ticket, by, at) for ticket in tickets]
    return {"cases.Case": list(Case.objects.filter(number__in=made).values_list("pk", flat=True))}


def _take(ticket: Ticket, by: Actor, at: dt.datetime) -> str:
    contact = Contact(ticket.name, ticket.phone)
    try:
        answer = report_case(
            by=HOTLINE,
            at=at,
            text=ticket.text,
            where=queries.locate(place_code=ticket.place_code),
            channel=CHANNEL,
            category=ticket.category,
            on_behalf_of=contact,
            detail=ticket.received,
        )
    except Refused as refused:
        said = refused.message.format(**refused.facts)
        raise Refused(refused.code, N_("工单 {number}：{said}"), number=ticket.number, said=said) from refused
    name_source(by=by, at=at, number=str(answer["number"]), external_id=ticket.number)
    return str(answer["number"])


def _held(made: Made) -> list[str]:
    return [N_("收进来的工单已经编号、开始计时，不能整批撤销")] if made.get("cases.Case") else []


TICKETS = Kind(
    name="hotline",
    title=N_("热线工单"),
    columns=COLUMNS,
    check_row=_check,
    write_rows=_write,
    prepare=_prepare,
    about=N_("12345 等热线转来的工单。同一个工单编号只收一次；收进来就开始计时。"),
    sheet=90,
    held_by=_held,
)


def register() -> None:
    register_kind(TICKETS)
