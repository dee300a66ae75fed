"""A street for the tests of facts: dwellings of one building, the dictionary, a form of thirty fields."""

import datetime as dt
import uuid
from pathlib import Path
from typing import Any

import gongzhi.packs as packs_room
from gongzhi.packs.actions import load_pack
from gongzhi.places.models import Place
from gongzhi.registers.actions import asking, collecting, sharing
from gongzhi.registers.models import CollectionTask, ExchangeGrant, Form
from gongzhi.registers.queries.dictionary import dictionary
from gongzhi.registers.queries.facts import place_subject
from gongzhi.registers.rules.asking import Asked
from tests.cast import NOW, SETUP, World

TODAY = dt.date(2026, 3, 18)
DATA = Path(packs_room.__file__).parent / "data"
WORDS: dict[str, Any] = {
    "title": "入户消防和用气检查表",
    "about": "dwelling",
    "purpose_code": "safety",
    "purpose": "查用气、用电和楼道的隐患，帮着修",
    "basis_kind": "duty",
    "basis": "消防法 5；城市居民委员会组织法 3",
    "for_government": False,
    "authority": "",
    "retention_days": 180,
    "receiver": "柳园社区居委会",
    "notice": "只问房屋和设备，不问是谁。您可以不答。",
    "opens_on": TODAY,
    "closes_on": TODAY + dt.timedelta(days=60),
}


def load(*folders: str) -> None:
    for folder in folders:
        for path in sorted((DATA / folder).glob("*.toml")):
            load_pack(by=SETUP, at=NOW, path=path)


def build(world: World, homes: int = 3) -> list[Place]:
    """The dictionary, and dwellings in the building of柳园小区5栋."""
    load("fields", "scenes")
    house = world.places["LY-5"]
    return [
        Place.objects.create(
            kind="dwelling",
            code=f"LY-5-{number}01",
            name=f"柳园小区5栋 {number}01",
            parent=house,
            path=f"{house.path}LY-5-{number}01/",
            valid_from=dt.date(2020, 1, 1),
        )
        for number in range(1, homes + 1)
    ]


def codes(purpose: str, about: str = "dwelling", count: int = 30) -> list[str]:
    """The first fields of the dictionary that serve a purpose."""
    return [one.code for one in dictionary(TODAY).about(about) if purpose in one.purposes][:count]


def asked(*fields: str) -> list[Asked]:
    return [Asked(code, "查隐患要知道") for code in fields]


def draft(world: World, fields: list[Asked], place: str = "PC-1", by: str = "secretary", **values: Any) -> Form:
    return asking.draw_up_form(
        by=world.actor(by), at=NOW, place=world.places[place], values={**WORDS, **values}, fields=fields
    )


def approved(world: World, fields: list[Asked], **values: Any) -> Form:
    """Drawn up by the secretary, approved by the supervisor."""
    form = draft(world, fields, **values)
    asking.send_in_form(by=world.actor("secretary"), at=NOW, code=form.code)
    return asking.decide_form(by=world.actor("supervisor"), at=NOW, code=form.code, approved=True)


def task_of(world: World, form: Form, place: str = "PC-1") -> CollectionTask:
    deadline = TODAY + dt.timedelta(days=30)
    by = world.actor("secretary")
    return asking.open_task(by=by, at=NOW, code=form.code, place=world.places[place], deadline=deadline)


def task_of_until(world: World, form: Form, place: str = "PC-1") -> CollectionTask:
    """As long as the form lasts."""
    assert form.closes_on
    return asking.open_task(
        by=world.actor("secretary"), at=NOW, code=form.code, place=world.places[place], deadline=form.closes_on
    )


def tell(world: World, home: Place, field: str, given: str, source: str = "import:1", **more: Any) -> Any:
    """A fact that a list brought."""
    observed_on = more.pop("on", TODAY - dt.timedelta(days=30))
    return collecting.record_fact(
        by=world.actor("secretary"),
        at=NOW,
        subject=place_subject(home),
        field=field,
        given=given,
        observed_on=observed_on,
        source=source,
        basis="消防法 5",
        purpose=more.pop("purpose", "safety"),
    )


def answer(
    world: World, task: CollectionTask, home: Place, given: dict[str, str], *, confirm: bool = False, **more: Any
) -> collecting.Answered:
    return collecting.answer_form(
        by=world.actor(more.get("by", "grid_member")),
        at=more.get("at", NOW),
        task_id=task.pk,
        subject_code=home.code,
        given=given,
        confirm=confirm,
        entry=more.get("entry") or uuid.uuid4(),
    )



def grant(world: World, *fields: str, until: dt.date = TODAY, place: str = "PC-1") -> ExchangeGrant:
    """A reader whom the secretary proposed."""
    return sharing.ask_grant(
        by=world.actor("secretary"),
        at=NOW,
        consumer="消防救援站",
        fields=list(fields) or ["dwelling.gas_kind"],
        place=world.places[place],
        purpose="safety",
        basis="消防法 31",
        until=until,
    )
