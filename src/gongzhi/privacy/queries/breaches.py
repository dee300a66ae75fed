"""Reads for breaches: the steps of the law, what is left of them, whom they concern."""

import uuid
from collections.abc import Sequence

from gongzhi.cases.models import Case, CaseEvent, Reporter
from gongzhi.common.text import N_
from gongzhi.privacy.queries.rights import answers_of

# 个人信息保护法 57: remedies, harm, telling the authority and the persons concerned.
STEPS = {
    "contain": N_("采取补救措施"),
    "risk": N_("判断风险和危害"),
    "authority": N_("通知主管部门"),
    "persons": N_("通知本人"),
}


def is_drill(case: Case) -> bool:
    """演练: nobody real is told."""
    return answers_of(case).get("drill") == "yes"


def steps_left(case: Case) -> list[str]:
    done = set(CaseEvent.objects.filter(case=case, move="step").values_list("facts__step", flat=True))
    return [step for step in STEPS if step not in done]


def persons_of(numbers: Sequence[str]) -> list[uuid.UUID]:
    """Who raised these cases and has an account."""
    rows = Reporter.objects.filter(case__number__in=list(numbers), person__isnull=False)
    return sorted(set(rows.values_list("person_id", flat=True)), key=str)
