"""Reads: kinds in force, offers and what is free of them, who may see and keep what."""

import datetime as dt
import hmac
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Avg, Count, Q, QuerySet, Sum

from gongzhi.common.access import Actor, allows
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound
from gongzhi.common.ids import readable_code
from gongzhi.common.paging import Page, decode_cursor, page_of
from gongzhi.common.sealing import load_keyring
from gongzhi.common.text import N_
from gongzhi.exchange import rules
from gongzhi.exchange.models import LIVE, Claim, Offer, Rating, Slot, Standing
from gongzhi.exchange.rules.times import Span, beginnings, blocked, free_pieces, month_of, opens_on
from gongzhi.ledger.models import Fund
from gongzhi.packs import kinds
from gongzhi.packs import queries as packs
from gongzhi.packs.sharing_contents import Booking, CataloguePack, Listed, NeedPack, OfferPack, SharingPack
from gongzhi.places.models import Place
from gongzhi.places.rules import upwards
from gongzhi.registers.queries import tenures

PAGE, MOST_ROWS = 30, 5_000



# --- kinds --------------------------------------------------------------------------------------------------------


def offer_kinds(on: dt.date) -> dict[str, tuple[OfferPack, str]]:
    """Every kind of offer on a day, with the reference of its version; by name."""
    return kinds.kinds_in_force("offer", OfferPack, on)


def need_kinds(on: dt.date) -> dict[str, tuple[NeedPack, str]]:
    return kinds.kinds_in_force("need", NeedPack, on)


def catalogues(on: dt.date) -> dict[str, tuple[CataloguePack, str]]:
    return kinds.kinds_in_force("catalogue", CataloguePack, on)


def sharing(on: dt.date) -> SharingPack:
    """The words that all kinds use. Raises NotFound `unknown_pack`."""
    found = kinds.kinds_in_force("sharing", SharingPack, on)
    if not found:
        raise NotFound("unknown_pack", N_("这里还没有装共享用的词。请管理员装上通用模式包。"))
    return next(iter(found.values()))[0]


def kind_of(offer: Offer) -> OfferPack:
    """The kind as it was when the offer was made."""
    return kinds.kind_by_reference(offer.pack, OfferPack)


# --- offers -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of offers is narrowed to."""

    kinds: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    mode: str = ""
    fee: str = ""
    path: str = ""
    text: str = ""


def takeable(today: dt.date) -> QuerySet[Offer]:
    """What anybody may see and take on a day."""
    rows = Offer.objects.filter(standing=Standing.OPEN, starts_on__lte=today)
    return rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today)).select_related("place", "organization", "venue")


def around(rows: QuerySet[Offer], path: str) -> QuerySet[Offer]:
    """Those for a place: of it, of what lies below, and those of the wider places around it."""
    return rows.filter(Q(path__startswith=path) | Q(path__in=upwards(path)))


def narrowed(rows: QuerySet[Offer], given: Filters) -> QuerySet[Offer]:
    rows = rows.filter(kind__in=given.kinds) if given.kinds else rows
    rows = rows.exclude(kind__in=given.without) if given.without else rows
    rows = rows.filter(mode=given.mode) if given.mode else rows
    rows = rows.filter(fee=given.fee) if given.fee else rows
    rows = around(rows, given.path) if given.path else rows
    if given.text:
        rows = rows.filter(Q(title__icontains=given.text) | Q(organization__name__icontains=given.text))
    return rows


def page_of_offers(rows: QuerySet[Offer], cursor: str = "", limit: int = PAGE) -> Page[Offer]:
    """The newest first."""
    if cursor:
        (last,) = decode_cursor(cursor, 1)
        rows = rows.filter(pk__lt=last if isinstance(last, int) else 0)
    return page_of(rows.order_by("-pk")[: limit + 1], limit, lambda row: (row.pk,))


def kept_by(actor: Actor) -> QuerySet[Offer]:
    """Offers of the actor's places and bodies, whatever their standing."""
    rows = Offer.objects.select_related("place", "organization", "venue")
    reach = Q(pk__in=[])
    for path in {path for word in (rules.READ, rules.KEEP) for path in actor.paths_for(word)}:
        reach |= Q(path__startswith=path)
    if bodies := actor.organizations_for(rules.SERVE):
        reach |= Q(organization__in=bodies)
    if actor.person_id is not None:
        reach |= Q(person=actor.person_id)
    return rows if actor.kind == "system" else rows.filter(reach)


