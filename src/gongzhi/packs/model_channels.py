"""What a channel promises beyond taking words in: what may come of it, and how often talks are held."""

from typing import Literal

from gongzhi.packs.contents import Code, Positive, Sourced, Strict, Text

# What a channel is for: a demand to be handled, a letter to be answered, a suggestion to be judged, input to a column,
# words said at a place, a talk, messages brought in from a chat group or a hotline.
ChannelKind = Literal["demand", "letter", "suggestion", "exposure", "meeting", "talk", "chat", "hotline"]
# Whom the work comes from, for the burden report.
Origin = Literal["residents", "above", "own"]


class Outcome(Strict, frozen=True, kw_only=True):
    """What may come of it, in the channel's own words; an `accepted` one counts in the rate, `thanks` is said."""

    code: Code
    name: Text
    accepted: bool = False
    thanks: str = ""


class Talks(Sourced, frozen=True, kw_only=True):
    """谈心: at every place of `level`, one of the `roles` holds one each week; `channel` is theirs."""

    channel: Code
    level: Code
    roles: tuple[Code, ...]
    every_weeks: Positive = 1
