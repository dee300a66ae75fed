"""Reads: which votes somebody may see or vote in, how far participation is, the tally and the record."""

import datetime as dt
import hmac
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum

from gongzhi.ballots import rules
from gongzhi.ballots.models import Ballot, Box, BoxSheet, CastMark, Elector, Proxy, Roll, RollEntry, SecretPaper, Vote
from gongzhi.common.access import Actor, allows
from gongzhi.common.errors import Conflict, NotFound
from gongzhi.common.sealing import load_keyring
from gongzhi.common.text import N_
from gongzhi.engines import records, rolls
from gongzhi.engines.thresholds import Verdict
from gongzhi.engines.voting import ballots as counted
from gongzhi.engines.voting.rules import Rule

MOST = 200
STAFF = (rules.HOLD, rules.COUNT, rules.READ)
SHOWN = ("nominating", "open", "counting", "counted", "cancelled")


def number_key() -> bytes:
    return load_keyring(settings.KEYS_DIR).derive("vote-number")


def reach(actor: Actor) -> Q:
    """The paths over which the actor holds, counts or reads votes."""
    paths = {path for permission in STAFF for path in actor.paths_for(permission)}
    found = Q(pk__in=[])
    for path in paths:
        found |= Q(path__startswith=path)
    return Q(pk__isnull=False) if actor.kind == "system" else found


def electors_of(actor: Actor) -> QuerySet[Elector]:
    """Where the actor is on a roll: as a person, or as one who acts for a body."""
    bodies = {scope.organization_id for scope in actor.scopes if scope.organization_id is not None}
    return Elector.objects.filter(Q(person_id=actor.person_id, person__isnull=False) | Q(organization_id__in=bodies))


def visible_votes(actor: Actor) -> QuerySet[Vote]:
    """Votes under the actor's paths; those on whose roll they are or for which they hold a proxy: once open, and
    elections from their nomination on.
    """
    mine = Q(roll__in=electors_of(actor).values("entry__roll"))
    if actor.person_id is not None:
        mine |= Q(pk__in=Proxy.objects.filter(person_id=actor.person_id, withdrawn_at=None).values("vote"))
    shown = Q(status__in=SHOWN) | Q(basis__has_key="election")  # candidates are published before a vote opens
    found = Vote.objects.filter(reach(actor) | (mine & shown))
    return found.select_related("roll__place", "organization")


def get_vote_for(actor: Actor, number: str, *, lock: bool = False, naming: bool = False) -> Vote:
    """Raises NotFound `vote_not_found`, Conflict `still_nominating` where it has no rule yet, unless `naming`."""
    rows = visible_votes(actor)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(number=number).first()
    if found is None:
        raise NotFound("vote_not_found", N_("没有找到这次表决，或者名册上没有您。请核对编号。"))
    if not found.rule and not naming:
        raise Conflict("still_nominating", N_("还在提名。候选人名单定了才能做这一步。"))
    return found


def may(actor: Actor, permission: str, vote: Vote) -> bool:
    return allows(actor, permission, path=vote.path)


def check_roll_shown(actor: Actor, vote: Vote) -> None:
    """Raises NotFound `roll_not_published` for all but those who hold the vote."""
    if vote.roll.published_at is None and not may(actor, rules.HOLD, vote):
        raise NotFound("roll_not_published", N_("名册还没有公布。"))


def rule_of(vote: Vote) -> Rule:
    return Rule.from_params(vote.rule)


@dataclass(frozen=True, slots=True)
class Mine:
    """One entitlement that somebody may use in a vote: theirs, their body's, or one they hold a proxy for."""

    entry: RollEntry
    proxy: Proxy | None = None
    ballot: Ballot | None = None
    cast: bool = False

    @property
    def open(self) -> bool:
        return self.ballot is None and not self.cast


def mine_in(actor: Actor, vote: Vote) -> list[Mine]:
    """What the actor may vote with, their own first, and what came of it."""
    own = electors_of(actor).filter(entry__roll=vote.roll_id).values_list("entry", flat=True)
    entries: dict[int, Proxy | None] = dict.fromkeys(own)
    if actor.person_id is not None:
        for proxy in Proxy.objects.filter(vote=vote, person_id=actor.person_id, withdrawn_at=None):
            entries.setdefault(proxy.entry_id, proxy)
    rows = RollEntry.objects.in_bulk(list(entries))
    ballots = {one.entry_id: one for one in Ballot.objects.filter(vote=vote, entry__in=list(entries), voided_at=None)}
    cast = set(CastMark.objects.filter(vote=vote, entry__in=list(entries)).values_list("entry", flat=True))
    return [Mine(rows[pk], proxy, ballots.get(pk), pk in cast) for pk, proxy in entries.items()]


def receipt_of(vote: Vote, ballot: Ballot) -> str:
    """The receipt of a recorded ballot: it stands for the entry, never for a name, and is in no list."""
    return records.receipt(vote.number, as_counted(vote, ballot, commitment_of(vote, ballot.entry)))


# --- how many take part -------------------------------------------------------------------------------------------


