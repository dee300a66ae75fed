"""并案: which two cases may be one. Pure."""

from dataclasses import dataclass

from gongzhi.cases.rules.moves import BEFORE_ANSWER
from gongzhi.cases.rules.privacy import PRIVATE
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_

# A case may be joined while it is worked on, put off or waits for its check; not once its reporters were asked.
MAIN_STATES = (*BEFORE_ANSWER, "deferred", "answered")


@dataclass(frozen=True, slots=True)
class Side:
    """What the rules look at: `below` counts the cases merged into it, `about` and `unit` are bodies."""

    number: str
    status: str
    privacy: str = "named"
    main: str = ""
    below: int = 0
    about: int | None = None
    unit: int | None = None


def check_merge(case: Side, main: Side) -> None:
    """May `case` join `main`? Raises Refused `same_case`, `main_closed`, `main_merged`, `already_merged`, `has_merged`,
    `merge_confidential`, `about_itself`.
    """
    if case.number == main.number:
        raise Refused("same_case", N_("这是同一件。请选另一件。"), field="into")
    if case.main:
        raise Refused("already_merged", N_("这一件已经并入 {main}。要换，请先拆开。"), main=case.main)
    if main.main:
        facts = {"number": main.number, "main": main.main}
        raise Refused("main_merged", N_("{number} 已经并入 {main}。请并到 {main}。"), **facts)
    if case.below:
        raise Refused("has_merged", N_("这一件下面还并着 {count} 件。请反过来并，或先拆开。"), count=case.below)
    if main.status not in MAIN_STATES:
        raise Refused(
            "main_closed", N_("{number} 已经办完，不能再并。请按新的一件办，也好看出是不是又坏了。"), number=main.number
        )
    if {case.privacy, main.privacy} & set(PRIVATE):
        raise Refused("merge_confidential", N_("保密的事不和别的并。请分开办。"))
    if case.about is not None and case.about == main.unit:
        message = N_("其中一件反映的就是办 {number} 的单位，不能并。请分开办。")
        raise Refused("about_itself", message, number=main.number)
