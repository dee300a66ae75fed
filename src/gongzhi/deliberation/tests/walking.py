"""How a test walks a procedure as people do: it reads the page, fills in the forms that stand there, waits for the day.

Nothing is taken from the definition: what the page does not offer cannot be done here.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from lxml import html

from gongzhi.common import clock
from gongzhi.deliberation.jobs import advance_due
from gongzhi.deliberation.models import Course, ProcedureEvent
from gongzhi.people.models import Organization
from tests.cast import NOW, World
from tests.support.pages import client_of

# The way forward, in the order in which people take what they find.
FORWARD = ("answered", "signed", "noticed", "recorded", "published")
KINDS = (*FORWARD, "called_off", "fell_through", "aborted")
Figures = Mapping[str, Any]


@dataclass(frozen=True)
class Walk:
    """What people enter on one walk, as walks.toml tells it: figures and outcomes by step, objections by posting."""

    name: str
    to: str
    opener: str
    matter: str = ""
    opening: Figures = field(default_factory=dict)
    figures: Mapping[str, Figures] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    objections: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()
    refused: tuple[Mapping[str, Any], ...] = ()


class Walker:
    """The secretary and the supervisor at their screens, a neighbour at theirs, and days that pass."""

    def __init__(self, world: World, patch: pytest.MonkeyPatch, now: dt.datetime = NOW) -> None:
        self.now = now
        self.runner, self.watcher, self.neighbour = (
            client_of(world, name) for name in ("secretary", "supervisor", "resident")
        )
        patch.setattr(clock, "now", lambda: self.now)
        self.row = Course()
        self.objected: set[str] = set()
        self.tried: set[int] = set()

    @property
    def address(self) -> str:
        return f"/deliberations/{self.row.number}"

    def open(self, walk: Walk, body: Organization) -> None:
        address = f"/deliberations/new/{body.pk}/{walk.name}/"
        form = html.fromstring(self.runner.get(address).content).xpath("//main//form[@method='post']")[0]
        given = {"about": "演示的事", "opener": walk.opener, "matter": walk.matter or "none"}
        given |= {f"figure-{name}": str(value) for name, value in walk.opening.items()}
        if members := [value for value in form.xpath(".//select[@name='concerns']/option/@value") if value]:
            given["concerns"] = members[0]
        sent = {name: value for name, value in given.items() if name in form.fields}
        answer = self.runner.post(address, sent)
        assert answer.status_code == 302, errors_of(answer)
        self.row = Course.objects.get(number=answer.url.rsplit("/", 1)[-1])

    def to_the_end(self, walk: Walk) -> list[str]:
        """The steps that were recorded or made public, in their order."""
        taken: list[str] = []
        for _turn in range(120):
            self.row.refresh_from_db()
            if self.row.status != "running":
                return taken
            step = self.row.current
            if self.act(walk) and step not in taken:
                taken.append(step)
        raise AssertionError(f"{walk.name} does not end: {self.row.current}")

    def act(self, walk: Walk) -> bool:
        """One thing that the page offers; whether something was entered that belongs to a step."""
        for client in (self.runner, self.watcher):
            forms = self.forms(client)
            for kind in FORWARD:
                if kind in forms and not self.too_early(forms[kind]):
                    self.enter(client, kind, forms[kind], walk)
                    return True
        self.wait(walk)
        return False

    def forms(self, client: Client) -> dict[str, Any]:
        page = html.fromstring(client.get(self.address).content)
        found = {}
        for form in page.xpath("//form[contains(@action, '/record/')]"):
            found[form.get("action").rsplit("/", 1)[-1]] = form
        return found

    def too_early(self, form: Any) -> bool:
        first = self.day_said("最早 {day} 才能记", form)
        return first is not None and first > self.now.date()

    def enter(self, client: Client, kind: str, form: Any, walk: Walk) -> None:
        step = self.row.current
        said = self.filled(form, walk, step)
        for position, wrong in enumerate(walk.refused):
            if (wrong["step"], wrong.get("kind", "recorded")) == (step, kind) and position not in self.tried:
                self.tried.add(position)
                self.refuse(client, kind, said, wrong)
        answer = client.post(form.get("action"), said)
        assert answer.status_code == 302, f"{walk.name}/{step}/{kind}: {errors_of(answer)}"

    def refuse(self, client: Client, kind: str, said: dict[str, str], wrong: Mapping[str, Any]) -> None:
        """The same form with something wrong in it: it comes back with what is missing, and nothing is entered."""
        before = ProcedureEvent.objects.filter(course=self.row).count()
        changed = said | {name: str(value) for name, value in wrong.get("change", {}).items()}
        if "days" in wrong:
            changed["for_day"] = f"{dt.date.fromisoformat(said['for_day']) + dt.timedelta(days=wrong['days']):%Y-%m-%d}"
        if wrong.get("bare"):
            changed = {name: value for name, value in changed.items() if name[:5] not in ("filed", "again")}
        answer = client.post(f"{self.address}/record/{kind}", changed)
        told = errors_of(answer)
        assert answer.status_code in (409, 422), (wrong, told)
        for words in wrong["says"]:
            assert words in told, (words, told)
        assert ProcedureEvent.objects.filter(course=self.row).count() == before

    def filled(self, form: Any, walk: Walk, step: str) -> dict[str, str]:
        """Every field of a form as somebody fills it in who has the table before them."""
        given: dict[str, str] = {}
        for control in form.xpath(".//input[@name]|.//select[@name]|.//textarea[@name]"):
            name = control.get("name")
            if control.get("type") not in ("hidden", "file") and (value := self.value(control, name, walk, step)):
                given[name] = value
        for name in [name for name in given if name.startswith("again-")]:
            given.pop(name.replace("again-", "filed-", 1), None)
        return given

    def value(self, control: Any, name: str, walk: Walk, step: str) -> str:
        if name.startswith("figure-"):
            return str(walk.figures.get(step, {}).get(name.removeprefix("figure-"), ""))
        if name == "outcome":
            posted = step in walk.objections and step in self.objected
            return walk.objections[step] if posted else walk.outcomes[step]
        if control.tag == "select":
            options = [each.get("value") for each in control.xpath(".//option") if each.get("value")]
            return options[0] if options else ""
        if name == "on":
            return f"{self.now.date():%Y-%m-%d}"
        if name == "for_day":
            return self.first_day(control)
        return {"note": "写清了为什么"}.get(name, "一号盒" if name.startswith("filed-") else "")

    def first_day(self, control: Any) -> str:
        first = self.day_said("最早能定在 {day}", control.xpath("ancestor::form")[0])
        assert first is not None
        return first.isoformat()

    def day_said(self, words: str, form: Any) -> dt.date | None:
        """The day within a sentence of the page; without a year it is one of this year."""
        found = re.search(words.format(day=r"(?:(\d{4})年)?(\d+)月(\d+)日"), form.text_content())
        return dt.date(int(found[1] or self.now.year), int(found[2]), int(found[3])) if found else None

    def wait(self, walk: Walk) -> None:
        """Somebody objects to what is posted, as the table says; otherwise time passes, and its job runs."""
        step = self.row.current
        if step in walk.objections and step not in self.objected:
            self.objected.add(step)
            # What concerns the choice of people is not open to neighbours here; whoever watches enters what they hear.
            who = self.neighbour if self.row.public else self.watcher
            assert who.post(f"{self.address}/object", {"words": "数字对不上"}).status_code == 302
            return
        assert self.row.next_on is not None
        days = max((self.row.next_on - self.now.date()).days, 1)
        self.now += dt.timedelta(days=days)
        advance_due(self.now)


def errors_of(answer: Any) -> str:
    """What a page says is wrong, in its words; all of it where it is no form."""
    page = html.fromstring(answer.content or b"<p></p>")
    said = page.xpath("//*[contains(@class, 'gz-errors') or @role='alert']")
    return " ".join(each.text_content() for each in said) or page.text_content()


def worked(record: Mapping[str, Any]) -> list[str]:
    """Each requirement of a law record in one line: "yes 16/30 >=16", "winners 3 at_least 1"."""
    lines = []
    for needs in record["computed"]:
        for way in needs["alternatives"]:
            for one in way:
                tail = "" if one["measure"] == "heads" else f".{one['measure']}"
                sign = "<=" if one["limit"] == "at_most" else ">="
                kept = "" if one["met"] else " no"
                lines.append(f"{one['counts']}{tail} {one['reached']}/{one['base']} {sign}{one['bound']}{kept}")
        for bound in needs["bounds"]:
            kept = "" if bound["met"] else " no"
            lines.append(f"{bound['figure']} {bound['reached']} {bound['limit']} {bound['number']}{kept}")
    return lines
