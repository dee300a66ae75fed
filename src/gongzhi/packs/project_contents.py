"""The shape of a kind of project (项目类型): what has to be shown, who is asked, who looks after it, whose money."""

from typing import Annotated, Literal

import msgspec

from gongzhi.packs.contents import Code, Count, Pack, Positive, Sourced, Text

Gate = Literal["reviewed", "approved", "implementing", "acceptance", "closed"]
Asked = Literal["proposed", "closed", "revisited"]
Visiting = Literal["week", "month", "quarter"]
Reference = Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{2,20}$")]
Share = Annotated[str, msgspec.Meta(pattern=r"^[1-9]\d{0,3}/[1-9]\d{0,3}$")]
# Whose money: paid by the public, as a reward with an own share, for a service, promised, of a fund, of a company,
# raised by those who get it, or no money at all.
FundingKind = Literal["public", "reward", "purchase", "pledge", "fund", "investment", "own", "in_kind"]


class GuideItem(Sourced, frozen=True, kw_only=True):
    """One point of the guide (申报指引) and what shows it: words, or a reference of one of `accepts`."""

    code: Code
    name: Text
    shown: Text
    accepts: tuple[Reference, ...] = ()
    required: bool = True


class Consultation(Sourced, frozen=True, kw_only=True):
    """A gate: before the project gets as far as `before`, residents were asked; what shows it."""

    code: Code
    name: Text
    before: Gate
    accepts: Annotated[tuple[Reference, ...], msgspec.Meta(min_length=1)]


class Visits(Sourced, frozen=True, kw_only=True):
    """How often the sponsor goes there; `rule` is the schedule rule that asks for it."""

    every: Visiting
    rule: Code


class Funding(Sourced, frozen=True, kw_only=True):
    """One source of money that such a project may have. `most`: in all, fen, 0 none; `own_share`: of reward and own."""

    kind: FundingKind
    name: Text
    own_share: Share | None = None
    most: Count = 0


class MilestoneLine(Sourced, frozen=True, kw_only=True):
    """A step of the work, `day` days after it begins, and what shows that it is done.

    `pays`: the part of the public money that may be paid once it is done; `judged`: the sheet is filled for it first.
    """

    code: Code
    name: Text
    day: Positive
    shown: Text
    pays: Share | None = None
    judged: bool = False


class AcceptanceRule(Sourced, frozen=True, kw_only=True):
    """Accepted once `residents` of the place answered, at least `satisfied` of them are, and a paper says so."""

    residents: Count = 0
    satisfied: Share | None = None
    paper: Text


class Bidding(Sourced, frozen=True, kw_only=True):
    """竞购: bodies of these kinds offer to do it until a day that is at least `days` away.

    Each offer is judged on `sheet` by `reviewers` who were in no body near it for `apart` years; the best that reaches
    `pass_points` is chosen, and the work begins `published` days after that was made public.
    """

    bodies: Annotated[tuple[Code, ...], msgspec.Meta(min_length=1)]
    days: Positive
    sheet: Code
    reviewers: Positive
    pass_points: Count = 0
    apart: Count = 0
    published: Count = 0


class FactLine(Sourced, frozen=True, kw_only=True):
    """A number that is asked at a point and shown to everybody afterwards: demand, supply, how full it is."""

    code: Code
    name: Text
    unit: str = ""
    at: Asked
    of: str = ""


class Variety(Sourced, frozen=True, kw_only=True):
    """One of the forms that such a project takes: 纳凉点, 屋面, 占道经营."""

    code: Code
    name: Text


class PlanSection(Sourced, frozen=True, kw_only=True):
    """One chapter of a plan (规划的一章): measures are written under it, each for a goal."""

    code: Code
    name: Text
    what: Text


class Defect(Sourced, frozen=True, kw_only=True):
    """A sort of defect that works mend: for how many months the work is warranted, which reports may be about it."""

    code: Code
    name: Text
    warranty_months: Count = 0
    categories: tuple[Code, ...] = ()


class ProjectPack(Pack, frozen=True, kw_only=True):
    """项目类型: the guide, the gates, the money, the steps, the acceptance, the closing evaluation, the later look.

    `sheet` is the sheet of the closing evaluation and `pass_points` what it must reach; without a sheet none is asked.
    `investors`: how many bodies have to put something in before it is approved. A kind with `defects` is worked off in
    lines: one a defect at a building or a compound, each with its own budget, contractor, acceptance and warranty.
    `sections`: the chapters of a plan; only a plan has them, and it begins only when each chapter has a measure.
    With `bids` bodies compete for the work after the approval, and it begins only with the one that was chosen.
    """

    what: Text
    varieties: tuple[Variety, ...] = ()
    defects: tuple[Defect, ...] = ()
    guide: Annotated[tuple[GuideItem, ...], msgspec.Meta(min_length=1)]
    consultations: tuple[Consultation, ...] = ()
    review: Text
    visits: Visits
    funding: Annotated[tuple[Funding, ...], msgspec.Meta(min_length=1)]
    investors: Count = 0
    milestones: Annotated[tuple[MilestoneLine, ...], msgspec.Meta(min_length=1)]
    acceptance: AcceptanceRule
    facts: tuple[FactLine, ...] = ()
    sheet: str = ""
    pass_points: Count = 0
    revisit_after: Positive = 90
    cautions: tuple[Text, ...] = ()
    sections: tuple[PlanSection, ...] = ()
    bids: Bidding | None = None

    def defect_of(self, code: str) -> Defect | None:
        return next((one for one in self.defects if one.code == code), None)

    def source_of(self, kind: str) -> Funding | None:
        return next((one for one in self.funding if one.kind == kind), None)

    def facts_at(self, point: str) -> tuple[FactLine, ...]:
        return tuple(one for one in self.facts if one.at == point)

    def section(self, code: str) -> PlanSection | None:
        return next((one for one in self.sections if one.code == code), None)

    def gates_before(self, state: str) -> tuple[Consultation, ...]:
        return tuple(one for one in self.consultations if one.before == state)