def weights_of(rows: QuerySet[RollEntry], measures: Iterable[str]) -> dict[str, int]:
    """The weights of entries together, in one statement."""
    sums = rows.aggregate(heads=Sum("heads"), area=Sum("area"), households=Sum("households"))
    return {measure: sums[measure] or 0 for measure in measures}


def participants(vote: Vote) -> QuerySet[RollEntry]:
    """Entries that took part, by whatever origin. It says nothing of choices."""
    entries = RollEntry.objects.filter(roll=vote.roll_id)
    if vote.secret:
        return entries.filter(pk__in=CastMark.objects.filter(vote=vote).values("entry"))
    return entries.filter(pk__in=Ballot.objects.filter(vote=vote, voided_at=None).values("entry"))


def _amounts(vote: Vote) -> tuple[Rule, dict[str, dict[str, int]]]:
    """The rule, and how much is registered, due and takes part, by sums."""
    rule, every = rule_of(vote), RollEntry.objects.filter(roll=vote.roll_id)
    came = weights_of(participants(vote), rule.measures)
    amounts = {
        "registered": weights_of(every, rule.measures),
        "due": weights_of(every.filter(due=True), rule.measures),
        **dict.fromkeys(("participating", "cast", "valid"), came),
    }
    return rule, amounts


def progress_of(vote: Vote) -> Verdict:
    """How far the quorum is on every basis, as `engines.voting.tallies.still_needed` works it out, by sums."""
    rule, amounts = _amounts(vote)
    return rule.quorum.judge(amounts)


def agreement_of(vote: Vote) -> Verdict:
    """What agreement would take of those who came so far. It reads nobody's choice: here nobody has agreed."""
    rule, amounts = _amounts(vote)
    nobody = dict.fromkeys(rule.options, dict.fromkeys(rule.measures, 0))
    return rule.majority.judge({**nobody, **amounts})


def origins_of(vote: Vote) -> dict[str, int]:
    """How many took part by which way."""
    rows = CastMark.objects.filter(vote=vote) if vote.secret else Ballot.objects.filter(vote=vote, voided_at=None)
    found = dict(rows.values_list("origin").annotate(n=Count("pk")).order_by())
    return {origin: found[origin] for origin in rules.ORIGIN_WORDS if origin in found}


# --- the record ---------------------------------------------------------------------------------------------------


def commitment_of(vote: Vote, entry: RollEntry) -> str:
    """How an entry stands in the record of one vote: its salt hides it, and says nothing in another vote."""
    salt = hmac.digest(bytes(entry.salt), vote.number.encode(), "sha256")
    return records.entry_commitment(vote.number, f"{entry.roll_id}/{entry.position}", salt)


def holder_of(vote: Vote, person_id: uuid.UUID) -> str:
    """How the holder of a proxy stands in the record: their own entry, where they have one; else a name of no one."""
    mine = Elector.objects.filter(entry__roll=vote.roll_id, person_id=person_id).select_related("entry")
    if (own := mine.order_by("entry__position").first()) is not None:
        return commitment_of(vote, own.entry)
    key = load_keyring(settings.KEYS_DIR).derive("proxy-holder")
    return hmac.digest(key, f"{vote.number}/{person_id}".encode(), "sha256").hex()


def weights(entry: RollEntry, measures: Iterable[str]) -> dict[str, int]:
    return {measure: getattr(entry, measure) for measure in measures}


def commitments(vote: Vote) -> dict[int, str]:
    rows = RollEntry.objects.filter(roll=vote.roll_id)
    return {entry.pk: commitment_of(vote, entry) for entry in rows}


def engine_roll(vote: Vote, names: dict[int, str]) -> rolls.Roll:
    """The roll as the engine counts it and the record holds it."""
    measures = rule_of(vote).measures
    rows = RollEntry.objects.filter(roll=vote.roll_id)
    entries = [rolls.RollEntry(names[row.pk], weights(row, measures), row.due) for row in rows]
    return rolls.Roll(sorted(entries, key=lambda one: one.entry), measures)


def as_counted(vote: Vote, ballot: Ballot, entry: str) -> counted.Ballot:
    marks = None if ballot.marks is None else tuple(ballot.marks)
    return counted.Ballot(entry, marks, ballot.origin, ballot.at, ballot.holder)


def proxies_of(vote: Vote, names: dict[int, str]) -> list[counted.Proxy]:
    rows = Proxy.objects.filter(vote=vote, withdrawn_at=None).order_by("id")
    return [counted.Proxy(names[row.entry_id], row.holder) for row in rows]


def boxes_of(vote: Vote) -> list[counted.Box]:
    """The sheets of the boxes. In a secret vote what came without paper lies among the papers: it has a sheet too."""
    rows = Box.objects.filter(vote=vote, agreed_at__isnull=False).order_by("code")
    found = [counted.Box(row.code, row.origin, **(row.numbers or {})) for row in rows]
    if vote.secret and found:
        cast = CastMark.objects.filter(vote=vote).exclude(origin__in=rules.ON_PAPER)
        ways = dict(cast.values_list("origin").annotate(n=Count("pk")).order_by())
        names = {one.box for one in found}
        found += [counted.Box(_free(way, names), way, n, n, 0, 0, n) for way, n in sorted(ways.items())]
    return found


