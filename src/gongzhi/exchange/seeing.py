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
    return claims.takes(actor, claim) or claims.gives(actor, claim) or queries.may_read(actor, claim)
