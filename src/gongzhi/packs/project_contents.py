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
    """A step of the work, `day` days after it begins, and what shows that it is done."""

    code: Code
    name: Text
    day: Positive
    shown: Text


class AcceptanceRule(Sourced, frozen=True, kw_only=True):
    """Accepted once `residents` of the place answered, at least `satisfied` of them are, and a paper says so."""

    residents: Count = 0
    satisfied: Share | None = None
    paper: Text


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


class ProjectPack(Pack, frozen=True, kw_only=True):
    """项目类型: the guide, the gates, the money, the steps, the acceptance, the closing evaluation, the later look.

    `sheet` is the sheet of the closing evaluation and `pass_points` what it must reach; without a sheet none is asked.
    `investors`: how many bodies have to put something in before it is approved.
    """

    what: Text
    varieties: tuple[Variety, ...] = ()
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

    def source_of(self, kind: str) -> Funding | None:
        return next((one for one in self.funding if one.kind == kind), None)

    def facts_at(self, point: str) -> tuple[FactLine, ...]:
        return tuple(one for one in self.facts if one.at == point)

    def gates_before(self, state: str) -> tuple[Consultation, ...]:
        return tuple(one for one in self.consultations if one.before == state)
