"""The shape of a model pack: one governance model as one file."""

from typing import Annotated, Literal

import msgspec

from gongzhi.engines.calendar import Unit
from gongzhi.packs.contents import Code, Count, Pack, Positive, Sourced, Strict, Text
from gongzhi.packs.model_campaigns import Campaign
from gongzhi.packs.model_channels import ChannelKind, Origin, Outcome, Talks
from gongzhi.packs.model_duplicates import Duplicates
from gongzhi.packs.model_gatherings import GatheringKind, Platform
from gongzhi.packs.model_office import Office
from gongzhi.packs.model_party import Party
from gongzhi.packs.model_pattern import PatternGroup
from gongzhi.packs.model_publications import Publications
from gongzhi.packs.model_self_government import SelfGoverning, SelfGovernment
from gongzhi.packs.model_triage import Triage

Priority = Literal["urgent", "hard", "minor", "small"]
# protected: who raised it, and that it is about them, is kept from the body it is about (信访工作条例 30)
Privacy = Literal["open", "named", "confidential", "protected"]
Letters = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2,6}$")]
PlaceKind = Literal["region", "grid", "building", "dwelling", "venue"]


class Period(Strict, frozen=True, kw_only=True):
    """An amount of time in one unit; the calendar turns it into a deadline."""

    amount: Positive
    unit: Unit


class Level(Sourced, frozen=True, kw_only=True):
    """One level of the place tree. `count` is how many such places the model itself names."""

    code: Code
    name: Text
    order: Positive
    kind: PlaceKind
    grid_level: Positive | None = None
    count: Count | None = None
    target_households: Positive | None = None
    tolerance_percent: Count = 0
    duty: str = ""


class Role(Sourced, frozen=True, kw_only=True):
    """What somebody may act as. Which permissions a role gives is in `people`."""

    code: Code
    name: Text
    staff: bool = True
    duty: str = ""


class Post(Sourced, frozen=True, kw_only=True):
    """A post over every place of a `level`, or in each of the `bodies`: `seats` on each, `total` in the model.

    `organization` names the entry whose body at that place it belongs to; `incompatible` lists the roles its
    holder may not also have; `profession` is what an expert in it knows.
    """

    code: Code
    role: Code
    title: Text
    level: str = ""
    bodies: tuple[Code, ...] = ()
    organization: str = ""
    seats: Positive
    total: Positive | None = None
    eligibility: str = ""
    incompatible: tuple[Code, ...] = ()
    employment: Literal["office", "paid", "volunteer"] = "office"
    term_years: Positive | None = None
    profession: str = ""


class Profession(Sourced, frozen=True, kw_only=True):
    """专业: what an expert knows; posts of an expert body name one."""

    code: Code
    name: Text


class OrganizationKind(Sourced, frozen=True, kw_only=True):
    """A kind of body; `governs` makes it one of self-government, with its levels, term and seats."""

    code: Code
    name: Text
    governs: SelfGoverning | None = None


class Organization(Sourced, frozen=True, kw_only=True):
    """A body. With `place` it is one body there; with `level` one body for every place of that level.

    In the `name` of a levelled body `{place}` is the place's name; a body's code is `code`-(code of its place).
    `only` keeps a levelled body to places of one type: a 村 has a 村民委员会, a 社区 a 居民委员会.
    `unit_kind` gives it every category of that kind; `serves` lists further category codes. `parent` names
    another entry: the body at the same place, or at the nearest place above. `covers`: codes of further places that a
    body of one place answers for, such as the compounds of a joint branch.
    """

    code: Code
    kind: Code
    name: Text
    place: str = ""
    level: str = ""
    only: str = ""
    parent: str = ""
    unit_kind: str = ""
    serves: tuple[Code, ...] = ()
    covers: tuple[str, ...] = ()


class Relation(Sourced, frozen=True, kw_only=True):
    """How two bodies stand to each other at one level or between two: 领导, 指导, 协作…"""

    source_body: Code
    kind: Literal["领导", "指导", "协作", "监督", "服务", "结对", "驻区", "包保", "加入"]
    target_body: Code


