"""专项整治: what a campaign is to a model: its categories, its time, when one looks again."""

import datetime as dt

from gongzhi.packs.contents import Code, Positive, Sourced, Text


class Heap(Sourced, frozen=True, kw_only=True):
    """One of a campaign's kinds of disorder (八乱: eight), by the categories that it counts."""

    code: Code
    name: Text
    categories: tuple[Code, ...]


class Campaign(Sourced, frozen=True, kw_only=True):
    """专项: its kinds, from–to (both days counted), after how many days somebody else looks again, and for how many
    days the same thing at the same place counts as come back.
    """

    code: Code
    title: Text
    first_day: dt.date
    last_day: dt.date
    recheck_days: Positive
    relapse_days: Positive
    kinds: tuple[Heap, ...]

    @property
    def categories(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(code for kind in self.kinds for code in kind.categories))

    @property
    def occasion(self) -> str:
        """How cases of the campaign are marked."""
        return f"campaign:{self.code}"
