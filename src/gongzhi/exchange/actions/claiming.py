"""约、借、选、换: somebody takes what is offered. It is held while it is taken from, so that lines stay in order."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from gongzhi.common.access import Actor, system_actor
from gongzhi.common.clock import ends, local_date
from gongzhi.common.errors import Conflict, Forbidden, Refused
from gongzhi.common.ids import readable_code, uuid7
from gongzhi.common.registry import check_activity
from gongzhi.common.text import N_
from gongzhi.exchange import queries, rules, words
from gongzhi.exchange.actions.steps import happened
from gongzhi.exchange.models import Claim, Offer, Slot, Standing, State
from gongzhi.exchange.queries import claims as reads
from gongzhi.exchange.registry import hours_of
from gongzhi.exchange.rules import times
from gongzhi.exchange.rules.times import Span
from gongzhi.ledger.actions import persons
from gongzhi.packs.sharing_contents import Booking, OfferPack
from gongzhi.people import vault
from gongzhi.people.models import Organization, Person
from gongzhi.people.queries import account_of
from gongzhi.places.models import Place


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants: a time for `weeks` weeks on end, or so many pieces; `wait`: join the line if it is taken."""

    span: Span | None = None
    weeks: int = 1
    quantity: int = 1
    wait: bool = False
    note: str = ""
    organization: Organization | None = None
    request: uuid.UUID | None = None


@dataclass(slots=True)
class _Taking:
    """What all the steps of taking an offer ask for."""

    by: Actor
    at: dt.datetime
    offer: Offer
    pack: OfferPack
    wanted: Wanted
    person: Person
    dwelling: Place | None = None

    @property
    def today(self) -> dt.date:
        return local_date(self.at)


@transaction.atomic
def claim_offer(*, by: Actor, at: dt.datetime, number: str, wanted: Wanted) -> list[Claim]:
    """What was taken: one claim, or one for each week. Everything or nothing.

    Raises SignInRequired, NotFound, Forbidden `not_verified`, `for_bodies`, Refused `in_the_past`, `too_far_ahead`,
    `length_wrong`, `not_on_a_step`, `closed_then`, `quantity_wrong`, `time_missing`, `words_missing`, Conflict
    `not_open`, `slot_taken`, `used_up`, `too_many_open`, `pausing`, `hours_missing`, and what the ledger says.
    """
    check_activity("sharing")
    person = account_of(by)
    if wanted.request and (before := Claim.objects.filter(request=wanted.request, person=person).first()):
        return [before]
    offer = queries.get_offer(number, lock=True)
    taking = _Taking(by, at, offer, queries.kind_of(offer), wanted, person)
    if taking.pack.sealed:
        check_activity("care")
    _check_offer(taking)
    _check_taker(taking)
    if taking.pack.booking is not None:
        return _book(taking, taking.pack.booking)
    return [_take(taking)]


def _check_offer(taking: _Taking) -> None:
    offer, today = taking.offer, taking.today
    over = offer.ends_on is not None and offer.ends_on < today
    if offer.standing != Standing.OPEN or offer.starts_on > today or over:
        raise Conflict("not_open", N_("这一项现在不能约：还没开始、暂停了，或者已经收回。"))


def _check_taker(taking: _Taking) -> None:
    """Who it counts for. Raises Forbidden `not_verified`, `for_bodies`, Conflict `hours_missing`, `too_many_open`."""
    offer, pack, person = taking.offer, taking.pack, taking.person
    if offer.person_id == person.pk:
        raise Forbidden("own_offer", N_("这是您自己提供的，不能自己约。"))
    if pack.taker == "body":
        body = taking.wanted.organization
        own = taking.by.organizations_for(rules.KEEP) + taking.by.organizations_for(rules.SERVE)
        if body is None or body.pk not in own:
            raise Forbidden("for_bodies", N_("这一项由社区或单位来选。请用单位的岗位登录。"))
        open_now = offer.claims.filter(organization=body, state__in=rules.OPEN).count()
        rules.check_open(open_now, pack.most)
        return
    taking.dwelling = queries.household_of(person.pk, offer, taking.today)
    if pack.taker == "household" and taking.dwelling is None:
        message = N_("这一项给{place}的住户用。请先在“我的”里登记住处，通过以后再约。")
        raise Forbidden("not_verified", message, place=offer.place.name)
    if offer.needs_hours and (hours := hours_of(person.pk)) < offer.needs_hours:
        message = N_("这份礼遇给做满 {needs} 小时志愿服务的人，您现在有 {hours} 小时。")
        raise Conflict("hours_missing", message, needs=offer.needs_hours, hours=hours)
    most = pack.booking.open if pack.booking else pack.most
    rules.check_open(queries.open_claims(offer, person.pk, taking.dwelling), most)


