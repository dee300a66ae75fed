"""认捐 how far a pledge is fulfilled. Pure."""

from gongzhi.common.text import N_

PLEDGES = ("pledge", "in_kind", "investment")
STATUS_WORDS = {
    "promised": N_("说好了"),
    "committed": N_("定下来了"),
    "part": N_("兑现一部分"),
    "whole": N_("兑现了"),
}


def status(state: str, amount: int | None, paid: int) -> str:
    """A thing is fulfilled when it was brought; money when all of it came."""
    if state != "paid":
        return state
    return "whole" if amount is None or paid >= amount else "part"


def left(state: str, amount: int | None, paid: int) -> int:
    """What is still to come, in fen; never below nothing."""
    return max((amount or 0) - paid, 0) if status(state, amount, paid) != "whole" else 0