def get_offer(number: str, *, lock: bool = False) -> Offer:
    """Any offer by its number; who may do what with it is asked next. Raises NotFound `offer_not_found`."""
    rows = Offer.objects.select_related("place", "organization", "venue")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(number=number).first()
    if found is None:
        raise NotFound("offer_not_found", N_("没有这一项，可能已经收回了。请回到列表看看。"))
    return found


def get_offer_for(actor: Actor, number: str, today: dt.date) -> Offer:
    """An offer that anybody may see, or one's own. Raises NotFound `offer_not_found`."""
    row = get_offer(number)
    if (row.standing == Standing.OPEN and row.starts_on <= today) or may_serve(actor, row) or may_read(actor, row):
        return row
    if row.standing in (Standing.PAUSED, Standing.ENDED):
        return row
    raise NotFound("offer_not_found", N_("没有这一项，可能已经收回了。请回到列表看看。"))


def may_keep(actor: Actor, row: Offer | Claim) -> bool:
    return allows(actor, rules.KEEP, path=row.path)


def may_read(actor: Actor, row: Offer | Claim) -> bool:
    return may_keep(actor, row) or allows(actor, rules.READ, path=row.path)


def may_serve(actor: Actor, row: Offer) -> bool:
    """Whoever gives it: the neighbour, or somebody who works for the body; the keeper of a place for its own body."""
    if row.person_id is not None:
        return actor.person_id == row.person_id
    if row.organization_id in actor.organizations_for(rules.SERVE):
        return True
    return may_keep(actor, row) and row.organization_id in actor.organizations_for(rules.KEEP)


# --- times --------------------------------------------------------------------------------------------------------


def resource_of(offer: Offer, piece: int) -> str:
    """What is held: the room itself, so that two offers of one room cannot be booked against each other."""
    return f"venue:{offer.venue_id}#{piece}" if offer.venue_id else f"offer:{offer.number}#{piece}"


def openings(offer: Offer, booking: Booking, day: dt.date) -> list[Span]:
    """When it is open on a day, by its hours, its closed days, the public holidays and its own last day."""
    if day < offer.starts_on or (offer.ends_on is not None and day > offer.ends_on):
        return []
    calendar = packs.calendar()
    return opens_on(offer.hours, day, offer.closed, calendar.is_holiday, holidays=booking.holidays)


def taken(offer: Offer, first: dt.datetime, end: dt.datetime) -> list[tuple[int, Span]]:
    """Which pieces are held when, buffers included: one statement."""
    names = {resource_of(offer, piece): piece for piece in range(1, offer.pieces + 1)}
    rows = Slot.objects.filter(resource__in=names, let_go_at__isnull=True, blocked__overlap=(first, end))
    return [(names[row.resource], Span(row.blocked.lower, row.blocked.upper)) for row in rows]


def taken_slots(offer: Offer, first: dt.datetime, end: dt.datetime) -> list[Slot]:
    """The times themselves, without their buffers, in order."""
    names = [resource_of(offer, piece) for piece in range(1, offer.pieces + 1)]
    rows = Slot.objects.filter(resource__in=names, let_go_at__isnull=True, ends_at__gt=first, starts_at__lt=end)
    return list(rows.order_by("starts_at", "id")[:1000])


def free_pieces_of(offer: Offer, booking: Booking, span: Span) -> list[int]:
    """Which of the pieces alike nobody holds then."""
    wanted = blocked(span, booking)
    return free_pieces(span, booking, taken(offer, wanted.start, wanted.end), offer.pieces)


def times_on(offer: Offer, booking: Booking, day: dt.date, minutes: int, at: dt.datetime) -> list[tuple[Span, bool]]:
    """Every time of so many minutes on a day, and whether it is free: one statement."""
    spans = list(beginnings(openings(offer, booking, day), minutes, booking, at))
    held = taken(offer, blocked(spans[0], booking).start, blocked(spans[-1], booking).end) if spans else []
    return [(span, bool(free_pieces(span, booking, held, offer.pieces))) for span in spans]


# --- who counts for what ------------------------------------------------------------------------------------------


def household_of(person_id: uuid.UUID, offer: Offer, today: dt.date) -> Place | None:
    """The verified household of somebody in the offer's place: where they live before where they only own."""
    found = tenures.standing(person_id, offer.path, today)
    if not found:
        return None
    home = next((one for one in found if one.lives_here), found[0])
    return Place.objects.get(path=home.path, kind="dwelling", valid_to__isnull=True)