# --- a time -------------------------------------------------------------------------------------------------------


def _book(taking: _Taking, booking: Booking) -> list[Claim]:
    wanted, offer = taking.wanted, taking.offer
    if wanted.span is None:
        raise Refused("time_missing", N_("请选一个时间。"), field="starts_at")
    if not 1 <= wanted.weeks <= booking.series:
        raise Refused("too_many_weeks", N_("一次最多连约 {most} 周。"), most=booking.series, field="weeks")
    missed = queries.missed_days(offer, taking.person.pk, taking.dwelling)
    rules.check_not_pausing(missed, booking, taking.today)
    spans = times.weekly(wanted.span, wanted.weeks)
    for span in spans:
        openings = queries.openings(offer, booking, local_date(span.start))
        times.check_span(span, openings, booking if wanted.weeks == 1 else _far(booking), taking.at)
    free = {span: queries.free_pieces_of(offer, booking, span) for span in spans}
    full = [span for span in spans if not free[span]]
    if full and not (wanted.wait and taking.pack.waiting and len(spans) == 1):
        raise _slot_taken(taking.pack, full)
    series = uuid7() if len(spans) > 1 else None
    made = []
    for n, span in enumerate(spans):
        claim = _new(taking, State.WAITING if full else _first_state(taking.pack), span, series, first=n == 0)
        if not full:
            hold(claim, offer, booking, free[span][0])
        _begin(taking, claim)
        made.append(claim)
    return made


def _far(booking: Booking) -> Booking:
    """A series may reach as far as its weeks say."""
    return Booking(
        **{name: getattr(booking, name) for name in booking.__struct_fields__}
        | {"ahead": booking.ahead + 7 * booking.series}
    )


def _slot_taken(pack: OfferPack, full: list[Span]) -> Conflict:
    days = "、".join(f"{local_date(span.start):%m-%d}" for span in full)
    if len(full) > 1 or not pack.waiting:
        return Conflict("slot_taken", N_("{days} 这个时间已经有人约了，请另选时间。"), days=days, field="starts_at")
    message = N_("{days} 这个时间刚被约走。可以另选，或者排队：有人取消就轮到您。")
    return Conflict("slot_taken", message, days=days, field="starts_at", waiting=True)


def hold(claim: Claim, offer: Offer, booking: Booking, piece: int) -> Slot:
    """The time is the claim's; the database refuses a second one. Raises Conflict `slot_taken`."""
    assert claim.starts_at is not None and claim.ends_at is not None  # noqa: S101 - a booking has both
    span = Span(claim.starts_at, claim.ends_at)
    wide = times.blocked(span, booking)
    slot = Slot(claim=claim, resource=queries.resource_of(offer, piece), starts_at=span.start, ends_at=span.end)
    slot.blocked = DateTimeTZRange(wide.start, wide.end)
    try:
        with transaction.atomic():
            slot.save(force_insert=True)
    except IntegrityError as error:
        if "exchange_slot_once" not in str(error):
            raise
        raise Conflict("slot_taken", N_("这个时间刚被别处占用，请另选时间。"), field="starts_at") from error
    return slot


# --- a piece, a service, a term -----------------------------------------------------------------------------------


def _take(taking: _Taking) -> Claim:
    offer, pack, wanted = taking.offer, taking.pack, taking.wanted
    rules.check_quantity(wanted.quantity, queries.left_of(offer, taking.today), max(pack.most, 1))
    span = None
    if pack.shape == "term":
        if offer.pieces - queries.pieces_out(offer) < wanted.quantity:
            raise Conflict("used_up", N_("都借出去了，还回来再借。"))
        span = Span(taking.at, taking.at + dt.timedelta(days=pack.term))
    if pack.asks and not wanted.note.strip():
        message = N_("请写：{asks}。")
        raise Refused("words_missing", message, asks="、".join(pack.asks), field="note")
    claim = _new(taking, _first_state(pack), span, None, first=True)
    if offer.stock is not None and pack.shape == "stock":
        offer.stock -= wanted.quantity
        offer.save(update_fields=["stock"])
    _begin(taking, claim)
    return claim


def _first_state(pack: OfferPack) -> State:
    return State.ASKED if pack.approval or pack.shape == "order" else State.HELD


