"""What partners do together: the year's matrix, gaps in venues, everything lent, the partners of a place."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q, QuerySet

from gongzhi.common.access import Actor
from gongzhi.packs.agreement_contents import AgreementPack
from gongzhi.partnerships import rules
from gongzhi.partnerships.models import Agreement, AgreementLine, Asset, Party
from gongzhi.partnerships.queries import kind_of, kinds_in_force, visible
from gongzhi.partnerships.registry import Contribution, contributions
from gongzhi.people.models import Organization
from gongzhi.places.models import Place

MOST = 2_000
HELD = ("running", "renewed", "expired", "ended")


@dataclass(slots=True)
class Cell:
    """What one unit does on one line: as its owner or with it."""

    owns: bool
    line: AgreementLine


@dataclass(slots=True)
class MatrixRow:
    """One of the plan's lines with a cell for each unit, in the order of the columns; None where it has no part."""

    name: str
    progress: int
    lines: list[AgreementLine]
    cells: list[Cell | None]


@dataclass(slots=True)
class Matrix:
    """The lines of one kind of plan in a year by the units that work on them."""

    pack: AgreementPack | None
    units: list[Organization] = field(default_factory=list)
    rows: list[MatrixRow] = field(default_factory=list)


def with_facets(on: dt.date) -> list[AgreementPack]:
    """Kinds whose lines are counted by what they are of: those that a matrix can be made of."""
    return [pack for pack, _reference in kinds_in_force(on).values() if any(one.facet for one in pack.lines)]


def years_of(actor: Actor, kind: str) -> list[int]:
    return sorted(set(visible(actor).filter(kind=kind).values_list("starts_on__year", flat=True)), reverse=True)


def matrix(actor: Actor, kind: str, year: int, on: dt.date) -> Matrix:
    """Lines by units of the agreements of a kind that held in a year: three statements."""
    pack = kinds_in_force(on).get(kind, (None, ""))[0]
    if pack is None:
        return Matrix(None)
    rows = visible(actor).filter(kind=kind, state__in=HELD, starts_on__lte=dt.date(year, 12, 31))
    rows = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=dt.date(year, 1, 1)))
    lines = AgreementLine.objects.filter(agreement__in=rows).exclude(facet="").order_by("agreement", "position")
    found = list(lines.select_related("owner__organization", "agreement").prefetch_related("partners__organization"))
    units: dict[int, Organization] = {}
    for one in found[:MOST]:
        for party in (one.owner, *one.partners.all()):
            units.setdefault(party.organization_id, party.organization)
    columns = sorted(units)
    of_facet = {one.code: [line for line in found if line.facet == one.code] for one in pack.facets}
    made = [_matrix_row(one.name, of_facet[one.code], columns) for one in pack.facets]
    return Matrix(pack, [units[key] for key in columns], made)


def _matrix_row(name: str, lines: list[AgreementLine], columns: list[int]) -> MatrixRow:
    cells: dict[int, Cell] = {}
    for one in lines:
        for party in one.partners.all():
            cells.setdefault(party.organization_id, Cell(False, one))
        cells[one.owner.organization_id] = Cell(True, one)
    progress = sum(one.progress for one in lines) // len(lines) if lines else 0
    return MatrixRow(name, progress, lines, [cells.get(key) for key in columns])


@dataclass(slots=True)
class Gap:
    """One category of venues: the lines that ask for them, and what agreements that run have lent for it."""

    code: str
    name: str
    illustrative: bool
    lines: list[AgreementLine]
    places: int = 0
    area: Decimal = Decimal("0.00")

    @property
    def open(self) -> bool:
        return any(one.progress < 100 for one in self.lines)


def gaps(actor: Actor, pack: AgreementPack) -> list[Gap]:
    """By the categories of the pack of gaps: what is wanted, what was lent. Two statements."""
    rows = visible(actor).filter(state="running")
    wanted = AgreementLine.objects.filter(agreement__in=rows.filter(kind=pack.name)).exclude(facet="")
    lines = list(wanted.select_related("agreement__place", "owner__organization").order_by("agreement", "position"))
    lent = list(Asset.objects.filter(agreement__in=rows).exclude(facet="").values_list("facet", "pieces", "area"))
    found = []
    for facet in pack.facets:
        pieces, area = rules.totals(rules.Lent(code, n, size) for code, n, size in lent if code == facet.code)
        mine = [one for one in lines if one.facet == facet.code]
        found.append(Gap(facet.code, facet.name, facet.illustrative, mine, pieces, area))
    return found


