"""What the duty list says of one case and one unit, and 准入 that was granted."""

import datetime as dt
from dataclasses import dataclass

from gongzhi.cases.models import Case, CaseEvent
from gongzhi.cases.queries.routing import lineage
from gongzhi.packs import queries as packs
from gongzhi.packs.duty_contents import Duty
from gongzhi.packs.duty_rules import DutyList
from gongzhi.people.models import Organization


@dataclass(frozen=True, slots=True)
class Matter:
    """One case in front of one unit: the line it would work under, and whether a community may be given it."""

    duties: DutyList
    line: Duty | None
    community: bool
    open_line: Duty | None


def matter_of(case: Case, unit: Organization, on: dt.date) -> Matter | None:
    """None where no duty list is in force: then nothing is refused for its sake."""
    level = unit.place.level if unit.place else ""
    return matter_for(case.category, str(unit.features.get("unit_kind", "")), level, on)


def matter_for(category: str, unit_kind: str, level: str, on: dt.date) -> Matter | None:
    duties = packs.duties(on)
    if duties is None:
        return None
    above = lineage(category)
    community = duties.is_community(unit_kind)
    open_line = duties.open_to_community(above)
    line = duties.line_of(above, unit_kind, level) or (open_line if community else None)
    return Matter(duties, line, community, open_line)


def admission_of(case: Case, unit_id: int, at: dt.datetime) -> CaseEvent | None:
    """The 准入 that lets this unit be given this case now; None where there is none or it ran out."""
    found = CaseEvent.objects.filter(case=case, move="admit", facts__unit=unit_id).order_by("-id").first()
    if found is None or dt.datetime.fromisoformat(found.facts["until"]) < at:
        return None
    return found
