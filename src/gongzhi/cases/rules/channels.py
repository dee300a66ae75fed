"""What a channel asks for, and what may come of what was said through it. Pure."""

import datetime as dt
from collections.abc import Collection

from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_
from gongzhi.packs.model_channels import Outcome

# A letter is answered by whom it is written to, and by nobody else.
OF_LETTERS = frozenset(
    {"accept", "reply", "confirm", "unsolved", "disagree", "reopen", "explain", "close", "fall_silent"}
)


# What stands for the words where there is only a voice note.
SPOKEN = N_("（有录音，还没写字）")


def check_bound(*, bound: bool, found: str, channel: str) -> None:
    """A channel that is bound to a place wants one. Raises Refused `place_needed`."""
    if bound and found == "unknown":
        message = N_("“{channel}”要写明在哪里。请选一个地方，或在地图上点一下。")
        raise Refused("place_needed", message, channel=channel, field="place_code")


def check_about(*, wanted: str, kind: str, channel: str) -> None:
    """A channel about one kind of body wants one of them. Raises Refused `about_missing`."""
    if wanted and kind != wanted:
        message = N_("“{channel}”要选是哪一家。列表里没有的，请从“报事”反映。")
        raise Refused("about_missing", message, channel=channel, field="about_unit")


def belongs(move: str, kind: str, outcome: str = "") -> bool:
    """Whether a page offers the move on a case from this kind of channel."""
    if kind == "letter":
        return move in OF_LETTERS
    if move in ("judge", "implement"):
        return kind == "suggestion" and (move == "judge" or outcome in ("adopted", "partly"))
    return move not in ("reply", "step")


def check_kind(*, kind: str, wanted: str, channel: str) -> None:
    """A move that belongs to one kind of channel. Raises Refused `other_channel`."""
    if kind != wanted:
        message = N_("这件事是从“{channel}”来的，不这样办。")
        raise Refused("other_channel", message, channel=channel)


def check_outcome(outcome: Outcome | None) -> Outcome:
    """Raises Refused `missing_outcome` for a word that the channel does not know."""
    if outcome is None:
        raise Refused("missing_outcome", N_("还没选结果。请选一个。"), field="outcome")
    return outcome


def check_declined(reason: str, known: Collection[str]) -> None:
    """What is not adopted has a reason from the list, so that declining can be counted. Raises Refused."""
    if reason not in known:
        raise Refused("missing_reason", N_("没有采纳的，要选一条理由，并写明原因。"), field="reason")


def check_implemented(*, accepted: bool, outcome: str) -> None:
    """Only what was adopted can be carried out, and once."""
    if not accepted:
        raise Refused("not_adopted", N_("没有采纳的，不能记作做成。请先评议。"))
    if outcome == "implemented":
        raise Conflict("implemented_before", N_("已经记过“做成了”。"))


def check_publishing(*, agreed: bool, text: str) -> None:
    """A reply is made public only where the writer agreed, in words without persons. Raises Refused."""
    if not agreed:
        raise Refused("not_agreed", N_("写信的人没有同意公开，不能公开。"), field="publish")
    if not text.strip():
        raise Refused("missing_public_text", N_("公开的话要另写一段，不带个人信息。"), field="public_text")


def week_of(day: dt.date) -> str:
    """2026-W47, by ISO 8601."""
    year, week, _day = day.isocalendar()
    return f"{year}-W{week:02d}"


def weeks_of(day: dt.date, every: int) -> list[str]:
    """The weeks in which a talk fulfils the duty on that day: this one and those before, `every` in all."""
    return [week_of(day - dt.timedelta(weeks=back)) for back in range(every)]


def occasion_of(kind: str, *parts: str) -> str:
    """talk:PC-3:2026-W47"""
    return ":".join((kind, *parts))[:80]
