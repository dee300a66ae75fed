"""代表会议由谁组成: how many of its members are delegates, and how many of those are women (村组法 第25条).

Only how many: who is a woman is nowhere kept.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gongzhi.ballots.electorates import RESIDENTS, VILLAGE, law_of
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.engines.thresholds import Standing, Threshold, standing
from gongzhi.packs.laws import Applied
from gongzhi.people.models import Organization

RULE = "representatives.composition"
LACKS = {
    "representatives": N_(
        "代表会议的组成人员 {members} 位，代表要 {needed} 位以上，现在 {have} 位，还差 {missing} 位（{article}）。"
    ),
    "women": N_(
        "代表会议的组成人员 {members} 位，妇女代表要 {needed} 位以上，现在 {have} 位，还差 {missing} 位（{article}）。"
    ),
}
FIELDS = {"representatives": "committee", "women": "women"}


@dataclass(frozen=True, slots=True)
class Composed:
    """The members of an assembly of delegates: those of the committee, and how many of the delegates are women."""

    members: int
    committee: int = 0
    women: int | None = None

    @property
    def representatives(self) -> int:
        return self.members - self.committee


def composition_basis(composed: Composed, body: Organization, path: str, on: dt.date) -> dict[str, Any]:
    """What the law of the place asks of an assembly so composed, and how it stands; nothing where no law speaks.

    Raises Refused `bad_composition`, `women_missing`, `composition_not_met`.
    """
    if not 0 <= composed.committee <= composed.members or (composed.women or 0) > composed.representatives:
        message = N_("委员会成员和妇女代表的人数，比组织里的人还多。请核对。")
        raise Refused("bad_composition", message, field="committee")
    try:
        law = law_of(RESIDENTS if body.kind == "residents_committee" else VILLAGE, path, on)
    except NotFound:
        return {}
    rule = law.rules.get(RULE)
    if rule is None:
        return {}
    if "women" in rule.params and composed.women is None:
        raise Refused("women_missing", N_("请填其中妇女代表几位。只记人数，不记是谁。"), field="women")
    stands = _standings(rule, composed)
    for key, one in stands.items():
        if not one.met:
            _refuse(key, one, rule)
    inputs = {"members": composed.members, "committee": composed.committee, "women": composed.women}
    computed = {key: one.to_record() for key, one in stands.items()}
    return {"article": _article(rule), "confidence": rule.confidence, **law.record(RULE, inputs, computed)}


def _article(rule: Applied) -> str:
    cite = rule.cites[-1]
    return f"{cite.source}{cite.article}"


def _standings(rule: Applied, composed: Composed) -> Mapping[str, Standing]:
    amounts = {
        "assembly_members": {"heads": composed.members},
        "representatives": {"heads": composed.representatives},
        "women": {"heads": composed.women or 0},
    }
    shares = {key: rule.share(key) for key in FIELDS if key in rule.params}
    return {
        key: standing(Threshold(key, "heads", one.share, one.inclusive, one.of), amounts) for key, one in shares.items()
    }


def _refuse(key: str, stands: Standing, rule: Applied) -> None:
    facts = {"members": stands.base, "needed": stands.bound, "have": stands.reached, "missing": stands.missing}
    raise Refused("composition_not_met", LACKS[key], field=FIELDS[key], article=_article(rule), **facts)