def _of(person_id: uuid.UUID, dwelling: Place | None) -> Q:
    return Q(dwelling=dwelling) if dwelling else Q(person=person_id, dwelling__isnull=True)


def open_claims(offer: Offer, person_id: uuid.UUID, dwelling: Place | None) -> int:
    """How many of this kind the household, or the person without one, holds or waits for."""
    return Claim.objects.filter(_of(person_id, dwelling), offer__kind=offer.kind, state__in=LIVE).count()


def missed_days(offer: Offer, person_id: uuid.UUID, dwelling: Place | None) -> list[dt.date]:
    """On which days somebody was awaited who did not come, for this kind; excused ones are none any more."""
    rows = Claim.objects.filter(_of(person_id, dwelling), offer__kind=offer.kind, state="missed")
    return [local_date(at) for at in rows.values_list("starts_at", flat=True) if at is not None]


def given_in_month(offer: Offer, day: dt.date) -> int:
    first, last = month_of(day)
    rows = offer.claims.exclude(state__in=("refused", "cancelled", "lapsed"))
    rows = rows.filter(asked_at__date__range=(first, last))
    return int(rows.aggregate(n=Sum("quantity"))["n"] or 0)


def left_of(offer: Offer, day: dt.date) -> int | None:
    """How many may still be taken: of the stock, and of what a month gives; None: no end."""
    ends = [offer.stock] if offer.stock is not None else []
    if offer.per_month is not None:
        ends.append(max(0, offer.per_month - given_in_month(offer, day)))
    return min(ends, default=None)


def pieces_out(offer: Offer) -> int:
    """Of a thing lent for a term: how many are asked for or out."""
    return offer.claims.filter(state__in=("asked", "held", "running")).count()


# --- how it was ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rated:
    """How many said how it was, and the mean of five; no mean of a few."""

    count: int
    mean: float | None


def rated(offers: Iterable[Offer]) -> dict[int, Rated]:
    """By the offer's key; one statement."""
    rows = Rating.objects.filter(claim__offer__in=[one.pk for one in offers]).values("claim__offer")
    rows = rows.annotate(count=Count("pk"), mean=Avg("points"))
    return {
        row["claim__offer"]: Rated(row["count"], row["mean"] if row["count"] >= rules.SMALLEST_SHOWN else None)
        for row in rows
    }


def paying_funds() -> QuerySet[Fund]:
    """Books of points or minutes that run: the books, never what anybody has in them."""
    return Fund.objects.filter(unit__in=("points", "minutes"), closed_on=None).order_by("number")


def code_of(claim: Claim) -> str:
    """What is shown when something is handed over or redeemed: nothing to store, nothing to guess."""
    key = load_keyring(settings.KEYS_DIR).derive("exchange-code")
    return readable_code(key, str(claim.pk), 8)


def code_digest(code: str) -> str:
    """How the claim behind a code is found: written as people type it, and never kept itself."""
    key = load_keyring(settings.KEYS_DIR).derive("exchange-code-digest")
    return hmac.digest(key, "".join(code.split()).upper().encode(), "sha256").hex()


def number_key() -> bytes:
    return load_keyring(settings.KEYS_DIR).derive("exchange-number")


# --- lists --------------------------------------------------------------------------------------------------------


def listed_item(item: str, on: dt.date) -> Listed | None:
    """An item of a list by "list/code"; none where there is no such."""
    name, _slash, code = item.partition("/")
    found = catalogues(on).get(name)
    return next((one for one in found[0].items if one.code == code), None) if found else None


def offers_of_list(name: str, today: dt.date) -> dict[str, list[Offer]]:
    """Who gives which item of a list now, by item; one statement."""
    made: dict[str, list[Offer]] = {}
    for one in takeable(today).filter(item__startswith=f"{name}/").order_by("pk")[:MOST_ROWS]:
        made.setdefault(one.item, []).append(one)
    return made


def near_place(code: str) -> Place:
    """Raises NotFound `place_not_found`."""
    rows = Place.objects.current().filter(code=code).exclude(kind__in=("dwelling", "venue"))
    found = rows.defer("polygon").first()
    if found is None:
        raise NotFound("place_not_found", N_("没有这个地方。请核对网址。"))
    return found
