"""The shapes of what people share: kinds of offers and of needs, lists to choose from, the words that all use."""

from typing import Annotated, Literal

import msgspec

from gongzhi.packs.contents import Code, Count, Pack, Sourced, Strict, Text

# What is taken: a time in a room or of a thing, a piece of a stock, a service to order, a place for a term.
Shape = Literal["time", "stock", "order", "term"]
# Who may take it: whoever signs in, a verified household, a body through somebody who works for it.
Taker = Literal["person", "household", "body"]
Minutes = Annotated[int, msgspec.Meta(ge=0, le=1440)]


class Word(Sourced, frozen=True, kw_only=True):
    """A code and its name, to choose from and to count by."""

    code: Code
    name: Text


class Terminal(Sourced, frozen=True, kw_only=True):
    """One of the services of a terminal in a hall: its offers, or a page elsewhere (`address`)."""

    code: Code
    name: Text
    kinds: tuple[Code, ...] = ()
    address: str = ""


class Way(Strict, frozen=True, kw_only=True):
    """One way into a scene: where it leads ("{place}" is the code of the place), and what of it is counted.

    `counts`: `offers` that can be taken now, `needs` that came true of those asked for, `gatherings` that were held; of
    `kinds`. No count is of persons.
    """

    name: Text
    what: Text
    address: Text
    counts: Literal["", "offers", "needs", "gatherings"] = ""
    kinds: tuple[Code, ...] = ()


class Scenario(Sourced, frozen=True, kw_only=True):
    """场景: a picture of life at a place, made of what is there already (智慧邻里, 智慧养老)."""

    code: Code
    name: Text
    what: Text
    ways: Annotated[tuple[Way, ...], msgspec.Meta(min_length=1)]


class SharingPack(Pack, frozen=True, kw_only=True):
    """共享用词: six ways of serving, kinds of fees, the small things (微), why something is refused, the terminal,
    and scenes of life."""

    modes: Annotated[tuple[Word, ...], msgspec.Meta(min_length=1)]
    fees: Annotated[tuple[Word, ...], msgspec.Meta(min_length=1)]
    micro: tuple[Word, ...] = ()
    reasons: Annotated[tuple[Word, ...], msgspec.Meta(min_length=1)]
    terminal: tuple[Terminal, ...] = ()
    scenarios: tuple[Scenario, ...] = ()


class Booking(Strict, frozen=True, kw_only=True):
    """How a time is booked. Minutes: how long, in which steps, how much lies free `before` and `after`.

    `ahead`: days. `open`: how many a household may hold at once, `series`: how many weeks in one go. `cancel`: hours
    before the beginning until which it costs nothing. Who lets `misses` bookings pass within `within` days pauses for
    `pause` days; `appeal`: days in which one may say why.
    """

    step: Annotated[int, msgspec.Meta(ge=5, le=1440)]
    shortest: Annotated[int, msgspec.Meta(ge=5, le=1440)]
    longest: Annotated[int, msgspec.Meta(ge=5, le=1440)]
    before: Minutes = 0
    after: Minutes = 0
    ahead: Annotated[int, msgspec.Meta(ge=1, le=366)]
    open: Annotated[int, msgspec.Meta(ge=1, le=100)]
    series: Annotated[int, msgspec.Meta(ge=1, le=53)] = 1
    cancel: Count = 0
    grace: Minutes = 15
    misses: Annotated[int, msgspec.Meta(ge=1, le=20)]
    within: Annotated[int, msgspec.Meta(ge=1, le=366)]
    pause: Annotated[int, msgspec.Meta(ge=1, le=366)]
    appeal: Annotated[int, msgspec.Meta(ge=1, le=60)]
    holidays: bool = True


class OfferPack(Pack, frozen=True, kw_only=True):
    """供给种类: what is taken and by whom, whether somebody says yes first, whether one may wait, how it is booked.

    `answer`: days in which the provider answers, else it lapses. `confirm`: days after which a delivered one nobody
    confirmed counts as over. `checked`: a second person looks at an offer before anybody may take it. `sealed`: what is
    written when it is taken is for the provider only (日间照料: health). `points`: points or minutes pay for it.
    `duties`: what the taker promises (认养). `attended`: the provider marks day by day who came (日间照料).
    `guide`: a matter to be done with papers (办事); what is missing is told once, and the taker has `supply` days.
    """

    what: Text
    group: Text
    shape: Shape
    taker: Taker
    approval: bool = False
    checked: bool = False
    waiting: bool = False
    code: bool = False
    sealed: bool = False
    neighbour: bool = False
    attended: bool = False
    guide: bool = False
    supply: Annotated[int, msgspec.Meta(ge=1, le=365)] = 30
    points: bool = False
    answer: Annotated[int, msgspec.Meta(ge=1, le=90)] = 5
    confirm: Annotated[int, msgspec.Meta(ge=1, le=90)] = 7
    most: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    term: Count = 0
    booking: Booking | None = None
    duties: tuple[Text, ...] = ()
    asks: tuple[Text, ...] = ()
    micro: str = ""


class NeedPack(Pack, frozen=True, kw_only=True):
    """需求种类: categories, from which age on one asks alone, how long it stays open, what must not be asked for.

    `cash`: words that say somebody asks for money; they are refused (慈善法). `minutes`: whether it says how long it
    takes. `takers`: who may take it on.
    """

    what: Text
    group: Text
    categories: Annotated[tuple[Word, ...], msgspec.Meta(min_length=1)]
    guardian_under: Count = 14
    days: Annotated[int, msgspec.Meta(ge=1, le=366)]
    confirm: Annotated[int, msgspec.Meta(ge=1, le=90)] = 7
    most: Annotated[int, msgspec.Meta(ge=1, le=100)] = 3
    cash: tuple[Text, ...] = ()
    minutes: bool = False
    cautions: tuple[Text, ...] = ()
    micro: str = ""


class Material(Strict, frozen=True, kw_only=True):
    """One thing to bring for a matter: `when` says for whom, where not for everybody; `issued_by` who makes it out."""

    name: Text
    form: Literal["original", "copy", "either"] = "either"
    when: str = ""
    issued_by: str = ""


class Listed(Sourced, frozen=True, kw_only=True):
    """One item of a list: what it is, which kind of body gives it, as which kind of offer.

    Of a matter (办事指南): `who` may ask, `materials` to bring, `days` in which it is done after it was taken up, in
    `unit`, `decides` who decides, `complain` where to go with a complaint.
    """

    code: Code
    name: Text
    group: Text
    provider: Text
    kind: Code
    mode: Code
    fee: Code = "free"
    who: str = ""
    materials: tuple[Material, ...] = ()
    days: Count = 0
    unit: Literal["calendar_days", "working_days"] = "calendar_days"
    decides: str = ""
    complain: str = ""


class CataloguePack(Pack, frozen=True, kw_only=True):
    """清单: the services or resources that communities may choose from."""

    what: Text
    of: Literal["resource", "service", "guide"]
    items: Annotated[tuple[Listed, ...], msgspec.Meta(min_length=1)]
