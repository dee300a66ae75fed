"""A room that something else than a claim holds: a meeting. Rooms above call it in their own transaction."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Max

from gongzhi.common.errors import Conflict
from gongzhi.common.text import N_
from gongzhi.exchange.models import Offer, Slot
from gongzhi.places.models import Place


@transaction.atomic
def hold_room(*, venue: Place, starts_at: dt.datetime, ends_at: dt.datetime, about: str, at: dt.datetime) -> None:
    """The whole room, every piece of it that is offered; what the same thing held before is let go first.

    `about`: "gathering:HY-…". Raises Conflict `room_taken` where somebody has booked it.
    """
    let_go_room(about=about, at=at)
    offered = Offer.objects.filter(venue=venue, standing__in=("open", "paused")).aggregate(most=Max("pieces"))["most"]
    span = DateTimeTZRange(starts_at, ends_at)
    rows = [
        Slot(resource=f"venue:{venue.pk}#{piece}", about=about, starts_at=starts_at, ends_at=ends_at, blocked=span)
        for piece in range(1, (offered or 1) + 1)
    ]
    try:
        with transaction.atomic():
            Slot.objects.bulk_create(rows)
    except IntegrityError as error:
        if "exchange_slot_once" not in str(error):
            raise
        message = N_("{venue}那段时间已经有人约了。请换时间，或者换一个场地。")
        raise Conflict("room_taken", message, venue=venue.name) from error


@transaction.atomic
def let_go_room(*, about: str, at: dt.datetime) -> int:
    """It is called off or moved. Returns how many times were let go."""
    return Slot.objects.filter(about=about, let_go_at__isnull=True).update(let_go_at=at)