class Channel(Sourced, frozen=True, kw_only=True):
    """A way in. `service` marks one of the model's named services; `refer_to` names who decides instead.

    `entered_by` says who may use it: anybody, staff who report for others, nobody but an import, (`issue`) only what
    the office hands out itself (督办, 清单), or (`room`) whoever signed in, from the page of the room that answers.
    `words` are a channel's own for the states. `kind` is what it is for, with its `outcomes`; `to_role` who alone
    reads and answers a letter; `resolve` its own time limit; `bound` asks for a place; `origin` says whom the work
    comes from. `about` is a kind of organization: what is reported is about one of them, which has to be chosen.
    """

    code: Code
    name: Text
    anonymous: bool = False
    entered_by: Literal["anyone", "staff", "import", "issue", "room"] = "anyone"
    words: dict[str, str] = {}
    privacy: Privacy = "named"
    service: bool = False
    priority: Priority | None = None
    category: str = ""
    unit_kind: str = ""
    form: str = ""
    refer_to: str = ""
    emergency: str = ""
    hint: str = ""
    kind: ChannelKind = "demand"
    to_role: str = ""
    resolve: Period | None = None
    bound: bool = False
    about: str = ""
    origin: Origin = "residents"
    outcomes: tuple[Outcome, ...] = ()

    def outcome(self, code: str) -> Outcome | None:
        return next((one for one in self.outcomes if one.code == code), None)


class UnitKind(Sourced, frozen=True, kw_only=True):
    """Who can be responsible, as routing sees it: a community office, a property company, a department."""

    code: Code
    name: Text
    level: Code


class Category(Sourced, frozen=True, kw_only=True):
    """What a demand is about. A leaf names who is responsible and by which clause; `keywords` weigh words.

    With `published = false` it and what lies below it are not listed in public, only counted.
    """

    code: Code
    name: Text
    parent: str = ""
    keywords: dict[str, int] = {}
    priority: Priority | None = None
    unit_kind: str = ""
    reason: str = ""
    evidence: tuple[Literal["photo_before", "photo_after", "note", "signature", "document"], ...] = ()
    anonymous: bool | None = None
    refer_to: str = ""
    published: bool = True

    def __post_init__(self) -> None:
        """Words are matched in lower case: once here, not for every report."""
        lowered = {word.lower(): weight for word, weight in self.keywords.items()}
        msgspec.structs.force_setattr(self, "keywords", lowered)


class EscalationStep(Strict, frozen=True, kw_only=True):
    """Who is told `after_minutes` (working minutes) past the deadline, `levels_up` from the unit's place.

    With `order_days` the unit that is late gets a supervise order as well, to be answered in so many working days.
    """

    after_minutes: Count
    name: Text
    role: Code
    levels_up: Count = 0
    order_days: Count = 0


class Clocks(Sourced, frozen=True, kw_only=True):
    """The clocks of one priority class."""

    priority: Priority
    name: Text
    hint: str = ""
    first_contact: Period
    resolve: Period
    confirm: Period
    extension: Period
    extensions_max: Count
    escalation: tuple[EscalationStep, ...] = ()


class Joint(Sourced, frozen=True, kw_only=True):
    """会办: the numbers of rulings, whistles, pauses, orders handed out, and of a case opened again and again.

    `reminders` are working minutes before a deadline; `reopens_escalate` the reopening that calls somebody higher;
    `partner_kinds` the unit kinds that may claim a case offered to partners.
    """

    ruling: Period
    ruling_escalation: tuple[EscalationStep, ...] = ()
    whistle: Period
    whistle_escalation: tuple[EscalationStep, ...] = ()
    pause_days_max: Positive
    reminders: tuple[Positive, ...] = ()
    reopens_escalate: Positive
    partner_kinds: tuple[Code, ...] = ()


class State(Strict, frozen=True, kw_only=True):
    """How a case state is called: for staff, and in the resident's words."""

    code: Code
    name: Text
    resident: Text