def _free(name: str, taken: set[str]) -> str:
    """A name for a sheet that no box has: tellers call their boxes what they like."""
    while name in taken:
        name += "+"
    return name


def sorted_papers(vote: Vote) -> list[counted.Marks]:
    """The papers of a secret vote that is closed, sorted: never one by one, never before.

    Raises Conflict `papers_are_shut`.
    """
    if vote.status not in ("counting", "counted"):
        raise Conflict("papers_are_shut", N_("截止以后才能打开票。"))
    rows = SecretPaper.objects.filter(vote=vote).values_list("marks", flat=True)
    papers = [None if marks is None else tuple(marks) for marks in rows]
    return sorted(papers, key=lambda marks: (marks is not None, marks or ()))


def record_of(vote: Vote) -> records.Record:
    """The record of a vote that is closed: roll, ballots, boxes and result, chained; the same whenever it is asked.

    Raises ValueError as the engine when the ballots cannot be counted.
    """
    rule, names = rule_of(vote), commitments(vote)
    assert vote.opens_at is not None  # noqa: S101 - closed, so it was opened
    decision = records.Decision(
        vote.number,
        vote.title,
        f"organization:{vote.organization_id}",
        vote.roll.place.code,
        vote.legal_effect,  # type: ignore[arg-type]  # its choices are the engine's
        vote.opens_at,
        vote.closes_at,
    )
    more: dict[str, Any] = {
        "proxies": proxies_of(vote, names),
        "boxes": boxes_of(vote),
        "lot": vote.lot,
    }
    roll = engine_roll(vote, names)
    if vote.secret:
        cast = [names[pk] for pk in CastMark.objects.filter(vote=vote).values_list("entry", flat=True)]
        return records.record_of_secret_votes(decision, rule, roll, sorted_papers(vote), cast=cast, **more)
    rows = Ballot.objects.filter(vote=vote).order_by("at", "id")
    given = [as_counted(vote, row, names[row.entry_id]) for row in rows]
    return records.record_of_votes(decision, rule, roll, given, **more)


def found_receipt(vote: Vote, given: str) -> Ballot | None:
    """The recorded ballot that a receipt is of."""
    for ballot in Ballot.objects.filter(vote=vote).select_related("entry"):
        if rules.same_receipt(given, receipt_of(vote, ballot)):
            return ballot
    return None


# --- lists --------------------------------------------------------------------------------------------------------


def votes_for(actor: Actor) -> list[Vote]:
    """The newest votes that the actor may see, those that are running first."""
    rows = visible_votes(actor).order_by("-closes_at", "-id")[:MOST]
    order = ("open", "counting", "nominating", "draft", "counted", "cancelled")
    return sorted(rows, key=lambda vote: order.index(vote.status))


def page_of_votes(
    actor: Actor, *, status: str = "", before: tuple[dt.datetime, int] | None = None, size: int
) -> list[Vote]:
    """A page of them, those that close last first; `before`: close and key of the last row of the page before."""
    rows = visible_votes(actor)
    if status:
        rows = rows.filter(status=status)
    if before is not None:
        rows = rows.filter(Q(closes_at__lt=before[0]) | Q(closes_at=before[0], pk__lt=before[1]))
    return list(rows.order_by("-closes_at", "-id")[:size])


def groups_of(roll: Roll) -> list[tuple[str, int]]:
    """The groups of a roll with their entries, in the order of the roll."""
    return list(Counter(roll.entries.order_by("position").values_list("group", flat=True)).items())


def entries_in(roll: Roll, group: str) -> list[RollEntry]:
    rows = roll.entries.filter(group=group) if group else roll.entries.all()
    return list(rows.prefetch_related("electors__organization").order_by("position")[:MOST])


def entries_after(roll: Roll, position: int, size: int) -> list[RollEntry]:
    """Entries of a roll by their number, behind one."""
    rows = roll.entries.filter(position__gt=position).prefetch_related("electors__organization")
    return list(rows.order_by("position")[:size])


def latest_sheets(box: Box) -> dict[int, BoxSheet]:
    """What the first and the second teller typed last."""
    rows = BoxSheet.objects.filter(box=box).order_by("teller", "-id").distinct("teller")
    return {row.teller: row for row in rows}


def papers_of(sheet: BoxSheet) -> list[rules.Paper]:
    return [(number, None if marks is None else tuple(marks)) for number, marks in sheet.papers]


def untaken(vote: Vote) -> Sequence[Box]:
    """Boxes that are not agreed yet: nothing is counted before they are."""
    return list(vote.boxes.filter(agreed_at=None).order_by("code"))


def may_open(vote: Vote, at: dt.datetime) -> bool:
    return vote.status == "draft" and vote.roll.published_at is not None and vote.closes_at > at
