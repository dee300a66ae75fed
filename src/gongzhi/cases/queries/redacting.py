"""Whose photos may be covered by whom."""

import uuid

from gongzhi.cases.models import Case
from gongzhi.cases.queries.reading import may_read_words
from gongzhi.common.access import Actor, allows
from gongzhi.common.errors import Forbidden, NotFound
from gongzhi.common.text import N_
from gongzhi.documents.models import Media, MediaKind
from gongzhi.documents.queries import evidence_of


def may_redact(actor: Actor, case: Case) -> bool:
    """Who handles, checks or dispatches the case and may read its words."""
    handles = case.unit_id is not None and allows(actor, "cases.handle", organization_id=case.unit_id)
    near = any(allows(actor, name, path=case.path) for name in ("cases.verify", "cases.dispatch"))
    return (handles or near) and may_read_words(actor, case)


def check_redactor(actor: Actor, case: Case) -> None:
    """Raises Forbidden `not_your_photo`."""
    if not may_redact(actor, case):
        raise Forbidden("not_your_photo", N_("照片由办这件事、核查或分拨的人来遮。"))


def photo_of(case: Case, media_id: uuid.UUID) -> Media:
    """One photo of the case; NotFound for another's."""
    for row in evidence_of([case.reference]):
        if row.media_id == media_id and row.media.kind == MediaKind.IMAGE and row.media.erased_at is None:
            return row.media
    raise NotFound("media_not_found", N_("没有这张照片，或者它不给您看。"))
