"""区划调整撤销: a whole batch put back as it was, while nobody has built on it since."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from gongzhi.audit import actions as audit
from gongzhi.audit.imports import keys_of, pointing_to, refuse_held
from gongzhi.audit.models import Entry
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import NotFound
from gongzhi.common.registry import carry_back
from gongzhi.common.text import N_
from gongzhi.places import sql
from gongzhi.places.actions.changing import PERMISSION, _changed
from gongzhi.places.models import Place, PlaceVersion

CHANGED, UNDONE = "places.change_boundaries", "places.undo_boundaries"
_PIECE, _TOLD = 5_000, 20


@transaction.atomic
def undo_boundaries(*, by: Actor, at: dt.datetime, reference: str) -> int:
    """Names, parents, numbers and what went along as they were before; returns how many places changed back.

    Raises Forbidden, NotFound `unknown_boundary_change`, Refused `import_in_use` with `needs`.
    """
    entry = Entry.objects.filter(subject=reference, action=CHANGED).order_by("-id").first()
    if entry is None or "back" not in entry.changes:
        raise NotFound("unknown_boundary_change", N_("没有这次区划调整。"))
    require(by, PERMISSION, path=entry.changes["root"])
    back = entry.changes["back"]
    versions = keys_of(back["versions"])
    changed = list(PlaceVersion.objects.filter(pk__in=versions).values_list("place_id", flat=True))
    refuse_held(_built_on(entry, [*changed, *back["made"], *back["ended"]], max(versions, default=0)))
    gone = tuple(Place.objects.filter(pk__in=back["made"]).values_list("path", flat=True))
    sql.run(sql.PUT_BACK, {"versions": versions})
    PlaceVersion.objects.filter(pk__in=versions).delete()
    Place.objects.filter(pk__in=back["ended"]).update(valid_to=None)
    carry_back(back["kept"], back["moves"], gone)
    refuse_held(pointing_to({"places.Place": back["made"]}))
    for first in range(0, len(back["made"]), _PIECE):
        Place.objects.filter(pk__in=back["made"][::-1][first : first + _PIECE]).delete()
    _changed()
    audit.record(by=by, at=at, action=UNDONE, subject=reference, changes={"removed": len(back["made"])})
    return len(changed) + len(back["made"]) + len(back["ended"])


def _built_on(entry: Entry, places: list[int], last_version: int) -> list[str]:
    """What was done since to the places of the batch, in words."""
    found: list[str] = []
    root = entry.changes["root"]
    for later in Entry.objects.filter(id__gt=entry.pk, action=CHANGED).order_by("id"):
        undone = Entry.objects.filter(subject=later.subject, action=UNDONE).exists()
        if not undone and (later.changes["root"].startswith(root) or root.startswith(later.changes["root"])):
            found.append(gettext(N_("{day} 又调整过区划，先撤销那一次")).format(day=later.changes["on"]))
    for first in range(0, len(places), _PIECE):
        if len(found) < _TOLD:
            found += _changed_since(entry.pk, places[first : first + _PIECE], last_version)
    return found[:_TOLD]


def _changed_since(entry: int, places: list[int], last_version: int) -> list[str]:
    names: dict[int, Any] = dict(Place.objects.filter(pk__in=places).values_list("pk", "name"))
    references = [f"place:{place}" for place in places]
    told = Entry.objects.filter(subject__in=references, id__gt=entry, action__startswith="places.")
    since = {int(subject.removeprefix("place:")) for subject in told.values_list("subject", flat=True)}
    later = PlaceVersion.objects.filter(place__in=places, pk__gt=last_version)
    since |= set(later.values_list("place_id", flat=True))
    return [gettext(N_("{name}：调整以后又改过")).format(name=names[place]) for place in sorted(since)[:_TOLD]]
