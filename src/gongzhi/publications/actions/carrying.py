"""Places that move take their items along: who may write and release there stays who answers for the place."""

import datetime as dt
import uuid

from django.db.models import Value
from django.db.models.functions import Concat, Substr

from gongzhi.publications.models import Publication, State

OPEN = (State.DRAFT, State.STATEMENT, State.REVIEW, State.RELEASED)


def carry_publications(moves: dict[str, str], at: dt.datetime) -> int:
    """Items that are open or public follow their place; what is over keeps the path that it had."""
    moved: set[uuid.UUID] = set()
    # Where a place moved inside one that moved, the nearer of the two says where to; nothing moves twice.
    for old, new in sorted(moves.items(), key=lambda move: -len(move[0])):
        rows = Publication.objects.filter(path__startswith=old, state__in=OPEN).exclude(pk__in=moved)
        going = list(rows.values_list("pk", flat=True))
        Publication.objects.filter(pk__in=going).update(path=Concat(Value(new), Substr("path", len(old) + 1)))
        moved |= set(going)
    return len(moved)
