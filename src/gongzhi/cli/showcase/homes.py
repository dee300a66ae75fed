"""Homes of the demo: owners, a family, tenants by number, one declaration to check, one contradiction. 演示数据."""

import datetime as dt
import io
from fractions import Fraction

from PIL import Image, ImageDraw

from gongzhi.cli.showcase.staff import SHOWCASE, Crew
from gongzhi.common.clock import local_date
from gongzhi.people.models import Organization, Person
from gongzhi.places.actions import PlaceRow, bulk_load_places, set_features
from gongzhi.places.models import Place
from gongzhi.registers import actions
from gongzhi.registers.actions.bringing import ListedTenure
from gongzhi.registers.actions.declaring import Declaration
from gongzhi.registers.models import Tenure

HOMES = 8
_SINCE = dt.date(2020, 5, 1)


def show_homes(crew: Crew, spot: Place, now: dt.datetime) -> None:
    """One building whose register is nearly whole, and a desk with work on it."""
    doors = _doors(spot, now)
    for number, door in enumerate(doors):
        set_features(by=SHOWCASE, at=now, place=door, features={"area_registered": 8_912 + 731 * number})
    judge = crew.over(doors[0].path, "grid_member", "secretary")
    one, two, three, four = crew.residents[:4]
    owner = _approved(crew, judge, _declare(crew, one, doors[0], Declaration("owner", "certificate", _SINCE), now), now)
    family = Declaration("family", "household_book", _SINCE)
    _approved(crew, judge, _declare(crew, two, doors[0], family, now), now)
    actions.choose_representative(by=crew.actor(one), at=now, own=owner, choice=owner)
    landlord = Declaration("owner", "certificate", _SINCE, Fraction(1), lives_here=False)
    _approved(crew, judge, _declare(crew, three, doors[1], landlord, now), now)
    end = local_date(now) + dt.timedelta(days=25)
    actions.declare_tenants(
        by=crew.actor(three), at=now, dwelling=doors[1], heads=3, since=_SINCE, expires_on=end
    )
    refused = _declare(crew, four, doors[2], Declaration("owner", "certificate", _SINCE, Fraction(1)), now)
    by = crew.actor(judge)
    actions.refuse_tenure(by=by, at=now, tenure=refused, reason="unreadable", note="第二页没拍全（演示）。")
    _declare(crew, four, doors[2], Declaration("owner", "handover", _SINCE, Fraction(1)), now)
    _listed(doors, owner, now)


def move_in(crew: Crew, person: Person, door: Place, now: dt.datetime) -> None:
    """A tenant with a lease, declared and approved."""
    end = local_date(now) + dt.timedelta(days=200)
    lease = Declaration("tenant", "lease", local_date(now) - dt.timedelta(days=100), expires_on=end)
    judge = crew.over(door.path, "grid_member", "secretary")
    _approved(crew, judge, _declare(crew, person, door, lease, now), now)


def _doors(spot: Place, now: dt.datetime) -> list[Place]:
    """The first dwellings of the building; where the model has none, a building of the demo."""
    inside = Place.objects.current().filter(kind="dwelling").select_related("parent").order_by("path")
    found = list(inside.filter(path__startswith=spot.path)[:HOMES])
    if len(found) == HOMES:
        return found
    building = PlaceRow(kind="building", level="building", code="YS-ZH-1", name="演示楼（演示数据）", parent=spot.code)
    rooms = [
        PlaceRow(
            kind="dwelling",
            level="dwelling",
            code=f"YS-ZH-1-{floor}0{side}",
            name=f"{floor}0{side}室",
            parent="YS-ZH-1",
            parent_kind="building",
        )
        for floor in range(1, HOMES // 2 + 1)
        for side in (1, 2)
    ]
    bulk_load_places(by=SHOWCASE, at=now, rows=[building, *rooms], source="showcase")
    return list(inside.filter(parent__code="YS-ZH-1")[:HOMES])


def _declare(crew: Crew, person: Person, door: Place, said: Declaration, now: dt.datetime) -> Tenure:
    return actions.declare_tenure(by=crew.actor(person), at=now, dwelling=door, said=said, photos=[_paper()])


def _approved(crew: Crew, judge: Person, row: Tenure, now: dt.datetime) -> Tenure:
    return actions.approve_tenure(by=crew.actor(judge), at=now, tenure=row)


def _listed(doors: list[Place], held: Tenure, now: dt.datetime) -> None:
    """What the office's list brought: two owners, units that are not sold, and one row that contradicts."""
    since = _SINCE.isoformat()
    body = Organization.objects.filter(valid_to__isnull=True, kind="property_company").order_by("id").first()
    rows = [
        ListedTenure(doors[3].pk, "owner", since, "演示业主甲", "19911110001", share="1/2"),
        ListedTenure(doors[3].pk, "owner", since, "演示业主乙", "19911110002", share="1/2"),
        ListedTenure(doors[4].pk, "owner", since, "演示业主甲", "19911110001", share="2/3"),
        ListedTenure(
            doors[0].pk, "owner", since, "演示业主丙", "19911110003", share="1", conflict="shares", held=held.pk
        ),
    ]
    if body is not None:
        rows += [
            ListedTenure(door.pk, "owner", since, organization=body.pk, share="1", lives_here=False)
            for door in doors[5:7]
        ]
    actions.bring_tenures(by=SHOWCASE, at=now, rows=rows)


def _paper() -> io.BytesIO:
    """A sheet of paper with lines and a seal; no words that could be somebody's."""
    image = Image.new("RGB", (480, 320), "#f4f1e6")
    canvas = ImageDraw.Draw(image)
    canvas.rectangle((20, 20, 460, 300), outline="#9a3b2f", width=3)
    for line in range(70, 250, 30):
        canvas.line((50, line, 430, line), fill="#8a8f8c", width=2)
    canvas.ellipse((350, 210, 430, 290), outline="#c0392b", width=4)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    out.seek(0)
    return out
