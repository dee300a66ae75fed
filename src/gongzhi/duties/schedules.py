"""The schedule rules in use: of every pack of the kind the newest version in force, for the model that runs."""

import datetime as dt
from functools import lru_cache
from typing import NamedTuple

from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.packs import kinds
from gongzhi.packs import queries as packs
from gongzhi.packs.contents import Confidence
from gongzhi.packs.laws import region_of
from gongzhi.packs.schedule_contents import Schedule, SchedulesPack

_MODES = {"calendar": "calendar", "rolling_3_months": "from_last"}


class Ruled(NamedTuple):
    """One rule and the pack version that it stands in."""

    rule: Schedule
    pack: SchedulesPack
    reference: str

    @property
    def confidence(self) -> Confidence:
        return self.rule.confidence or self.pack.confidence

    @property
    def basis(self) -> str:
        """Source and article in one line."""
        source, article = self.rule.source or self.pack.source, self.rule.article or self.pack.article
        return f"{source} {article}".strip()


def rules_in_use(on: dt.date) -> list[Ruled]:
    """Every rule that is in force on a day for the active model, by pack and place in it."""
    try:
        model = packs.active_model().name
    except Refused:
        return []
    return [
        Ruled(rule, content, reference)
        for content, reference in kinds.kinds_in_force("schedules", SchedulesPack, on).values()
        if not content.models or model in content.models
        for rule in content.schedules
    ]


def counted_at(rule: Schedule, path: str, on: dt.date) -> str:
    """How the periods of a rule are counted at a place: where the rule leaves it to a law, as the one in force says."""
    name, _, code = rule.counted_by.partition("#")
    if not code:
        return rule.counted
    try:
        said = packs.law_at(name, region=region_of(path), on=on).rules.get(code)
    except NotFound:
        return rule.counted
    mode = said.params.get("quarter_mode") if said else None
    return _MODES.get(str(mode), rule.counted)


@lru_cache(maxsize=64)
def _rules_of(reference: str) -> dict[str, Ruled]:
    """A version never changes: read once a process."""
    content = packs.pack_by_reference(reference)
    assert isinstance(content, SchedulesPack)  # noqa: S101 - only schedules make duties
    return {rule.code: Ruled(rule, content, reference) for rule in content.schedules}


def rule_of(reference: str, code: str) -> Ruled:
    """The rule as it stood in the version that made a duty; raises NotFound `unknown_pack`."""
    found = _rules_of(reference).get(code)
    if found is None:
        raise NotFound("unknown_pack", N_("没有装过 {reference}。"), reference=f"{reference}#{code}")
    return found
