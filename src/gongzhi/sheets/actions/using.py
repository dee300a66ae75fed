"""A definition that is used is kept as it was; the same version with other words is refused."""

import datetime as dt

from django.db import transaction

from gongzhi.audit import actions as audit
from gongzhi.common.access import Actor
from gongzhi.common.errors import Conflict
from gongzhi.common.text import N_
from gongzhi.sheets.models import Indicator
from gongzhi.sheets.queries.definitions import Defined


@transaction.atomic
def use_definition(*, by: Actor, at: dt.datetime, defined: Defined) -> Indicator:
    """The frozen row of a definition; made on first use. Raises Conflict `definition_changed`."""
    row, new = Indicator.objects.get_or_create(
        code=defined.code,
        version=defined.entry.version,
        defaults={
            "pack": defined.reference,
            "definition": defined.as_json(),
            "digest": defined.digest,
            "used_at": at,
        },
    )
    if row.digest != defined.digest:
        message = N_("指标 {indicator} 第 {version} 版已经用过，口径不能再改。请在模式包里给它一个新的 version。")
        raise Conflict("definition_changed", message, indicator=row.code, version=row.version)
    if new:
        changes = {"pack": defined.reference, "digest": defined.digest}
        audit.record(by=by, at=at, action="sheets.use_definition", subject=row.reference[:80], changes=changes)
    return row