class Reason(Sourced, frozen=True, kw_only=True):
    """A reason code with its clause, so that discretion can be counted (自由裁量)."""

    code: Code
    kind: Literal[
        "return", "extension", "defer", "refer", "rework", "decline", "dispute", "pause", "absence", "unreasonable"
    ]
    name: Text
    clause: str = ""


class Scoring(Sourced, frozen=True, kw_only=True):
    """三率 and call-backs: how ratings count, what each rate weighs in the composite, how many cases are drawn.

    A rating from `satisfied_from` up is 满意, one from `basic_from` up 基本满意 and counts `basic_percent` of one.
    """

    satisfied_from: Positive
    basic_from: Positive
    basic_percent: Count
    response_percent: Count
    resolution_percent: Count
    satisfaction_percent: Count
    callback_percent: Positive
    callback_least: Positive
    callback_most: Positive
    callback_within: Period
    callback_attempts: Positive


class Facet(Sourced, frozen=True, kw_only=True):
    """A word that may be attached to objects and counted; a computed one is never set by hand."""

    code: Code
    name: Text
    applies_to: Code
    computed: bool = False
    description: str = ""


class ModelPack(Pack, frozen=True, kw_only=True):
    """模式: a governance model. `root` is the code of the place the instance is about,
    `number_prefix` the letters before a case number. `catalogue` is the source whose items it is held against (S0–S4).
    """

    summary: Text
    root: str
    number_prefix: Letters
    calendar: Code = "cn"
    levels: tuple[Level, ...]
    roles: tuple[Role, ...]
    posts: tuple[Post, ...]
    organization_kinds: tuple[OrganizationKind, ...]
    professions: tuple[Profession, ...] = ()
    organizations: tuple[Organization, ...]
    relations: tuple[Relation, ...] = ()
    unit_kinds: tuple[UnitKind, ...]
    channels: tuple[Channel, ...]
    categories: tuple[Category, ...]
    clocks: tuple[Clocks, ...]
    states: tuple[State, ...]
    reasons: tuple[Reason, ...] = ()
    scoring: Scoring | None = None
    facets: tuple[Facet, ...] = ()
    joint: Joint
    duplicates: Duplicates = Duplicates()
    triage: Triage = Triage()
    talks: Talks | None = None
    office: Office | None = None
    campaigns: tuple[Campaign, ...] = ()
    publications: Publications | None = None
    gatherings: tuple[GatheringKind, ...] = ()
    platforms: tuple[Platform, ...] = ()
    self_government: SelfGovernment | None = None
    party: Party | None = None
    catalogue: Literal["", "S0", "S1", "S2", "S3", "S4"] = ""
    pattern: tuple[PatternGroup, ...] = ()

    def level(self, code: str) -> Level:
        """The level by code; raises KeyError when the model has none."""
        return {level.code: level for level in self.levels}[code]

    def category(self, code: str) -> Category | None:
        return next((category for category in self.categories if category.code == code), None)

    def campaign(self, code: str) -> Campaign | None:
        return next((campaign for campaign in self.campaigns if campaign.code == code), None)

    def gathering(self, code: str) -> GatheringKind | None:
        return next((kind for kind in self.gatherings if kind.code == code), None)

    def self_governing(self, kind: str) -> SelfGoverning | None:
        """What the model says of a kind of body that governs itself; None for every other kind."""
        return next((one.governs for one in self.organization_kinds if one.code == kind), None)

    def channel(self, code: str) -> Channel | None:
        return next((channel for channel in self.channels if channel.code == code), None)

    @property
    def issued(self) -> tuple[str, ...]:
        """Channels of what the office hands out itself; no resident waits at their end."""
        return tuple(channel.code for channel in self.channels if channel.entered_by == "issue")

    def state_word(self, code: str, channel: str = "") -> str:
        """A state in the staff's words, or in the channel's own."""
        own = self.channel(channel) if channel else None
        return (own.words.get(code) if own else None) or self.state(code).name

    def clocks_for(self, priority: str) -> Clocks:
        return next(clocks for clocks in self.clocks if clocks.priority == priority)

    def state(self, code: str) -> State:
        return {state.code: state for state in self.states}[code]
