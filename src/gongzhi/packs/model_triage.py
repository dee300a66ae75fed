"""What a model says about the monthly 梳理研判: how often makes a matter hot, how late or how often makes it hard."""

from gongzhi.packs.contents import Code, Positive, Sourced


class Triage(Sourced, frozen=True, kw_only=True):
    """研判: thresholds of the three lists. Without `level`, hot matters are not set apart by place.

    `hot_from` reports of one category at one place make it hot, joined ones included; `hard_overdue_days` past the
    promised date or `hard_reopens` reopenings make a case hard; `wide_from` reporters make it important.
    """

    level: Code | None = None
    hot_from: Positive = 3
    hard_overdue_days: Positive = 7
    hard_reopens: Positive = 2
    wide_from: Positive = 5
