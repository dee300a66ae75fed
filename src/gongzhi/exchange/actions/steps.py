"""One step of a claim: its state, the time it holds, the trail and the news of it, always together."""

import datetime as dt

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor
from gongzhi.common.text import mask_personal_numbers
from gongzhi.exchange import rules
from gongzhi.exchange.models import Claim, Fulfilment, Slot
from gongzhi.notifications.actions import emit


def happened(
    claim: Claim, step: str, *, by: Actor, at: dt.datetime, note: str = "", next_at: dt.datetime | None = None
) -> Fulfilment:
    """The claim is saved with its state and when the clock looks at it again; a time no longer needed is let go.

    Raises Conflict `not_now` where the step is a move that the state does not take.
    """
    before = claim.state
    if step in rules.MOVES[claim.state]:
        claim.state = rules.MOVES[claim.state][step]
    elif step not in rules.BESIDE:
        rules.moved(rules.MOVES, claim.state, step)
    claim.next_at = next_at
    claim.save(update_fields=["state", "next_at", "starts_at", "ends_at", "paid", "key", "words"])
    if claim.state not in rules.HOLDING:
        Slot.objects.filter(claim=claim, let_go_at__isnull=True).update(let_go_at=at)
    made = Fulfilment(claim=claim, step=step, state=claim.state, at=at)
    made.by_id = by.person_id
    made.note = mask_personal_numbers(" ".join(note.split()))[: rules.LONGEST_STEP]
    made.save(force_insert=True)
    changes = {"state": [before, claim.state]}
    record(by=by, at=at, action=f"exchange.{step}", subject=claim.reference, changes=changes)
    emit("claim.moved", {"number": claim.number, "step": step, "state": claim.state, "at": at.isoformat()}, at=at)
    return made
