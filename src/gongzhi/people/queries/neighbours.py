"""邻长: whose door is looked after by whom. The slip handed in at the door opens the contact; nobody's home is kept.

A slip's code is derived from the mandate and the dwelling: it opens nothing else, and dies with the mandate.
"""

import datetime as dt
import hmac
from typing import NamedTuple

from gongzhi.common.access import Actor, require
from gongzhi.common.errors import NotFound
from gongzhi.common.ids import readable_code
from gongzhi.common.text import N_
from gongzhi.people import vault
from gongzhi.people.models import Mandate
from gongzhi.people.queries import in_force
from gongzhi.people.rules import VOLUNTEER_ROLES
from gongzhi.places.models import Place


class Slip(NamedTuple):
    """What is printed for one door."""

    code: str
    name: str
    word: str


def _word(mandate: Mandate, dwelling: str) -> str:
    return readable_code(vault.keyring().derive("neighbour-slip"), f"{mandate.pk}:{dwelling}")


def slips_of(actor: Actor, mandate: Mandate) -> list[Slip]:
    """The slips to hand in at the doors; for the lead and for who appoints. Raises Forbidden."""
    if actor.person_id != mandate.person_id:
        require(actor, "people.manage", path=mandate.post.place.path)
    names = dict(
        Place.objects.current().filter(kind="dwelling", code__in=mandate.households).values_list("code", "name")
    )
    return [Slip(code, names.get(code, ""), _word(mandate, code)) for code in mandate.households if code in names]


def lead_of(dwelling: str, word: str, on: dt.date) -> Mandate:
    """The lead of a door, for who holds its slip. A wrong word and an unknown door are one answer: NotFound."""
    rows = Mandate.objects.filter(
        in_force(on), in_force(on, "post__"), post__role__in=VOLUNTEER_ROLES, households__contains=[dwelling]
    )
    for mandate in rows.select_related("post__place", "person"):
        if hmac.compare_digest(_word(mandate, dwelling), word):
            return mandate
    raise NotFound("unknown_slip", N_("门牌代码和卡上的字对不上。请照着邻长给的卡再输一次。"))
