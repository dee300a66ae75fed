"""Who takes what comes in after hours. Pure."""

from collections.abc import Sequence

from gongzhi.packs.model_office import NightDuty


def night_duty(entries: Sequence[NightDuty], lineage: Sequence[str], priority: str) -> NightDuty | None:
    """The entry of the nearest category, else the one for everything else; `lineage` goes from the category upwards."""
    fitting = [one for one in entries if not one.priorities or priority in one.priorities]
    near = [*lineage, ""]
    return min(
        (one for one in fitting if one.category in near), key=lambda one: near.index(one.category), default=None
    )
