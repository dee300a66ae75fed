"""What a model says about gatherings: the kinds, who chairs, how long before notice goes out, who must be there."""

from typing import Annotated, Literal

import msgspec

from gongzhi.packs.contents import Code, Count, Positive, Sourced, Strict, Text

# Where items of the agenda come from by themselves; each is a query of the room.
Agenda = Literal["follow_up", "topics", "hot", "hard", "key", "agreements"]
ShareText = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]*(/[1-9][0-9]*)?$")]


class Share(Strict, frozen=True, kw_only=True):
    """A share such as "2/3"; with `inclusive`, the share itself is enough (以上), else more than it (过)."""

    share: ShareText
    inclusive: bool


class GatheringKind(Sourced, frozen=True, kw_only=True):
    """会议、恳谈、听证的种类: whose it is, who may chair, notice days, quorum, majority.

    `agenda` is put together by itself before each; `open_to` residents: they see the notice and may come. `tasks`:
    what is decided becomes a list of tasks. `topics` are offered as titles. `several`: members of more than one body
    may sit in it. `covers`: each place of this level should have a body that holds it. `seconds`: how many must join
    in before a resident's topic has to be answered; 0 takes no topics. `hours`: who helps at it has hours recorded.
    """

    code: Code
    name: Text
    bodies: tuple[Code, ...] = ()
    chairs: tuple[Code, ...] = ()
    notice_days: Count = 0
    minutes: Positive = 60
    quorum: Share | None = None
    majority: Share | None = None
    agenda: tuple[Agenda, ...] = ()
    open_to: Literal["members", "residents"] = "members"
    tasks: bool = True
    topics: tuple[Text, ...] = ()
    basis: str = ""
    several: bool = False
    covers: str = ""
    seconds: Count = 0
    hours: bool = False


class Platform(Sourced, frozen=True, kw_only=True):
    """议事平台: a named place for talking (民情茶馆, 凉亭议事厅), and which kinds of gatherings are held there."""

    code: Code
    name: Text
    what: str = ""
    kinds: tuple[Code, ...]
