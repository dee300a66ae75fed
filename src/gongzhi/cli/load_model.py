"""Put a shipped model into the instance: packs, places, organizations, relations, posts. Twice changes nothing.

What exists by its code is left as it is, so that a second run, or a run after an interrupted one, only adds what
is missing. Everything below a district that a model brings is 演示数据 and marked so on each place.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext

from gongzhi.common import clock
from gongzhi.common.access import system_actor
from gongzhi.common.errors import Refused
from gongzhi.common.progress import Progress, Silent
from gongzhi.common.text import N_
from gongzhi.packs import actions as packs
from gongzhi.packs import queries as pack_queries
from gongzhi.packs import shipped
from gongzhi.packs.model_bodies import Plan
from gongzhi.packs.model_contents import ModelPack
from gongzhi.packs.model_places import PlaceRow, dwellings_of, read_places
from gongzhi.people import actions as people
from gongzhi.people.models import Organization, Post, Relation
from gongzhi.places import actions as place_actions
from gongzhi.places.models import Place

LOADER = system_actor("load-model")


@dataclass(frozen=True, slots=True)
class Holdings:
    """How much of each there is."""

    places: int
    organizations: int
    relations: int
    posts: int


@dataclass(frozen=True, slots=True)
class ModelLoaded:
    """The model's name, and what the instance held before and after."""

    model: str
    before: Holdings
    after: Holdings

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def holdings() -> Holdings:
    return Holdings(
        places=Place.objects.count(),
        organizations=Organization.objects.count(),
        relations=Relation.objects.count(),
        posts=Post.objects.count(),
    )


@transaction.atomic
def load_model(name: str, *, data_dir: Path | None = None, progress: Progress | None = None) -> ModelLoaded:
    """Load a model from `data_dir`, or from those shipped with the product, and run on it from now on.

    Raises Refused `unknown_model`, WrongPack for a pack that cannot be used.
    """
    folder = data_dir or _shipped_folder(name)
    shown = progress or Silent()
    before = holdings()
    pack = _load_packs(folder)
    rows = read_places(folder)
    places = _make_places(rows, pack, shown)
    plan = Plan(pack, rows)
    _make_bodies(plan, places, shown)
    _make_posts(plan, places, shown)
    packs.set_active_model(by=LOADER, at=clock.now(), name=pack.name)
    _count_rows()
    after = holdings()
    _tell(before, after, shown)
    return ModelLoaded(pack.name, before, after)


def _count_rows() -> None:
    """Tell the planner of the many new rows now: until it counts by itself, joins of places take minutes."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE places_place, people_organization, people_post, people_relation")


def _shipped_folder(name: str) -> Path:
    if name not in shipped.model_names():
        known = "、".join(shipped.model_names())
        message = N_("没有模式 {name}。可用的有：{known}。")
        raise Refused("unknown_model", message, name=name, known=known)
    return shipped.model_folder(name)


def _load_packs(folder: Path) -> ModelPack:
    for path in shipped.common_packs():
        packs.load_pack(by=LOADER, at=clock.now(), path=path)
    for path in shipped.duty_packs(folder.name):
        packs.load_pack(by=LOADER, at=clock.now(), path=path)
    loaded = packs.load_pack(by=LOADER, at=clock.now(), path=folder / "model.toml")
    content = pack_queries.content_of(loaded.pack)
    if not isinstance(content, ModelPack):
        raise Refused("not_a_model", N_("{file} 不是模式。"), file=f"{folder.name}/model.toml")
    return content


def _make_places(rows: list[PlaceRow], pack: ModelPack, progress: Progress) -> dict[str, Place]:
    """Regions, grids, buildings and the addresses in them; returns all but the addresses by code."""
    homes = [home for row in rows if row.kind == "building" for home in dwellings_of(row)]
    progress.start(gettext("地点"), len(rows) + len(homes))
    for some in (rows, homes):
        made = [_to_load(row) for row in some]
        place_actions.bulk_load_places(by=LOADER, at=clock.now(), rows=made, source=f"model:{pack.name}")
        progress.advance(len(some))
    progress.finish()
    codes = {(row.kind, row.code) for row in rows}
    found = Place.objects.current().filter(code__in=[row.code for row in rows]).defer("polygon")
    return {place.code: place for place in found if (place.kind, place.code) in codes}


def _to_load(row: PlaceRow) -> place_actions.PlaceRow:
    """What nobody has answered (None) is left out."""
    return place_actions.PlaceRow(
        kind=row.kind,
        level=row.level,
        code=row.code,
        name=row.name,
        parent=row.parent,
        civil_code=row.civil_code,
        civil_parent=row.civil_parent,
        longitude=row.longitude,
        latitude=row.latitude,
        polygon=row.polygon,
        households=row.households,
        target_households=row.target_households,
        facets=list(row.facets),
        features={key: value for key, value in row.features.items() if value is not None},
    )


def _make_bodies(plan: Plan, places: dict[str, Place], progress: Progress) -> None:
    made = {body.code: body for body in Organization.objects.all()}
    progress.start(gettext("组织"), len(plan.bodies))
    for body in plan.bodies:
        progress.advance()
        if body.code in made:
            continue
        made[body.code] = people.add_organization(
            by=LOADER,
            at=clock.now(),
            code=body.code,
            kind=body.entry.kind,
            name=body.name,
            parent=made.get(body.parent),
            place=places[body.place.code],
            serves=list(body.entry.serves),
            features={"unit_kind": body.entry.unit_kind} if body.entry.unit_kind else {},
        )
    progress.finish()
    _make_charges(plan, made, places)
    _make_relations(plan, made, progress)


def _make_charges(plan: Plan, made: dict[str, Organization], places: dict[str, Place]) -> None:
    decision = f"pack:model/{plan.pack.name}/{plan.pack.version}"
    for body in plan.bodies:
        for code in body.entry.covers:
            people.charge_body(
                by=LOADER, at=clock.now(), organization=made[body.code], place=places[code], decision=decision
            )


def _make_relations(plan: Plan, made: dict[str, Organization], progress: Progress) -> None:
    existing = set(Relation.objects.values_list("kind", "source__code", "target__code"))
    wanted = [relation for relation in plan.relations() if relation not in existing]
    progress.start(gettext("组织关系"), len(wanted))
    for kind, source, target in wanted:
        progress.advance()
        people.relate(by=LOADER, at=clock.now(), kind=kind, source=made[source], target=made[target])
    progress.finish()


def _make_posts(plan: Plan, places: dict[str, Place], progress: Progress) -> None:
    existing = set(Post.objects.values_list("code", flat=True))
    bodies = {body.code: body for body in Organization.objects.all()}
    wanted = [seat for seat in plan.seats if seat.code not in existing]
    progress.start(gettext("岗位"), len(wanted))
    for seat in wanted:
        progress.advance()
        people.add_post(
            by=LOADER,
            at=clock.now(),
            code=seat.code,
            role=seat.entry.role,
            title=seat.entry.title,
            place=places[seat.place.code],
            organization=bodies.get(seat.body),
            seats=seat.entry.seats,
            eligibility=seat.entry.eligibility,
            incompatible=list(seat.entry.incompatible),
            profession=seat.entry.profession,
        )
    progress.finish()


def _tell(before: Holdings, after: Holdings, progress: Progress) -> None:
    for label, was, now in (
        (gettext("地点"), before.places, after.places),
        (gettext("组织"), before.organizations, after.organizations),
        (gettext("组织关系"), before.relations, after.relations),
        (gettext("岗位"), before.posts, after.posts),
    ):
        progress.note(f"{label} {was:,} → {now:,}")