def lent_assets(actor: Actor) -> QuerySet[Asset]:
    """Everything lent by agreements that run."""
    rows = Asset.objects.filter(agreement__in=visible(actor).filter(state="running"))
    return rows.select_related("agreement__place").order_by("agreement", "position")


@dataclass(slots=True)
class Partner:
    """One unit beside a place: as what, what it has done of what it promised, what it lent, what else it gave."""

    organization: Organization
    stands_as: list[str] = field(default_factory=list)
    done: list[AgreementLine] = field(default_factory=list)
    promised: int = 0
    pieces: int = 0
    area: Decimal = Decimal("0.00")
    free_until: dt.date | None = None
    gave: list[Contribution] = field(default_factory=list)


@dataclass(slots=True)
class Network:
    """The core of a place, and its partners by what they stand as."""

    place: Place
    cores: list[Organization]
    partners: list[Partner]

    @property
    def groups(self) -> list[tuple[str, list[Partner]]]:
        words = dict.fromkeys(word for one in self.partners for word in one.stands_as)
        return [(word, [one for one in self.partners if word in one.stands_as]) for word in words]


def network(place: Place) -> Network:
    """For everybody: running agreements of public kinds at a place and below; no person, no paper. Four statements."""
    rows = Agreement.objects.filter(state="running", path__startswith=place.path).order_by("pk")
    public = {row.pk: (row, kind_of(row)) for row in rows if kind_of(row).public}
    rows_of = Party.objects.filter(agreement__in=public).select_related("organization")
    parties = list(rows_of.order_by("agreement", "position"))
    cores: dict[int, Organization] = {}
    partners: dict[int, Partner] = {}
    sides: dict[int, tuple[int, bool]] = {}
    for one in parties:
        pack = public[one.agreement_id][1]
        core = one.role == pack.core.code
        sides[one.pk] = (one.organization_id, core)
        if core:
            cores.setdefault(one.organization_id, one.organization)
            continue
        partner = partners.setdefault(one.organization_id, Partner(one.organization))
        if pack.stands_as not in partner.stands_as:
            partner.stands_as.append(pack.stands_as)
    _add_lines(partners, sides, public)
    _add_assets(partners, sides, public, parties)
    for gift in contributions(place.path, list(partners)):
        if gift.organization in partners:
            partners[gift.organization].gave.append(gift)
    return Network(place, list(cores.values()), list(partners.values()))


def _add_lines(partners: dict[int, Partner], sides: dict[int, tuple[int, bool]], public: Iterable[int]) -> None:
    """Lines that a partner owns, and those of the core that it works on."""
    lines = AgreementLine.objects.filter(agreement__in=list(public)).prefetch_related("partners").order_by("pk")
    for line in lines:
        for key in dict.fromkeys((line.owner_id, *(one.pk for one in line.partners.all()))):
            body, core = sides.get(key, (0, True))
            if core or body not in partners:
                continue
            partners[body].promised += 1
            if line.progress >= 100 or line.total:
                partners[body].done.append(line)


def _add_assets(
    partners: dict[int, Partner],
    sides: dict[int, tuple[int, bool]],
    public: Iterable[int],
    parties: Iterable[Party],
) -> None:
    """What an agreement lends is its first partner's: the one that provides it."""
    provider: dict[int, int] = {}
    for one in parties:
        body, core = sides[one.pk]
        if not core:
            provider.setdefault(one.agreement_id, body)
    for asset in Asset.objects.filter(agreement__in=list(public)):
        partner = partners.get(provider.get(asset.agreement_id, 0))
        if partner is not None:
            partner.pieces, partner.area = partner.pieces + asset.pieces, partner.area + asset.area
            partner.free_until = max(filter(None, (partner.free_until, asset.free_until)), default=None)
