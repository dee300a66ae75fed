"""提供: an offer is entered, looked at by a second person where its kind asks for it, paused, taken up again, ended."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require, system_actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.common.numbering import next_number
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_, mask_personal_numbers
from gongzhi.exchange import queries, rules
from gongzhi.exchange.actions.claiming import give_back, promote
from gongzhi.exchange.actions.steps import happened
from gongzhi.exchange.models import Offer, Standing
from gongzhi.exchange.rules import times
from gongzhi.notifications.actions import emit
from gongzhi.packs.sharing_contents import OfferPack
from gongzhi.people.models import Organization
from gongzhi.people.queries import person_of
from gongzhi.places.models import Kind, Place
from gongzhi.publications.rules import lint
from gongzhi.registers.queries import tenures

_TOLD = ("title", "hours", "closed", "pieces", "stock", "per_month", "price", "fee", "cost")


@dataclass(frozen=True, slots=True)
class Given:
    """What is offered: by a body, or by the neighbour who writes it. `hours` as rules.times reads them."""

    kind: str
    title: str
    place: Place
    mode: str
    fee: str
    organization: Organization | None = None
    about: str = ""
    venue: Place | None = None
    where: str = ""
    price: str = ""
    ask_at: str = ""
    hours: Sequence[Sequence[int | str]] = ()
    closed: Sequence[dt.date] = ()
    pieces: int = 1
    stock: int | None = None
    per_month: int | None = None
    needs_hours: int | None = None
    bearer: str = ""
    fund: str = ""
    cost: int = 0
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    item: str = ""
    request: uuid.UUID | None = None


@transaction.atomic
def enter_offer(*, by: Actor, at: dt.datetime, given: Given) -> Offer:
    """Open at once, or waiting for a second person where its kind says so.

    Raises Forbidden, NotFound `unknown_offer_kind`, Refused `words_missing`, `too_long`, `not_for_public`,
    `mode_missing`, `fee_missing`, `price_missing`, `hours_missing`, `hours_wrong`, `not_a_venue`, `ends_before`,
    `pieces_wrong`, `fund_missing`, `cost_missing`, `not_verified`.
    """
    check_activity("sharing")
    if given.request and (before := Offer.objects.filter(request=given.request).first()):
        return before
    today = local_date(at)
    pack, reference = _kind(given.kind, today)
    _check_provider(by, pack, given, today)
    number = next_number("exchange_offer", "GJ", 4)
    row = Offer(number=number, kind=given.kind, pack=reference, place=given.place, path=given.place.path)
    row.request, row.item = given.request, given.item[:64]
    _describe(row, pack, given, today)
    row.entered_by, row.entered_at = person_of(by), at
    row.person = None if given.organization else row.entered_by
    row.standing = Standing.ASKED if pack.checked or pack.neighbour else Standing.OPEN
    row.save(force_insert=True)
    changes = {"kind": row.kind, "pack": reference, "standing": row.standing}
    record(by=by, at=at, action="exchange.offer", subject=row.reference, changes=changes)
    return row


def _kind(kind: str, on: dt.date) -> tuple[OfferPack, str]:
    found = queries.offer_kinds(on).get(kind)
    if found is None:
        raise NotFound("unknown_offer_kind", N_("没有这一种。请从列表里选。"), field="kind")
    return found


def _check_provider(by: Actor, pack: OfferPack, given: Given, today: dt.date) -> None:
    """A neighbour offers where they live; a body through whoever works for it, or the keeper of the place."""
    if given.organization is None:
        person = person_of(by)
        if not pack.neighbour:
            raise Refused("body_missing", N_("请选哪个单位提供。"), field="organization")
        if not tenures.standing(person.pk, given.place.path, today):
            message = N_("邻里互助由住在{place}的人提供。请先在“我的”里登记住处。")
            raise Forbidden("not_verified", message, place=given.place.name)
        return
    if given.organization.pk in by.organizations_for(rules.SERVE):
        return
    require(by, rules.KEEP, path=given.place.path)


def public_text(text: str, longest: int, field: str, *, needed: bool = True) -> str:
    """Words for everybody. Raises Refused `words_missing`, `too_long`, `not_for_public`."""
    if not needed and not text.strip():
        return ""
    text = rules.check_length(text, longest, field)
    found = [one for one in lint.find_in(field, text) if one.kind in (lint.NEVER_IN_CRITICISM | {"name"})]
    if found:
        message = N_("这里会公开，不能写{kind}：{found}。")
        raise Refused("not_for_public", message, kind=lint.WORDS[found[0].kind], found=found[0].found, field=field)
    return text


def _describe(row: Offer, pack: OfferPack, given: Given, today: dt.date) -> None:
    shared = queries.sharing(today)
    row.title = public_text(given.title, rules.LONGEST_TITLE, "title")
    row.about = public_text(given.about, rules.LONGEST_ABOUT, "about", needed=False)
    row.where = public_text(given.where, rules.LONGEST_WHERE, "where", needed=False)
    row.organization = given.organization
    row.mode = _one_of(given.mode, [one.code for one in shared.modes], "mode", N_("请选怎么提供。"))
    row.fee = _one_of(given.fee, [one.code for one in shared.fees], "fee", N_("请选收不收费。"))
    row.price = given.price.strip()[:60]
    if row.fee != "free" and not row.price:
        raise Refused("price_missing", N_("收费的要写清多少钱，比如“每次 10 元，当面付”。"), field="price")
    # A mobile number is somebody's; the page shows a body's own telephone.
    row.ask_at = mask_personal_numbers(given.ask_at.strip())[:60]
    if given.venue is not None and given.venue.kind != Kind.VENUE:
        raise Refused("not_a_venue", N_("选的不是场地。请从场地里选，或者写在哪里。"), field="venue")
    row.venue = given.venue
    _when(row, pack, given, today)
    _how_many(row, given)
    row.needs_hours, row.bearer = given.needs_hours, given.bearer.strip()[:60]
    if pack.points:
        row.fund, row.cost = _cost(given)


def _cost(given: Given) -> tuple[str, int]:
    """Out of which book and how much. Raises Refused `fund_missing`, `cost_missing`."""
    if not queries.paying_funds().filter(number=given.fund).exists():
        raise Refused("fund_missing", N_("请选用哪一本积分换。"), field="fund")
    if not 0 < given.cost <= rules.MOST_STOCK:
        raise Refused("cost_missing", N_("请写换一份要多少积分（或分钟）。"), field="cost")
    return given.fund, given.cost


def _one_of(code: str, codes: Sequence[str], field: str, message: str) -> str:
    if code not in codes:
        raise Refused(f"{field}_missing", message, field=field)
    return code


def _when(row: Offer, pack: OfferPack, given: Given, today: dt.date) -> None:
    row.starts_on, row.ends_on = given.starts_on or today, given.ends_on
    if row.ends_on is not None and row.ends_on < max(row.starts_on, today):
        raise Refused("ends_before", N_("最后一天不能早于第一天，也不能在今天以前。"), field="ends_on")
    if pack.booking is not None and not given.hours:
        raise Refused("hours_missing", N_("请写哪几天、几点到几点开放。"), field="hours")
    times.check_hours(given.hours)
    row.hours = [list(one) for one in given.hours] if pack.booking else []
    row.closed = sorted({day.isoformat() for day in given.closed})


def _how_many(row: Offer, given: Given) -> None:
    if not 1 <= given.pieces <= rules.MOST_PIECES:
        raise Refused("pieces_wrong", N_("同样的有几个，写 1 到 {most}。"), most=rules.MOST_PIECES, field="pieces")
    for name in ("stock", "per_month"):
        amount = getattr(given, name)
        if amount is not None and not 0 <= amount <= rules.MOST_STOCK:
            raise Refused("pieces_wrong", N_("数量不对，最多写 {most}。"), most=rules.MOST_STOCK, field=name)
    row.pieces, row.stock, row.per_month = given.pieces, given.stock, given.per_month


@transaction.atomic
def change_offer(*, by: Actor, at: dt.datetime, number: str, given: Given) -> Offer:
    """Other words, hours, numbers; kind, provider and place stay. What was promised before stays promised.

    What a second person looked at is looked at again. Raises Forbidden, Conflict `not_now`, and what entering raises.
    """
    row = _own(by, number)
    if row.standing in (Standing.ENDED, Standing.REFUSED):
        raise Conflict("not_now", N_("现在办不了这一步，可能别人刚办过。请刷新看看。"))
    pack = queries.kind_of(row)
    before = {name: getattr(row, name) for name in _TOLD}
    _describe(row, pack, given, local_date(at))
    if pack.checked or pack.neighbour:
        row.standing, row.checked_by, row.checked_at = Standing.ASKED, None, None
        row.entered_by, row.entered_at = person_of(by), at
    row.save()
    changes = {name: [old, getattr(row, name)] for name, old in before.items() if old != getattr(row, name)}
    record(by=by, at=at, action="exchange.change_offer", subject=row.reference, changes=changes)
    return row


# --- the moves ----------------------------------------------------------------------------------------------------


def _move(row: Offer, move: str, *, by: Actor, at: dt.datetime, reason: str = "") -> Offer:
    before, row.standing = row.standing, rules.moved(rules.OFFER_MOVES, row.standing, move)
    if reason:
        row.reason = public_text(reason, rules.LONGEST_NOTE, "reason")
    row.save()
    changes = {"standing": [before, row.standing]}
    record(by=by, at=at, action=f"exchange.{move}_offer", subject=row.reference, changes=changes)
    emit("offer.moved", {"number": row.number, "standing": row.standing, "at": at.isoformat()}, at=at)
    return row


@transaction.atomic
def check_offer(*, by: Actor, at: dt.datetime, number: str, approve: bool, reason: str = "") -> Offer:
    """核对: a keeper of the place who did not enter it. Raises Forbidden `second_person`, Refused `words_missing`."""
    row = queries.get_offer(number, lock=True)
    require(by, rules.KEEP, path=row.path)
    if row.entered_by_id == by.person_id:
        raise Forbidden("second_person", N_("这是您自己登记的，请别人来核对。"))
    if not approve:
        reason = rules.check_length(reason, rules.LONGEST_NOTE, "reason")
    row.checked_by, row.checked_at = person_of(by), at
    return _move(row, "approve" if approve else "refuse", by=by, at=at, reason=reason)


def _own(by: Actor, number: str) -> Offer:
    row = queries.get_offer(number, lock=True)
    if not (queries.may_serve(by, row) or queries.may_keep(by, row)):
        raise Forbidden("not_the_provider", N_("这一步由提供的单位来办。"))
    return row


@transaction.atomic
def pause_offer(*, by: Actor, at: dt.datetime, number: str, reason: str) -> Offer:
    """Nobody can take it for a while; what was promised stays promised. Raises Refused `words_missing`."""
    row = _own(by, number)
    row.held_back = not queries.may_serve(by, row)
    return _move(row, "pause", by=by, at=at, reason=rules.check_length(reason, rules.LONGEST_NOTE, "reason"))


@transaction.atomic
def resume_offer(*, by: Actor, at: dt.datetime, number: str) -> Offer:
    """What the keeper of the place paused (停用), the keeper takes up again. Raises Forbidden `held_back`."""
    row = _own(by, number)
    if row.held_back and not queries.may_keep(by, row):
        raise Forbidden("held_back", N_("这一项是社区停用的，请和社区说清楚，由社区恢复。"))
    row.held_back = False
    _move(row, "resume", by=by, at=at)
    promote(row, by=system_actor("exchange"), at=at)
    return row


@transaction.atomic
def end_offer(*, by: Actor, at: dt.datetime, number: str, reason: str, on: dt.date | None = None) -> Offer:
    """退出: its last day. What is promised until then is kept; what lies behind it is called off and given back.

    Raises Refused `words_missing`, `ends_before`, Conflict `not_now`.
    """
    row = _own(by, number)
    today = local_date(at)
    last = on or today
    if last < today:
        raise Refused("ends_before", N_("最后一天不能在今天以前。"), field="on")
    reason = rules.check_length(reason, rules.LONGEST_NOTE, "reason")
    row.ends_on, pack = last, queries.kind_of(row)
    for claim in row.claims.filter(state__in=("asked", "waiting", "held")).select_related("key"):
        if claim.starts_at is not None and local_date(claim.starts_at) <= last:
            continue
        if claim.starts_at is None and last > today:
            continue
        step = "recall" if claim.state == "held" else "cancel"
        happened(claim, step, by=by, at=at, note=reason)
        give_back(claim, row, pack, at=at)
    return _move(row, "end", by=by, at=at, reason=reason)
