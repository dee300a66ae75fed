"""Reads: what everybody may know of funds: released statements, closed sums, papers shown. Few statements for many."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import CharField, Q, Value
from django.db.models.functions import Concat

from gongzhi.audit.models import Entry, Link
from gongzhi.documents.models import Evidence
from gongzhi.ledger import rules
from gongzhi.ledger.models import BookPeriod, Fund, LedgerEntry
from gongzhi.places.models import Place
from gongzhi.publications.models import Publication

PUBLIC_ITEMS = 6


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What was released of a fund, the last closed period up to there, until which day, and papers that are shown."""

    fund: Fund
    items: tuple[Publication, ...]
    period: BookPeriod | None
    until: dt.date | None
    papers: tuple[Evidence, ...]


def disclosed(funds: Sequence[Fund]) -> list[Disclosed]:
    """Of these funds those of which something is released, the newest first; five statements whatever there is."""
    items = _released(funds)
    shown = [fund for fund in funds if fund.reference in items]
    until = _until(shown, {one.number for rows in items.values() for one in rows})
    periods = _newest_periods(shown, until)
    papers = _papers(shown)
    return [
        Disclosed(
            fund,
            tuple(items[fund.reference][:PUBLIC_ITEMS]),
            periods.get(fund.pk),
            until.get(fund.reference),
            tuple(papers.get(fund.number, ())),
        )
        for fund in shown
    ]


def _released(funds: Sequence[Fund]) -> dict[str, list[Publication]]:
    links = Link.objects.filter(source__in=[one.reference for one in funds], relation="published_as")
    sources = {one.target.removeprefix("publication:"): one.source for one in links}
    released = Publication.objects.filter(number__in=list(sources), state="released").select_related("key")
    items: dict[str, list[Publication]] = {}
    for one in released.order_by("-released_at"):
        items.setdefault(sources[one.number], []).append(one)
    return items


def _until(funds: Sequence[Fund], released: set[str]) -> dict[str, dt.date]:
    """The last day that a released statement covers, by the fund's reference: the trail says which it was."""
    subjects = [fund.reference for fund in funds]
    rows = Entry.objects.filter(subject__in=subjects, action="ledger.publish").values_list("subject", "changes")
    found: dict[str, dt.date] = {}
    for subject, changes in rows:
        if changes.get("as") in released:
            last = rules.span_named(changes["period"]).last
            found[subject] = max(last, found.get(subject, last))
    return found


def _newest_periods(funds: Sequence[Fund], until: dict[str, dt.date]) -> dict[int, BookPeriod]:
    covered = Q(pk__in=[])
    for fund in funds:
        if fund.reference in until:
            covered |= Q(fund=fund, last__lte=until[fund.reference])
    rows = BookPeriod.objects.filter(covered, closed_at__isnull=False)
    return {one.fund_id: one for one in rows.order_by("fund", "-last").distinct("fund")}


def _papers(funds: Sequence[Fund]) -> dict[str, list[Evidence]]:
    """The newest papers of each fund that a second person has shown, the oldest of them first."""
    entries = LedgerEntry.objects.filter(fund__in=[one.pk for one in funds])
    subjects = entries.annotate(shown=Concat(Value("entry-public:"), "number", output_field=CharField()))
    rows = Evidence.objects.filter(subject__in=subjects.values("shown"), media__erased_at=None)
    by_fund: dict[str, list[Evidence]] = {}
    for row in rows.select_related("media").order_by("id"):
        by_fund.setdefault(row.subject.partition(":")[2].partition("-")[0], []).append(row)
    return {number: found[-PUBLIC_ITEMS:] for number, found in by_fund.items()}


def funds_at(place: Place) -> list[Fund]:
    """Of a place, of what lies in it and of what it lies in."""
    above = [place.path[: i + 1] for i, letter in enumerate(place.path) if letter == "/"]
    rows = Fund.objects.filter(Q(path__in=above) | Q(path__startswith=place.path))
    return list(rows.select_related("place", "organization").order_by("number"))


def public_fund_at(place: Place, number: str) -> Disclosed | None:
    """A fund of a place or around it, where a closed period of it was released."""
    found = disclosed([one for one in funds_at(place) if one.number == number])
    return found[0] if found and found[0].period else None
