"""人民调解: where a mediation stands, read from its own steps; what each step needs. Pure.

人民调解法 4 (free), 17 (a refusal ends it), 19 (who mediates), 25 (danger is reported), 26 (other ways are told),
28–30 (when an agreement holds), 31 (follow-up), 33 (thirty days to ask a court together).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_

# The one who asked, and the other side; never a name.
SIDES = ("asking", "other")
FORMS = ("written", "oral")
COURT = ("applied", "confirmed", "rejected", "waived")
# 人民调解法 29: what an agreement says, each with what is asked for.
AGREEMENT = {
    "parties": N_("还没写双方当事人的基本情况。"),
    "facts": N_("还没写主要事实、争的是什么、各有什么责任。"),
    "content": N_("还没写协议内容、怎么履行、什么时候履行。"),
}
SIGNED = {
    "parties_signed": N_("双方还没签名、盖章或按指印。"),
    "mediator_signed": N_("调解员还没签名。"),
    "sealed": N_("还没盖人民调解委员会的印章。"),
}


@dataclass(frozen=True, slots=True)
class Mediation:
    """What has been done: who agreed to talk, who mediates, how often they met, what came of it."""

    consents: frozenset[str] = frozenset()
    mediators: tuple[str, ...] = ()
    sessions: int = 0
    warned: bool = False
    form: str = ""
    agreed_at: str = ""
    court: str = ""
    follow_ups: int = 0
    ended: str = ""
    missing: tuple[str, ...] = field(default=())

    @property
    def may_talk(self) -> bool:
        return not self.missing


def read_mediation(steps: Iterable[tuple[str, Mapping[str, Any]]]) -> Mediation:
    """From (move, facts) of the timeline, oldest first; a reopened case starts its talks anew."""
    consents: set[str] = set()
    mediators: list[str] = []
    counted = {"session": 0, "warn": 0, "follow_up": 0}
    form = agreed_at = court = ended = ""
    for move, facts in steps:
        if move == "reopen":
            consents, mediators, form, agreed_at, court, ended = set(), [], "", "", "", ""
        elif move == "consent":
            consents.add(str(facts["side"]))
        elif move == "mediate":
            mediators = [*(one for one in mediators if one != facts["mediator"]), str(facts["mediator"])]
        elif move == "agree":
            form, agreed_at, ended = str(facts["form"]), str(facts["agreed_at"]), "agreed"
        elif move == "judicial":
            court = str(facts["court"])
        elif move in ENDED:
            ended = ENDED[move]
        if move in counted:
            counted[move] += 1
    missing = tuple(side for side in SIDES if side not in consents) + (() if mediators else ("mediator",))
    return Mediation(
        frozenset(consents), tuple(mediators), counted["session"], counted["warn"] > 0, form, agreed_at, court,
        counted["follow_up"], ended, missing,
    )  # fmt: skip


ENDED = {"decline_talk": "refused", "withdraw_talk": "refused", "end_talk": "failed"}


def check_side(side: str) -> str:
    if side not in SIDES:
        raise Refused("unknown_side", N_("请选是哪一方。"), field="side")
    return side


def check_may_talk(mediation: Mediation) -> None:
    """Both sides agreed, somebody mediates (17, 19). Raises Conflict `not_both_willing` or `no_mediator`."""
    if set(mediation.missing) & set(SIDES):
        raise Conflict("not_both_willing", N_("要双方都愿意才能调解。请先记下双方的同意。"), missing=mediation.missing)
    if not mediation.mediators:
        raise Conflict("no_mediator", N_("还没有调解员。请先由一位调解员接手，并声明没有利害关系。"))


def check_mediator(*, person: str, parties: Iterable[str], declared: bool, about_own_unit: bool) -> None:
    """利害关系: not a party, not of the body complained of, and so declared.

    Raises Refused `conflict_of_interest` or `not_declared`.
    """
    if person in parties or about_own_unit:
        raise Refused("conflict_of_interest", N_("您是当事一方，或在被反映的单位任职，不能调解这件事。请换一位。"))
    if not declared:
        raise Refused(
            "not_declared", N_("请先声明：和双方没有亲属关系、利害关系。有的，请换一位调解员。"), field="declared"
        )


def check_agreement(given: Mapping[str, str], form: str, signed: Mapping[str, bool]) -> None:
    """The fields of art. 29, and for a written one the signatures and the seal that make it hold.

    Raises Refused `unknown_form`, `missing_parties`, `missing_facts`, `missing_content`, `missing_…signed`,
    `missing_sealed`.
    """
    if form not in FORMS:
        raise Refused("unknown_form", N_("请选书面协议还是口头协议。"), field="form")
    for name, words in AGREEMENT.items():
        if not given.get(name, "").strip():
            raise Refused(f"missing_{name}", words, field=name)
    for name, words in SIGNED.items() if form == "written" else ():
        if not signed.get(name):
            raise Refused(f"missing_{name}", words, field=name)

