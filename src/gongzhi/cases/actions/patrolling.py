"""巡查发现: what somebody on the round saw becomes a case at once. Places and matters; no person is ever recorded."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from gongzhi.cases import queries
from gongzhi.cases.actions.reporting import report_case
from gongzhi.cases.rules.channels import SPOKEN
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_, tidy
from gongzhi.documents.actions import Upload
from gongzhi.packs import queries as packs

CHANNEL, FALLBACK = "finding", "grid"


@transaction.atomic
def report_finding(
    *,
    by: Actor,
    at: dt.datetime,
    place_code: str,
    text: str,
    category: str = "",
    photos: Sequence[Upload] = (),
    sound: Upload | None = None,
) -> dict[str, Any]:
    """A finding of the round as a case of the channel for findings; with words, a voice note, or both.

    Raises Forbidden outside the actor's grids, Refused `missing_words`, and what report_case and the media raise.
    """
    where = queries.locate(place_code=place_code)
    require(by, "cases.report_for", path=where.path)
    text = tidy(text)
    if not text and sound is None:
        raise Refused("missing_words", N_("写一句，或者录一段。"), field="text")
    channel = CHANNEL if packs.active_model().channel(CHANNEL) else FALLBACK
    return report_case(
        by=by, at=at, text=text or SPOKEN, where=where, channel=channel, category=category, photos=photos, sound=sound
    )
