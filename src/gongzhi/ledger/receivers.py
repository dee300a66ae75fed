"""A service that was confirmed becomes points or minutes, where its giver takes part; run from the outbox."""

import datetime as dt
import uuid

from gongzhi.common.access import system_actor
from gongzhi.common.errors import Refused
from gongzhi.ledger import holding
from gongzhi.ledger.actions.earning import Deed, earn, undo_service
from gongzhi.ledger.models import Account
from gongzhi.notifications.registry import Event, receive
from gongzhi.packs.fund_contents import BACK_ENTRY, HELPED, REVERSED, SERVED

NO_HOST = 0  # nobody called it: two neighbours agreed


@receive(SERVED)
def credit_service(event: Event) -> None:
    """In every fund at or above the place that the person joined; told twice, written once."""
    given = event.payload
    person = uuid.UUID(given["person"])
    origin = SERVED if given["how"] == "codes" else BACK_ENTRY
    on = dt.date.fromisoformat(given["on"])
    deed = Deed(uuid.UUID(given["record"]), person, given["minutes"], given["organization"], on, origin)
    _credit_where_joined(deed, given["path"], event)


@receive(HELPED)
def credit_help(event: Event) -> None:
    """A neighbour's help that whoever was helped confirmed, where the kind has a rule for it; another person looks."""
    given = event.payload
    on = dt.date.fromisoformat(given["on"])
    deed = Deed(uuid.UUID(given["record"]), uuid.UUID(given["person"]), given["minutes"], NO_HOST, on, HELPED)
    _credit_where_joined(deed, given["path"], event)


def _credit_where_joined(deed: Deed, path: str, event: Event) -> None:
    joined = Account.objects.filter(holder=deed.person, until=None).values("fund")
    for fund in holding.running().filter(pk__in=joined):
        if path.startswith(fund.path):
            _credit(fund.number, deed, event)


def _credit(number: str, deed: Deed, event: Event) -> None:
    """While the activity is not in use nobody gets anything; the event is done with."""
    try:
        earn(by=system_actor("ledger"), at=event.now, number=number, deed=deed)
    except Refused as refused:
        if refused.code not in ("activity_off", "no_points"):
            raise


@receive(REVERSED)
def take_back_service(event: Event) -> None:
    """In every fund of persons that the record brought something in; told twice, asked once."""
    source = uuid.UUID(event.payload["record"])
    for number in holding.brought_by(source):
        try:
            undo_service(by=system_actor("ledger"), at=event.now, number=number, source=source)
        except Refused as refused:
            if refused.code not in ("activity_off", "no_points"):
                raise
