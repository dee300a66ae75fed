"""The demo's one form for all: thirty fields of a dwelling of which twenty-four fill themselves. 演示数据."""

import datetime as dt
import uuid
from typing import Any

from gongzhi.cli.showcase.staff import Crew
from gongzhi.common import clock
from gongzhi.packs.field_contents import FieldDef
from gongzhi.places.models import Place
from gongzhi.registers.actions import asking, collecting, sharing
from gongzhi.registers.models import CollectionTask
from gongzhi.registers.queries.dictionary import dictionary
from gongzhi.registers.queries.facts import place_subject
from gongzhi.registers.rules.asking import Asked

ASKED, KNOWN, HOMES = 30, 24, 3
_BASIS = "消防法第 5 条；城市居民委员会组织法第 3 条（演示数据）"
_WORDS: dict[str, Any] = {
    "about": "dwelling",
    "basis_kind": "duty",
    "basis": _BASIS,
    "for_government": False,
    "authority": "",
    "retention_days": 180,
    "receiver": "社区居委会",
    "notice": "只问房屋和设备，不问是谁。收来查隐患、帮着修，留 180 天。您可以不答。",
}


def ask_once(crew: Crew, spot: Place, now: dt.datetime) -> None:
    """An approved form with its task, one visit done, and a second form that would ask the same."""
    secretary = crew.actor(crew.over(spot.path, "secretary"))
    reach = next((path for path in secretary.paths_for("registers.ask") if spot.path.startswith(path)), "")
    place = Place.objects.current().filter(path=reach).first()
    homes = list(Place.objects.current().under(reach).filter(kind="dwelling").order_by("path")[:HOMES]) if reach else []
    if place is None or not homes:
        return
    fields = _fields(now)
    for home in homes:
        _tell(crew, home, fields[:KNOWN], now)
    grid = Place.objects.current().filter(kind="grid", path__startswith=reach).order_by("-path")
    near = next((one for one in grid.defer("polygon") if homes[0].path.startswith(one.path)), place)
    task = _send_out(crew, place, near, fields, now)
    _visit(crew, task, homes[0], fields, now)
    _ask_again(crew, place, fields[:6], now)
    sharing.ask_grant(
        by=secretary,
        at=now,
        consumer="消防救援站（演示数据）",
        fields=["dwelling.gas_kind", "dwelling.smoke_alarm"],
        place=place,
        purpose="safety",
        basis=_BASIS,
        until=clock.local_date(now) + dt.timedelta(days=90),
    )


def _fields(now: dt.datetime) -> list[FieldDef]:
    """Fields that may serve the check, then what else is known of a dwelling for services."""
    known = dictionary(clock.local_date(now)).about("dwelling")
    return [one for one in known if "safety" in one.purposes][:ASKED]


def _given(field: FieldDef, number: int) -> str:
    if field.kind == "yes_no":
        return "yes" if number % 3 else "no"
    if field.kind == "choice":
        return field.options[number % len(field.options)]
    if field.kind in ("date", "decimal", "text"):
        return {"date": "2026-01-15", "decimal": "88.5", "text": "门口的灯"}[field.kind]
    return str(1998 + number) if field.code.endswith(("year", "decorated")) else str(number % 4 + 1)


def _tell(crew: Crew, home: Place, fields: list[FieldDef], now: dt.datetime) -> None:
    by = crew.actor(crew.over(home.path, "grid_member", "secretary"))
    on = clock.local_date(now) - dt.timedelta(days=40)
    for number, field in enumerate(fields):
        collecting.record_fact(
            by=by,
            at=now,
            subject=place_subject(home),
            field=field.code,
            given=_given(field, number),
            observed_on=on,
            source="import:演示",
            basis=_BASIS,
            purpose="safety",
        )


def _words(title: str, now: dt.datetime) -> dict[str, Any]:
    today = clock.local_date(now)
    days = {"opens_on": today - dt.timedelta(days=3), "closes_on": today + dt.timedelta(days=60)}
    return {**_WORDS, **days, "title": title, "purpose_code": "safety", "purpose": "查用气、用电和楼道的隐患"}


def _send_out(crew: Crew, place: Place, near: Place, fields: list[FieldDef], now: dt.datetime) -> CollectionTask:
    by, at = crew.actor(crew.over(place.path, "secretary")), now - dt.timedelta(days=3)
    asked = [Asked(one.code, "查隐患要知道") for one in fields]
    words = _words("入户消防和用气检查表（演示数据）", now)
    form = asking.draw_up_form(by=by, at=at, place=place, values=words, fields=asked)
    asking.send_in_form(by=by, at=at, code=form.code)
    asking.decide_form(by=crew.actor(crew.by_role["supervisor"]), at=at, code=form.code, approved=True)
    deadline = clock.local_date(now) + dt.timedelta(days=30)
    return asking.open_task(by=by, at=at, code=form.code, place=near, deadline=deadline)


def _visit(crew: Crew, task: CollectionTask, home: Place, fields: list[FieldDef], now: dt.datetime) -> None:
    by = crew.actor(crew.over(home.path, "grid_member", "secretary"))
    given = {one.code: _given(one, number) for number, one in enumerate(fields[KNOWN:])}
    half = dict(list(given.items())[:2])
    collecting.answer_form(
        by=by, at=now, task_id=task.pk, subject_code=home.code, given=half, confirm=True, entry=uuid.uuid4()
    )


def _ask_again(crew: Crew, place: Place, fields: list[FieldDef], now: dt.datetime) -> None:
    by = crew.actor(crew.over(place.path, "secretary"))
    asked = [Asked(one.code, "摸底") for one in fields]
    words = _words("房屋安全大摸底（演示数据）", now)
    form = asking.draw_up_form(by=by, at=now, place=place, values=words, fields=asked)
    asking.send_in_form(by=by, at=now, code=form.code)
