"""遮挡照片: staff cover faces, plates and door numbers by rectangle; everybody sees the covered photo from then on."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.cases import queries
from gongzhi.cases.models import Case
from gongzhi.cases.queries.redacting import check_redactor, photo_of
from gongzhi.common.access import Actor
from gongzhi.documents.actions import redact_photo, uncover_photo
from gongzhi.documents.photos import Area


@transaction.atomic
def redact_case_photo(
    *, by: Actor, at: dt.datetime, number: str, media_id: uuid.UUID, areas: Sequence[Area]
) -> Case:
    """Cover areas (left, top, right, bottom as parts) of one photo of the case."""
    case = queries.get_case_for(by, number)
    check_redactor(by, case)
    redact_photo(by=by, at=at, media=photo_of(case, media_id), areas=areas)
    changes = {"media": str(media_id), "areas": len(areas)}
    record(by=by, at=at, action="cases.redact_photo", subject=case.reference, changes=changes)
    return case


@transaction.atomic
def uncover_case_photo(*, by: Actor, at: dt.datetime, number: str, media_id: uuid.UUID, reason: str) -> Case:
    """撤回遮盖: the last covering was wrong; what was under it is shown again. Raises as covering, and Refused."""
    case = queries.get_case_for(by, number)
    check_redactor(by, case)
    uncover_photo(by=by, at=at, media=photo_of(case, media_id), reason=reason)
    record(by=by, at=at, action="cases.uncover_photo", subject=case.reference, changes={"media": str(media_id)})
    return case
