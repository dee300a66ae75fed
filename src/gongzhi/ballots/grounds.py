"""By what a vote is decided: the rule of an owners' decision, read from the law packs in force at the place."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gongzhi.ballots import rules
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.engines.thresholds import Requirement
from gongzhi.engines.voting.rules import Proxies, Rule, Ties
from gongzhi.packs import queries as packs
from gongzhi.packs.laws import Applied, InForce, region_of

OWNERS = "cn.owners.decisions"
VILLAGE = "cn.village"


@dataclass(frozen=True, slots=True)
class Ground:
    """By what it is decided, and what that does; `system`: where the law of the place sends online votes."""

    rule: Rule
    basis: Mapping[str, Any]
    effect: str = "advisory"
    system: str = ""


def owners_law(path: str, on: dt.date) -> InForce:
    """Raises NotFound `no_pack_in_force`."""
    return packs.law_at(OWNERS, region=region_of(path), on=on)


def matters(path: str, on: dt.date) -> list[tuple[str, str]]:
    """What owners decide together (民法典 第278条第一款): code and words of each."""
    found = owners_law(path, on).rules
    return [(code, rule.title) for code, rule in found.items() if code.startswith("matter.")]


def owners_ground(path: str, on: dt.date, matter: str, *, effect: str = "", online: bool = True) -> Ground:
    """The rule of a matter with its article. Raises Refused `bad_matter`, NotFound as `owners_law`."""
    law = owners_law(path, on)
    chosen = law.rules.get(matter) if matter.startswith("matter.") else None
    if chosen is None:
        raise Refused("bad_matter", N_("请选这次表决是哪一项。"), field="matter")
    code = "special" if chosen.params["special"] else "ordinary"
    participation, agreement = law.rule("participation"), law.rule(code)
    cite = agreement.cites[-1]
    rule = rules.resolution_rule(
        cited=(law.name, cite.version, code, f"{cite.source}{chosen.cites[-1].article}；{cite.article}"),
        participation=_needs(participation),
        agreement=_needs(agreement),
        proxies=_proxies(law),
        online=online,
    )
    basis = {
        "matter": {"code": matter, "title": chosen.title},
        "participation": law.record("participation", {}, {}),
        "agreement": law.record(code, {}, {}),
    }
    said = law.rules.get("meeting.online")
    system = str(said.params.get("system", "")) if said else ""
    return Ground(rule, basis, effect or (str(said.params["legal_effect"]) if said else "advisory"), system)


def review_ground(path: str, on: dt.date, *, effect: str) -> Ground:
    """Each representative marks one grade of one member, secretly and on paper (村组法 33): who is in the lead is told,
    what follows is decided by the procedure, from the counts. Raises NotFound `no_pack_in_force`.
    """
    law = packs.law_at(VILLAGE, region=region_of(path), on=on)
    cite = law.rule("review").cites[-1]
    grades = tuple(rules.GRADES)
    rule = Rule(
        law.name,
        cite.version,
        "review",
        f"{cite.source}{cite.article}",
        "approval",
        grades,
        Requirement(),
        Requirement(),
        seats=1,
        secret=True,
        precedence=(rules.ON_PAPER,),
        ties=Ties("order", grades),
    )
    return Ground(rule, {"review": law.record("review", {}, {})}, effect)


def _needs(rule: Applied) -> list[rules.Needs]:
    found = ((measure, rule.share(measure)) for measure in ("heads", "area"))
    return [rules.Needs(measure, share.share, share.inclusive) for measure, share in found]


def _proxies(law: InForce) -> Proxies | None:
    """业主可以委托代理人: written; how many one may carry stands in the local rules, else there is no cap."""
    form = law.rules.get("meeting.form")
    if form is None or not form.params.get("proxy", False):
        return None
    cap = law.rules.get("meeting.proxy")
    most = cap.params.get("most") if cap else None
    return Proxies(int(most) if most is not None else None, holder_on_roll=False)
