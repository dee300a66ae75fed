"""The workbook of rooms and things that are offered: one row each, with its hours; a point puts it on the map."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gongzhi.common.access import Actor, allows, covers
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Refused
from gongzhi.common.sheets import Column, Kind, Made, Row, WrongRow, register_kind
from gongzhi.common.text import N_
from gongzhi.exchange import queries, rules
from gongzhi.exchange.actions.offering import Given, enter_offer, public_text
from gongzhi.exchange.models import Offer, Standing
from gongzhi.exchange.rules.times import read_hours
from gongzhi.packs.sharing_contents import OfferPack
from gongzhi.people.models import Organization
from gongzhi.people.queries import in_force
from gongzhi.places import locating
from gongzhi.places.actions import PlaceRow, bulk_load_places
from gongzhi.places.actions.changing import PERMISSION
from gongzhi.places.models import Place

LATITUDE, LONGITUDE, PIECES = N_("纬度"), N_("经度"), N_("同样的几个")
COLUMNS = (
    Column("title", N_("名称"), True, N_("叫什么；不写人名、门牌和号码"), "柳园物业会议室（演示）"),
    Column("kind", N_("种类"), True, N_("场地、车位、座椅、工具……和登记页上的一样"), "共享场地", also=("供给种类",)),
    Column("place", N_("社区代码"), True, N_("给哪个社区的居民用"), "PC-1", also=("地点代码",)),
    Column("body", N_("单位代码"), True, N_("谁提供"), "property-1", also=("提供单位",)),
    Column("mode", N_("怎么提供"), False, N_("空着是菜单式"), "菜单式"),
    Column("fee", N_("收不收费"), False, N_("有偿、低偿、无偿；空着是无偿"), "无偿"),
    Column("price", N_("多少钱"), False, N_("收费的要写"), ""),
    Column("where", N_("到哪里去"), False, N_("哪栋楼、几层"), "服务中心二楼"),
    Column("hours", N_("开放时间"), False, N_("按时间约的要写，用分号隔开"), "周一至周五 09:00-17:00"),
    Column("pieces", PIECES, False, N_("空着是一个"), "1"),
    Column("ask_at", N_("单位电话"), False, N_("座机；手机号会遮住"), ""),
    Column("latitude", LATITUDE, False, N_("WGS-84；写了就在地图上"), ""),
    Column("longitude", LONGITUDE, False, N_("和纬度一起写"), ""),
)


@dataclass(slots=True)
class _Known:
    """What the checks need, read once: kinds by word, ways and fees, bodies, places, what is offered already."""

    by: Actor
    kinds: dict[str, OfferPack]
    modes: dict[str, str]
    fees: dict[str, str]
    bodies: dict[str, Organization]
    places: dict[str, Place]
    reach: tuple[str, ...]
    offered: set[tuple[str, int, int]]
    maps: bool


@dataclass(frozen=True, slots=True)
class _Draft:
    given: Given
    point: tuple[float, float] | None


def _prepare(rows: Sequence[Row], by: Actor, at: dt.datetime) -> _Known:
    if rows and by.kind != "person":
        raise Refused("needs_a_person", N_("谁提供要有人负责。请登录以后在“导入”页上传这张表。"))
    today = local_date(at)
    kinds = {word: pack for name, (pack, _ref) in queries.offer_kinds(today).items() for word in (name, pack.title)}
    shared = queries.sharing(today)
    bodies = Organization.objects.filter(in_force(today), code__in={row["body"] for row in rows})
    places = Place.objects.current().filter(kind__in=("region", "grid"), code__in={row["place"] for row in rows})
    standing = Offer.objects.exclude(standing__in=(Standing.ENDED, Standing.REFUSED))
    there = standing.filter(place__in=places, organization__in=bodies).values_list("title", "place", "organization")
    return _Known(
        by=by,
        kinds={word: pack for word, pack in kinds.items() if not (pack.neighbour or pack.points)},
        modes={word: one.code for one in shared.modes for word in (one.code, one.name)},
        fees={word: one.code for one in shared.fees for word in (one.code, one.name)},
        bodies={one.code: one for one in bodies},
        places={one.code: one for one in places.defer("polygon")},
        reach=by.paths_for(rules.KEEP),
        offered={(title, place, body or 0) for title, place, body in there},
        maps=allows(by, PERMISSION),
    )


def _check(row: Row, known: _Known) -> _Draft | None:
    """The same checks that the form makes, said of a row."""
    try:
        given = _drafted(row, known)
    except Refused as refused:
        raise WrongRow(refused.message, **refused.facts) from refused
    key = (given.title, given.place.pk, given.organization.pk if given.organization else 0)
    if key in known.offered:
        return None
    known.offered.add(key)
    return _Draft(given, _point(row, known))


def _drafted(row: Row, known: _Known) -> Given:
    pack = known.kinds.get(row["kind"])
    if pack is None:
        raise WrongRow(N_("没有“{value}”这一种。请和登记页上写得一样"), value=row["kind"])
    place, body = known.places.get(row["place"]), known.bodies.get(row["body"])
    if place is None or body is None:
        raise WrongRow(N_("没有社区 {place}，或者没有单位 {body}。先导入它们"), place=row["place"], body=row["body"])
    if not covers(known.reach, place.path):
        raise WrongRow(N_("社区 {code} 不在您管的地方"), code=place.code)
    if row["mode"] and row["mode"] not in known.modes:
        raise WrongRow(N_("没有“{value}”。可用的有：{words}"), value=row["mode"], words="、".join(known.modes))
    if row["fee"] and row["fee"] not in known.fees:
        raise WrongRow(N_("没有“{value}”。可用的有：{words}"), value=row["fee"], words="、".join(known.fees))
    fee = known.fees.get(row["fee"], "free")
    if fee != "free" and not row["price"]:
        raise WrongRow(N_("收费的要写清多少钱，比如“每次 10 元，当面付”。"))
    if pack.booking is not None and not row["hours"]:
        raise WrongRow(N_("请写哪几天、几点到几点开放。"))
    title = public_text(row["title"], rules.LONGEST_TITLE, "title")
    where = public_text(row["where"], rules.LONGEST_WHERE, "where", needed=False)
    return Given(
        pack.name,
        title,
        place,
        known.modes.get(row["mode"], "menu"),
        fee,
        body,
        where=where,
        price=row["price"],
        ask_at=row["ask_at"],
        hours=read_hours(row["hours"]) if pack.booking else (),
        pieces=row.count("pieces", PIECES) or 1,
    )


def _point(row: Row, known: _Known) -> tuple[float, float] | None:
    latitude, longitude = row.amount("latitude", LATITUDE), row.amount("longitude", LONGITUDE)
    if latitude is None and longitude is None:
        return None
    if latitude is None or longitude is None or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise WrongRow(N_("纬度和经度要一起写：纬度 -90 到 90，经度 -180 到 180"))
    if not known.maps:
        raise WrongRow(N_("您的岗位不能加地图上的场地。把经纬度空着，也能导入"))
    return latitude, longitude


def _write(drafts: Sequence[_Draft], by: Actor, at: dt.datetime) -> Made:
    """Places with a point first, then what is offered there."""
    rows = {n: _venue(n, draft, at) for n, draft in enumerate(drafts) if draft.point}
    if rows:
        bulk_load_places(by=by, at=at, rows=rows.values(), source="import")
    found = Place.objects.current().filter(kind="venue", code__in=[row.code for row in rows.values()])
    venues = {one.code: one for one in found.order_by("pk")}
    made = []
    for n, draft in enumerate(drafts):
        venue = venues[rows[n].code] if n in rows else None
        made.append(enter_offer(by=by, at=at, given=replace(draft.given, venue=venue)))
    return {"places.Place": [one.pk for one in venues.values()], "exchange.Offer": [one.pk for one in made]}


def _venue(n: int, draft: _Draft, at: dt.datetime) -> PlaceRow:
    """The point of an offer as a place: its code says when it was brought in."""
    assert draft.point is not None  # noqa: S101 - asked before
    given, (latitude, longitude) = draft.given, draft.point
    code = f"{given.place.code}-V{at:%y%m%d%H%M%S}-{n + 1}"
    return PlaceRow("venue", "venue", code, given.title, given.place.code, latitude=latitude, longitude=longitude)


OFFERS = Kind(
    name="offers",
    title=N_("场地和共享的东西"),
    columns=COLUMNS,
    check_row=_check,
    write_rows=_write,
    prepare=_prepare,
    permission=rules.KEEP,
    about=N_("一行一处场地、一样东西。种类和登记页上的一样；要核对的种类，导入以后还要另一个人核对。"),
    sheet=76,
    forget=locating.forget,
)


def register() -> None:
    register_kind(OFFERS)
