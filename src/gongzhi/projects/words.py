"""Opening and sealing what residents say at the acceptance, under the project's own key."""

import json

from gongzhi.common import sealing
from gongzhi.common.sealing import Unreadable
from gongzhi.people import vault
from gongzhi.projects.models import Acceptance, Project


def _context(project: Project) -> str:
    return f"project:{project.pk}:acceptance"


def seal_reason(project: Project, reason: str) -> bytes:
    """Nothing said stays empty."""
    if not reason:
        return b""
    said = json.dumps({"reason": reason}, ensure_ascii=False).encode()
    return sealing.seal(vault.open_key(project.key), said, _context(project))


def reasons_of(project: Project) -> list[str]:
    """What those who are not satisfied said in this round, without who; for whoever runs the project."""
    rows = Acceptance.objects.filter(project=project, round=project.round, satisfied=False, person__isnull=False)
    try:
        key = vault.open_key(project.key)
    except Unreadable:
        return []
    found = [sealing.unseal(key, bytes(row.words), _context(project)) for row in rows.order_by("at") if row.words]
    return [str(json.loads(one)["reason"]) for one in found]
