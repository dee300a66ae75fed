"""Reads of rolls: which ones somebody may see, until when one may object, what still stands in the way."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from gongzhi.ballots import electorates, rules
from gongzhi.ballots.models import Proxy, Roll, RollEntry, RollObjection
from gongzhi.ballots.queries import electors_of, reach
from gongzhi.common.access import Actor, allows
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Conflict, NotFound
from gongzhi.common.text import N_

MOST = 200
OVER = ("counted", "cancelled")


def visible_rolls(actor: Actor) -> QuerySet[Roll]:
    """Rolls under the actor's paths; published ones that they are on; those of an election for everybody signed in,
    who may register, or have been left out."""
    mine = Q(pk__in=electors_of(actor).values("entry__roll"), published_at__isnull=False)
    if actor.person_id is not None:
        held = Proxy.objects.filter(person_id=actor.person_id, withdrawn_at=None)
        mine |= Q(pk__in=held.values("vote__roll")) | (Q(kind__in=rules.REGISTERED) & ~Q(law="")) | Q(kind="voters")
    return Roll.objects.filter(reach(actor) | mine).select_related("place")


def newest_rolls(actor: Actor) -> list[Roll]:
    """The newest edition of each, what is still being drawn up first."""
    rows = visible_rolls(actor).filter(replaced_by=None).order_by("-frozen_at", "-id")[:MOST]
    return sorted(rows, key=lambda roll: roll.published_at is not None)


def get_roll_for(actor: Actor, number: str) -> Roll:
    """Raises NotFound `roll_not_found`: none, and none that this actor may know of, are the same answer."""
    found = visible_rolls(actor).filter(number=number).first()
    if found is None:
        raise NotFound("roll_not_found", N_("没有找到这份名册，或者它不给您看。请核对编号。"))
    return found


def may_hold(actor: Actor, roll: Roll) -> bool:
    return allows(actor, rules.HOLD, path=roll.path)


def newest_of(roll: Roll) -> Roll:
    """The edition that stands now."""
    while (later := Roll.objects.filter(replaces=roll).first()) is not None:
        roll = later
    return roll


def editions_of(roll: Roll) -> list[Roll]:
    """This one and what it replaced, the newest first."""
    found = [roll]
    while found[-1].replaces is not None:
        found.append(found[-1].replaces)
    return found


def in_use(roll: Roll) -> bool:
    """Whether a vote has begun on it: nothing is corrected any more."""
    return roll.votes.filter(status__in=("open", "counting", "counted")).exists()


def names_are_public(roll: Roll) -> bool:
    """Whole names where the law has them published, until what they were published for is over (村组法 14)."""
    if not roll.full_names:
        return False
    states = list(roll.votes.values_list("status", flat=True))
    return not states or any(state not in OVER for state in states)


@dataclass(frozen=True, slots=True)
class Window:
    """Until when somebody may object to a roll, by which article; `waited`: no vote opens before it is over."""

    until: dt.date
    article: str
    example: bool
    waited: bool


def window_of(roll: Roll) -> Window | None:
    """None while it is not published, or where no law says how long."""
    days = electorates.days_of(roll.basis, "objection")
    if days is None or roll.announced_at is None:
        return None
    until = electorates.last_for(days, local_date(roll.announced_at))
    return Window(until, days.article, days.example, bool(roll.law))


def earliest_polls(roll: Roll) -> tuple[dt.date, str] | None:
    """The first day on which an election may be held on it, and why; None where nothing is asked or it is not out."""
    days = electorates.days_of(roll.basis, "published_before")
    if not roll.law or days is None or roll.announced_at is None:
        return None
    return electorates.first_after(days, local_date(roll.announced_at)), days.article


def undecided(roll: Roll) -> QuerySet[RollObjection]:
    return RollObjection.objects.filter(roll=roll, decided_at=None)


def entry_of(roll: Roll, actor: Actor) -> RollEntry | None:
    """Where the actor stands on it."""
    found = electors_of(actor).filter(entry__roll=roll).select_related("entry").order_by("entry__position").first()
    return found.entry if found else None


def without_consent(roll: Roll) -> Sequence[int]:
    """Numbers of those who need a meeting's consent and have none yet."""
    needing = [one["code"] for one in roll.basis.get("classes", ()) if one["consent"]]
    rows = RollEntry.objects.filter(roll=roll, capacity__in=needing, consent="")
    return list(rows.order_by("position").values_list("position", flat=True))


def check_may_open(roll: Roll, at: dt.datetime) -> None:
    """What a roll asks before a vote opens on it: no objection open, its days over, hung out long enough.

    Raises Conflict `roll_replaced`, `objections_open`, `objections_running`, Refused `polls_too_soon`.
    """
    if newest_of(roll) != roll:
        raise Conflict("roll_replaced", N_("名册已经改正，请看新的一版。"))
    window, today = window_of(roll), local_date(at)
    until = window.until if window is not None and window.waited else None
    article = window.article if window else ""
    rules.check_roll_settled(undecided=undecided(roll).count(), on=today, until=until, article=article)
    if (found := earliest_polls(roll)) is not None:
        earliest, said = found
        rules.check_polls(today, earliest, said)
