"""One place: made, renamed, moved, ended, outlined, described. What was stays readable with its dates."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet, TextField, Value
from django.db.models.functions import Concat, Substr

from gongzhi.audit import actions as audit
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.registry import carry_along
from gongzhi.common.text import N_, tidy
from gongzhi.engines import coordinates
from gongzhi.places import locating, rules, sql
from gongzhi.places.models import Kind, Place, PlaceVersion

PERMISSION = "places.change"


def _changed() -> None:
    """Tell every cache: the revision in the database, and this process at once."""
    sql.run(sql.RAISE_REVISION)
    locating.forget()


def _locked(place: Place) -> Place:
    """The row as it is now, held until the end of the transaction. Raises Conflict `place_ended`."""
    row = Place.objects.select_for_update().get(pk=place.pk)
    if row.valid_to is not None:
        raise Conflict("place_ended", N_("{name}已经撤销，不能再改。"), name=row.name)
    return row


def _named(name: str) -> str:
    if not (clean := tidy(name).replace("\n", " ")):
        raise Refused("place_needs_name", N_("地点要有名称。请填上。"))
    return clean


@transaction.atomic
def add_place(
    *,
    by: Actor,
    at: dt.datetime,
    kind: str,
    code: str,
    name: str,
    parent: Place | None = None,
    level: str = "",
    civil_code: str = "",
    valid_from: dt.date | None = None,
    longitude: float | None = None,
    latitude: float | None = None,
    crs: str = "wgs84",
    polygon: dict[str, Any] | None = None,
    households: int | None = None,
    target_households: int | None = None,
    facets: list[str] | None = None,
    features: dict[str, Any] | None = None,
) -> Place:
    """Make a place below another; only a model or the house itself makes one at the root.

    Raises Forbidden, Refused `bad_place_code`, `place_needs_name`, `bad_outline`, Conflict `place_code_taken`.
    """
    require(by, PERMISSION, path=parent.path if parent else "/")
    _check_code(kind, code)
    place = Place(
        kind=kind,
        level=level,
        code=code,
        civil_code=civil_code,
        name=_named(name),
        parent=parent,
        path=rules.path_in(parent.path if parent else "", code),
        valid_from=valid_from,
        households=households,
        target_households=target_households,
        facets=facets or [],
        features=features or {},
    )
    _set_where(place, polygon, longitude, latitude, crs)
    place.save()
    _changed()
    changes = {"code": code, "kind": kind, "parent": parent.reference if parent else ""}
    audit.record(by=by, at=at, action="places.add_place", subject=place.reference, changes=changes)
    return place


def _check_code(kind: str, code: str) -> None:
    if not code or "/" in code or code != code.strip() or len(code) > 64:
        raise Refused("bad_place_code", N_("地点代码 1 到 64 个字，不带斜线，前后没有空格。"))
    if Place.objects.current().filter(kind=kind, code=code).exists():
        raise Conflict("place_code_taken", N_("代码 {place} 已经有了。请换一个。"), place=code)


def _set_where(
    place: Place,
    polygon: dict[str, Any] | None,
    longitude: float | None,
    latitude: float | None,
    crs: str,
) -> None:
    if crs not in coordinates.CRS_NAMES:
        raise Refused("unknown_crs", N_("坐标系要是其中一个：{names}。"), names="、".join(coordinates.CRS_NAMES))
    if (longitude is None) != (latitude is None):
        raise Refused("bad_point", N_("位置要经度和纬度两个数。请重新选点。"))
    if polygon is not None:
        rules.check_outline(polygon)
        place.polygon = coordinates.convert_geometry(polygon, crs, "wgs84")
    if longitude is not None and latitude is not None:
        place.longitude, place.latitude = coordinates.to_wgs84(longitude, latitude, crs)


def _state_since(place: Place) -> dt.date | None:
    """The first day of the name and parent that the place has now."""
    last = PlaceVersion.objects.filter(place=place).aggregate(last=Max("valid_to"))["last"]
    return last or place.valid_from


def _keep_state(place: Place, on: dt.date) -> None:
    """Write down the state that ends on a date. Raises Refused `ends_before_it_begins`."""
    since = _state_since(place)
    rules.check_span(since, on)
    _version_of(place, since, on).save()


def _version_of(place: Place, since: dt.date | None, on: dt.date) -> PlaceVersion:
    return PlaceVersion(
        place=place,
        name=place.name,
        parent_id=place.parent_id,
        path=place.path,
        households=place.households,
        features=place.features,
        valid_from=since,
        valid_to=on,
    )


@transaction.atomic
def rename_place(*, by: Actor, at: dt.datetime, place: Place, name: str, on: dt.date) -> Place:
    """Give a place another name from a date on; the old name stays valid for the days before.

    Raises Forbidden, Conflict `place_ended`, Refused `place_needs_name`, `ends_before_it_begins`.
    """
    require(by, PERMISSION, path=place.path)
    row, clean = _locked(place), _named(name)
    if clean == row.name:
        return row
    _keep_state(row, on)
    changes = {"name": [row.name, clean], "on": on.isoformat()}
    row.name = clean
    row.save(update_fields=["name"])
    _changed()
    audit.record(by=by, at=at, action="places.rename_place", subject=row.reference, changes=changes)
    return row


@transaction.atomic
def move_place(*, by: Actor, at: dt.datetime, place: Place, parent: Place, on: dt.date) -> Place:
    """Put a place, with all that lies in it, under another parent from a date on.

    Needs the permission over the old and the new parent. Raises Forbidden, Conflict `place_ended`,
    Refused `place_in_itself`, `ends_before_it_begins`.
    """
    require(by, PERMISSION, path=place.path)
    require(by, PERMISSION, path=parent.path)
    row, target = _locked(place), _locked(parent)
    if target.path.startswith(row.path):
        raise Refused("place_in_itself", N_("{name}不能放进它自己的下级。请另选上级。"), name=row.name)
    if row.parent_id == target.pk:
        return row
    changes = {"parent": [f"place:{row.parent_id}", target.reference], "on": on.isoformat()}
    _carry_in(row, target, on, at)
    row.refresh_from_db()
    _changed()
    audit.record(by=by, at=at, action="places.move_place", subject=row.reference, changes=changes)
    return row


def _carry_in(row: Place, target: Place, on: dt.date, at: dt.datetime) -> None:
    """Put a place with all below it into another parent; open work goes along."""
    whole = Place.objects.filter(path__startswith=row.path).select_for_update()
    _keep_states(whole.exclude(valid_to__isnull=False), on)
    path = rules.path_in(target.path, row.code)
    _repath(whole, row.path, path)
    Place.objects.filter(pk=row.pk).update(parent=target)
    carry_along({row.path: path}, at)


def _keep_states(places: QuerySet[Place], on: dt.date) -> None:
    """`_keep_state` for a subtree in two statements; one that changed on the same day keeps its older state."""
    since: dict[int, dt.date] = dict(
        PlaceVersion.objects.filter(place__in=places).values_list("place").annotate(last=Max("valid_to"))
    )
    versions = []
    for place in places:
        begun = since.get(place.pk) or place.valid_from
        rules.check_span(begun, on)
        versions.append(_version_of(place, begun, on))
    PlaceVersion.objects.bulk_create(versions, batch_size=2000)


def _repath(places: QuerySet[Place], old: str, new: str) -> None:
    places.update(path=Concat(Value(new), Substr("path", len(old) + 1), output_field=TextField()))


@transaction.atomic
def merge_places(*, by: Actor, at: dt.datetime, place: Place, into: Place, on: dt.date) -> Place:
    """A place goes up in another of its kind and level: what lay in it goes there, its households are added, it ends.

    Raises Forbidden, Conflict `place_ended`, Refused `merge_unlike`, `place_in_itself`, `ends_before_it_begins`.
    """
    require(by, PERMISSION, path=place.path)
    require(by, PERMISSION, path=into.path)
    row, target = _locked(place), _locked(into)
    if row.pk == target.pk or target.path.startswith(row.path) or row.path.startswith(target.path):
        raise Refused("place_in_itself", N_("{name}不能放进它自己的下级。请另选上级。"), name=row.name)
    if (row.kind, row.level) != (target.kind, target.level):
        message = N_("{name}和{other}不是同一级的，不能合并。请选同一级的。")
        raise Refused("merge_unlike", message, name=row.name, other=target.name)
    rules.check_span(_state_since(row), on)
    for child in Place.objects.current().filter(parent=row).select_for_update():
        _carry_in(child, target, on, at)
    if row.households is not None and target.households is not None:
        _keep_state(target, on)
        target.households += row.households
        target.save(update_fields=["households"])
    row.valid_to = on
    row.save(update_fields=["valid_to"])
    carried = carry_along({row.path: target.path}, at)
    _changed()
    counts = {word: count for one in carried.values() for word, count in one.counts.items()}
    changes = {"into": target.reference, "on": on.isoformat(), "carried": counts}
    audit.record(by=by, at=at, action="places.merge_places", subject=row.reference, changes=changes)
    audit.link(by=by, at=at, source=row.reference, relation="became", target=target.reference)
    return target


@transaction.atomic
def end_place(*, by: Actor, at: dt.datetime, place: Place, on: dt.date) -> Place:
    """A place is no more from a date on; what lay in it must have gone elsewhere or ended before.

    Raises Forbidden, Conflict `place_ended`, `place_not_empty`, Refused `ends_before_it_begins`.
    """
    require(by, PERMISSION, path=place.path)
    row = _locked(place)
    rules.check_span(_state_since(row), on)
    if inside := Place.objects.current().filter(parent=row).count():
        raise Conflict(
            "place_not_empty",
            N_("{name}里还有 {count} 个地点。先把它们移走或撤销。"),
            name=row.name,
            count=inside,
        )
    row.valid_to = on
    row.save(update_fields=["valid_to"])
    _changed()
    audit.record(by=by, at=at, action="places.end_place", subject=row.reference, changes={"on": on.isoformat()})
    return row


@transaction.atomic
def change_outline(
    *,
    by: Actor,
    at: dt.datetime,
    place: Place,
    polygon: dict[str, Any] | None = None,
    longitude: float | None = None,
    latitude: float | None = None,
    crs: str = "wgs84",
) -> Place:
    """Set the outline, the point, or both; positions may come in any known system and are stored as WGS-84.

    Raises Forbidden, Conflict `place_ended`, Refused `bad_outline`, `outline_too_fine`, `unknown_crs`, `bad_point`.
    """
    require(by, PERMISSION, path=place.path)
    row = _locked(place)
    _set_where(row, polygon, longitude, latitude, crs)
    row.save(update_fields=["polygon", "longitude", "latitude"])
    _changed()
    changes = {"outline": polygon is not None, "point": longitude is not None, "crs": crs}
    audit.record(by=by, at=at, action="places.change_outline", subject=row.reference, changes=changes)
    return row


@transaction.atomic
def set_features(
    *,
    by: Actor,
    at: dt.datetime,
    place: Place,
    features: dict[str, Any] | None = None,
    facets: list[str] | None = None,
    households: int | None = None,
    target_households: int | None = None,
) -> Place:
    """Describe a place; what is not given stays. Features are merged, facets replaced.

    Raises Forbidden, Conflict `place_ended`, Refused `computed_facet`.
    """
    require(by, PERMISSION, path=place.path)
    if facets is not None and {"three_without", "partly_without", "三无"} & set(facets):
        raise Refused("computed_facet", N_("三无由物业、责任单位、防范三项算出来，不用手填。"))
    row = _locked(place)
    given = {"facets": facets, "households": households, "target_households": target_households}
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if features is not None:
        changes["features"] = {**row.features, **features}
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))
    _changed()
    audit.record(by=by, at=at, action="places.set_features", subject=row.reference, changes=changes)
    return row


@transaction.atomic
def set_civil_code(
    *,
    by: Actor,
    at: dt.datetime,
    place: Place,
    civil_code: str,
    civil_parent: Place | None = None,
) -> Place:
    """Record the civil-affairs code and who administers a region, where that differs from the statistics.

    Raises Forbidden, Conflict `place_ended`, Refused `bad_civil_code`.
    """
    require(by, PERMISSION, path=place.path)
    if civil_code and (not civil_code.isdigit() or len(civil_code) not in (6, 9, 12)):
        raise Refused("bad_civil_code", N_("民政代码是 6、9 或 12 位数字。请核对。"))
    row = _locked(place)
    if row.kind != Kind.REGION:
        raise Refused("bad_civil_code", N_("只有行政区域有民政代码。"))
    row.civil_code, row.civil_parent = civil_code, civil_parent
    row.save(update_fields=["civil_code", "civil_parent"])
    _changed()
    changes = {"civil_code": civil_code, "civil_parent": civil_parent.reference if civil_parent else ""}
    audit.record(by=by, at=at, action="places.set_civil_code", subject=row.reference, changes=changes)
    return row
