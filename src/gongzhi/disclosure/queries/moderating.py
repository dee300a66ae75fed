"""Reads for those who look after a space: what waits, what was decided, who judges, figures."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound
from gongzhi.common.text import N_
from gongzhi.disclosure import rules
from gongzhi.disclosure.models import Alert, Appeal, Message, Moderation, State
from gongzhi.disclosure.queries import JOINED, PAGE, numbers, reasons
from gongzhi.people.models import Mandate
from gongzhi.people.queries import in_force
from gongzhi.people.rules import ROLE_PERMISSIONS
from gongzhi.places.models import Place
from gongzhi.places.rules import level_above, upwards

YEAR = 365


def decisions_of(message: Message) -> list[Moderation]:
    return list(message.decisions.select_related("post", "appeal", "message__key").order_by("id"))


def last_taken_down(message: Message) -> Moderation | None:
    rows = message.decisions.filter(verdict__in=("hidden", "refused")).select_related("appeal", "message__key", "post")
    return rows.order_by("-id").first()


def _kept_by(actor: Actor, permission: str, prefix: str = "") -> Q:
    if actor.kind == "system":
        return Q()
    reach = Q(pk__in=[])
    for path in actor.paths_for(permission):
        reach |= Q(**{f"{prefix}path__startswith": path})
    return reach


def waiting_for(actor: Actor) -> list[Message]:
    """What must be looked at before it is shown, the oldest first; none of one's own."""
    rows = Message.objects.filter(_kept_by(actor, rules.MODERATE), state=State.WAITING)
    rows = rows.exclude(author_id=actor.person_id).select_related(*JOINED).defer("place__polygon")
    return list(rows.order_by("id")[:PAGE])


def alerted_for(actor: Actor) -> list[Message]:
    """What readers said should not stand, the oldest first; none of one's own."""
    rows = Message.objects.filter(_kept_by(actor, rules.MODERATE), state=State.SHOWN)
    unanswered = Count("alerts", filter=Q(alerts__answered_at__isnull=True))
    rows = rows.exclude(author_id=actor.person_id).annotate(open_alerts=unanswered).filter(open_alerts__gt=0)
    return list(rows.select_related(*JOINED).defer("place__polygon").order_by("id")[:PAGE])


def appeals_for(actor: Actor) -> list[Appeal]:
    """What waits for the actor's judgment, what is due first on top."""
    rows = Appeal.objects.filter(_kept_by(actor, rules.JUDGE), decided_at__isnull=True)
    rows = rows.exclude(against_id=actor.person_id).exclude(by_id=actor.person_id)
    joined = ("decision__message__key", "decision__message__place")
    return list(rows.select_related(*joined).defer("decision__message__place__polygon").order_by("due_at")[:PAGE])


def get_appeal_for(actor: Actor, number: int, *, lock: bool = False) -> Appeal:
    """Raises NotFound `unknown_appeal`."""
    rows = Appeal.objects.filter(_kept_by(actor, rules.JUDGE), pk=number)
    rows = rows.select_related("decision__message__key", "decision__message__place", "decision__post")
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound("unknown_appeal", N_("没有这个申诉，或者它不归您看。"))
    return found


def open_alerts(message: Message) -> list[Alert]:
    rows = message.alerts.filter(answered_at__isnull=True).select_related("message__key").order_by("id")
    return list(rows[:PAGE])


def level_of(actor: Actor, path: str) -> tuple[str, int | None]:
    """How far the mandate reaches in which the actor looks after a place, and its post; the nearest one."""
    scopes = [one for one in actor.scopes if rules.MODERATE in one.permissions and path.startswith(one.path)]
    scope = max(scopes, key=lambda one: len(one.path), default=None)
    if scope is None or scope.mandate_id is None:
        return (scope.path if scope else path), None
    post = Mandate.objects.filter(pk=scope.mandate_id).values_list("post_id", flat=True).first()
    return scope.path, post


def judges_over(path: str, on: dt.date, besides: Sequence[uuid.UUID | None]) -> list[uuid.UUID]:
    """Who may judge there, without those who are concerned."""
    roles = [role for role, given in ROLE_PERMISSIONS.items() if rules.JUDGE in given]
    rows = Mandate.objects.filter(in_force(on), in_force(on, "post__"), post__role__in=roles)
    rows = rows.filter(post__place__path__in=upwards(path))
    rows = rows.exclude(person_id__in=[one for one in besides if one])
    return list(dict.fromkeys(rows.order_by("id").values_list("person_id", flat=True)))


def appeal_path(decision: Moderation, on: dt.date) -> str:
    """One level above who decided; where nobody judges there, the same level, and another person."""
    over = level_above(decision.path)
    return over if judges_over(over, on, [decision.by_id, decision.message.author_id]) else decision.path


@dataclass(frozen=True, slots=True)
class Figures:
    """What was moderated in a year. None: fewer than the pack's least number, kept back."""

    shown: int | None
    taken_down: int | None
    appeals: int | None
    restored: int | None
    reasons: list[tuple[rules.Reason, int | None]]
    since: dt.date


def figures(place: Place, at: dt.datetime) -> Figures:
    """Of messages and decisions, never of persons."""
    today = local_date(at)
    since, few = at - dt.timedelta(days=YEAR), numbers(today).few
    made = Message.objects.filter(place=place, posted_at__gte=since).exclude(state__in=("waiting", "refused")).count()
    rows = Moderation.objects.filter(message__place=place, at__gte=since)
    counted = Counter(rows.values_list("verdict", "reason"))
    of = Counter(dict.fromkeys(("hidden", "refused", "restored", "upheld"), 0))
    for (verdict, _reason), count in counted.items():
        of[verdict] += count
    why = Counter({code: counted["hidden", code] + counted["refused", code] for code in reasons(today)})

    told = rules.shown_parts(why, few)

    def kept(count: int) -> int | None:
        return rules.shown_count(count, few)

    return Figures(
        shown=kept(made),
        taken_down=kept(of["hidden"] + of["refused"]),
        appeals=kept(of["restored"] + of["upheld"]),
        restored=kept(of["restored"]),
        reasons=[(one, told[code]) for code, one in reasons(today).items() if why[code]],
        since=local_date(since),
    )
