"""Who must not learn what: protected reports (信访工作条例 30), and ratings before the units they judge. Pure."""

from collections.abc import Iterable, Mapping

# Words that only the handling side and the reporter read; a protected report is kept from whom it is about as well.
PRIVATE = ("confidential", "protected")
# Steps that tell when somebody said what they thought of the work.
WORDS_SAID = ("confirm", "fall_silent")
SENT_BACK_BY_WORD = ("unsolved", "disagree", "reopen")
# What the handling side is shown instead: that it is checked, that it ended; not what was said, nor when.
SHOWN_TO_HANDLERS = {"confirmed": "verified", "closed_silent": "closed"}


def activity_of(*, privacy: str, talk: bool) -> str:
    """The processing activity that a report is part of: a talk in private, a protected report, or any other."""
    if talk:
        return "private_talk"
    return "protected_report" if privacy == "protected" else "report"


def contact_level(privacy: str) -> str:
    """Names and numbers of those who report are personal; of a protected report sensitive: nothing is recognised."""
    return "L4" if privacy == "protected" else "L3"


def behind(status: str) -> list[str]:
    """The states that a handler sees as this one."""
    hidden = [real for real, shown in SHOWN_TO_HANDLERS.items() if shown == status]
    return hidden if status in SHOWN_TO_HANDLERS else [status, *hidden]


def states_behind(statuses: Iterable[str]) -> list[str]:
    return [real for status in statuses for real in ([] if status in SHOWN_TO_HANDLERS else behind(status))]


def bodies_above(units: Iterable[int], parents: Mapping[int, int | None]) -> frozenset[int]:
    """The bodies themselves and all to which they belong: a report about any of these is kept from their people."""
    found: set[int] = set()
    for unit in units:
        here: int | None = unit
        while here is not None and here not in found:
            found.add(here)
            here = parents.get(here)
    return frozenset(found)


def told_in_batches(days: Iterable[tuple[int, int]], fewest: int) -> tuple[int, int]:
    """(answers, of them solved) that may be told, from (answers, solved) of each finished day in order.

    Days are folded together until there are `fewest` answers that do not all say the same; what is left waits. What
    was told once never changes, so that from two readings nobody learns what one person said.
    """
    told = [0, 0]
    waiting = [0, 0]
    for said, solved in days:
        waiting[0] += said
        waiting[1] += solved
        if waiting[0] >= fewest and 0 < waiting[1] < waiting[0]:
            told[0] += waiting[0]
            told[1] += waiting[1]
            waiting = [0, 0]
    return told[0], told[1]
