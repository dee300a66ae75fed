"""Elections and what is about a post, walked on their pages from the opening to the ending."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from gongzhi.ballots.tests.reviews import graded
from gongzhi.common import clock
from gongzhi.deliberation import queries, whom
from gongzhi.deliberation.actions import advance_course
from gongzhi.deliberation.models import Course, Resolution
from gongzhi.deliberation.tests.courses import load_procedures
from gongzhi.engines.procedure_terms import Event
from gongzhi.engines.tests.courses import happy_path
from gongzhi.packs.procedure_wording import unit_of
from tests import cast
from tests.cast import NOW, SETUP, World
from tests.support.pages import client_of

# What is about rolls and posts; every other procedure is walked to each of its endings in test_walks.
WAYS = ("village_election", "recall", "democratic_review")


@pytest.fixture
def world(db: Any) -> World:
    world = cast.build()
    load_procedures(WAYS)
    return world


def figures(event: Event) -> dict[str, str]:
    """As people type them: square metres and yuan, not the smallest unit."""
    return {
        f"figure-{name}": f"{value / 100:.2f}" if unit_of(name) else str(value) for name, value in event.figures.items()
    }


def fields(event: Event) -> dict[str, str]:
    said = {"body": event.by, "on": event.on.isoformat(), "note": "说明", "outcome": event.outcome, "key": event.key}
    if event.for_day:
        said["for_day"] = event.for_day.isoformat()
    return {**said, **figures(event), **{f"filed-{code}": "一号盒" for code in event.documents}}


@pytest.mark.parametrize("name", WAYS)
def test_a_procedure_is_walked_on_its_pages(name: str, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    today, moment = NOW.date(), NOW
    monkeypatch.setattr(clock, "now", lambda: moment)
    body = world.units["committee-1"]
    procedure = queries.procedure(name, body.place.path if body.place else "", today)
    # A first review ends no post, whatever its grade; the way to that is in test_posts.
    path, last = happy_path(procedure.definition, queries.packs.calendar(), today, prefer={"review": "unfit"})
    runner, watcher = client_of(world, "secretary"), client_of(world, "supervisor")
    first = path[0]
    opening = {"about": "演示的事", "opener": first.by, "matter": first.matter or "none", **figures(first)}
    if procedure.pack.concerns:
        held = whom.holders(body.place.path if body.place else "", today).filter(post__role="grid_member")
        opening["concerns"] = f"mandate:{held[0].pk}"
    answer = runner.post(f"/deliberations/new/{body.pk}/{name}/", opening)
    assert answer.status_code == 302, answer.content.decode()
    row = Course.objects.get()
    for event in path[1:]:
        moment = NOW + (event.entered - today)
        client = watcher if event.kind == "signed" else runner
        said = fields(event)
        if event.kind == "recorded" and queries.Followed(row, moment.date()).stage(event.step).balloted:
            said["vote"] = graded(world, [2, 4, 4], moment).number
        answer = client.post(f"/deliberations/{row.number}/record/{event.kind}", said)
        assert answer.status_code == 302, f"{event}: {answer.content.decode()[-6000:]}"
    moment = NOW + (last - today) + dt.timedelta(days=1)
    advance_course(by=SETUP, at=moment, number=row.number)
    row.refresh_from_db()
    seen = Client().get(f"/deliberations/{row.number}")
    assert row.status == "ended" and seen.status_code == (200 if row.public else 404)
    for made in Resolution.objects.all():
        assert runner.get(f"/resolutions/{made.number}").status_code == 200
        assert runner.get(f"/resolutions/{made.number}/paper.docx").status_code == 200