def _new(taking: _Taking, state: State, span: Span | None, series: uuid.UUID | None, *, first: bool) -> Claim:
    wanted = taking.wanted
    claim = Claim(pk=uuid7(), offer=taking.offer, path=taking.offer.path, person=taking.person, state=state)
    claim.number = new_number(claim, "YY", taking.today)
    claim.organization, claim.dwelling = wanted.organization, taking.dwelling
    claim.quantity, claim.series, claim.asked_at = wanted.quantity, series, taking.at
    claim.starts_at, claim.ends_at = (span.start, span.end) if span else (None, None)
    claim.request = wanted.request if first else None
    claim.code_digest = queries.code_digest(queries.code_of(claim)) if taking.pack.code else ""
    if wanted.note.strip():
        seal_words(claim, taking.at, note=wanted.note.strip()[: rules.LONGEST_WORDS])
    claim.save(force_insert=True)
    return claim


def new_number(row: Claim, head: str, day: dt.date) -> str:
    """YY-261123-7KQ2M9: by the day, then by nothing that anybody could count."""
    milliseconds = row.pk.hex[:12]
    return f"{head}-{day:%y%m%d}-{milliseconds[-4:].upper()}{readable_code(queries.number_key(), str(row.pk), 4)}"


def seal_words(row: Claim, at: dt.datetime, **said: str) -> None:
    """Words beside those that are there, under a key of its own; the caller saves the row."""
    if row.key is None:
        row.key, plain = vault.new_key("claim", at)
        row.key.save(force_insert=True)
    else:
        plain = vault.open_key(row.key)
    row.words = words.seal(row, plain, {**words.opened(row), **said})


def _begin(taking: _Taking, claim: Claim) -> None:
    """Points are taken with the claim, in the same transaction; then the clock is set."""
    if taking.offer.cost:
        claim.paid = taking.offer.cost * claim.quantity
        persons.spend(
            by=taking.by,
            at=taking.at,
            person=taking.person.pk,
            fund=taking.offer.fund,
            amount=claim.paid,
            about=claim.reference,
            request=claim.pk,
            what="goods" if taking.pack.shape == "stock" else "services",
        )
    next_at = next_look(claim, taking.pack, claim.state, taking.at)
    happened(claim, "book", by=taking.by, at=taking.at, next_at=next_at)


def give_back(claim: Claim, offer: Offer, pack: OfferPack, *, at: dt.datetime) -> None:
    """What was not taken after all is there for others, and what was paid is the taker's again."""
    if pack.shape == "stock" and offer.stock is not None:
        offer.stock += claim.quantity
        offer.save(update_fields=["stock"])
    if claim.paid:
        by = system_actor("exchange")
        persons.give_back(by=by, at=at, person=claim.person_id, fund=offer.fund, request=claim.pk)


def next_look(claim: Claim, pack: OfferPack, state: str, at: dt.datetime) -> dt.datetime | None:
    """When the clock moves it by itself in a state: no answer came, a time is over, nobody confirmed."""
    if state == State.ASKED:
        last = at + dt.timedelta(days=pack.answer)
        return min(last, claim.starts_at) if claim.starts_at and pack.shape == "time" else last
    if state == State.LACKING:
        return at + dt.timedelta(days=pack.supply)
    if state == State.WAITING:
        return claim.starts_at
    if state == State.HELD and pack.shape == "time":
        return claim.ends_at
    if state == State.HELD and pack.shape == "stock" and claim.offer and claim.offer.ends_on:
        return ends(claim.offer.ends_on)
    return at + dt.timedelta(days=pack.confirm) if state == State.DELIVERED else None


def promote(offer: Offer, *, by: Actor, at: dt.datetime) -> list[Claim]:
    """Whoever waits longest and fits now has the time; those behind them keep their place. Holds the offer."""
    pack = queries.kind_of(offer)
    if pack.booking is None or offer.standing != Standing.OPEN:
        return []
    found = []
    for claim in reads.waiting_for(offer):
        assert claim.starts_at is not None and claim.ends_at is not None  # noqa: S101 - only times are waited for
        span = Span(claim.starts_at, claim.ends_at)
        if span.start <= at or not (free := queries.free_pieces_of(offer, pack.booking, span)):
            continue
        hold(claim, offer, pack.booking, free[0])
        next_at = next_look(claim, pack, State.ASKED if pack.approval else State.HELD, at)
        happened(claim, "ask" if pack.approval else "promote", by=by, at=at, next_at=next_at)
        found.append(claim)
    return found
