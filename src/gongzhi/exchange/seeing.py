"""Who may see the papers of a step: whoever may see the claim that it happened to."""

import uuid

from gongzhi.common.access import Actor
from gongzhi.exchange import queries
from gongzhi.exchange.models import Fulfilment
from gongzhi.exchange.queries import claims


def may_see_step(actor: Actor, identifier: str) -> bool:
    try:
        key = uuid.UUID(identifier)
    except ValueError:
        return False
    step = Fulfilment.objects.select_related("claim__offer", "claim__need").filter(pk=key).first()
    if step is None:
        return False
    claim = step.claim
    if claims.takes(actor, claim) or claims.gives(actor, claim):
        return True
    # What goes with care, advice or a matter is for the two sides; who keeps the place reads it not.
    sealed = claim.offer is not None and queries.kind_of(claim.offer).sealed
    return not sealed and queries.may_read(actor, claim)
