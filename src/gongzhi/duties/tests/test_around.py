"""What surrounds a duty: vacant posts, places and bodies that change, other rooms' acts, the table of rules."""

import datetime as dt
import io

import pytest
from django.test import Client
from openpyxl import load_workbook

from gongzhi.audit.models import Link
from gongzhi.common import clock, registry
from gongzhi.duties import actions, feeds, jobs, queries
from gongzhi.duties.models import Duty
from gongzhi.duties.tests.test_actions import JOB, TODAY, at, committee, make, of
from gongzhi.notifications.jobs import deliver_due
from gongzhi.notifications.models import Notice
from gongzhi.people import actions as people
from tests.cast import NOW, SETUP, World


def told_of(world: World, duty: Duty, day: str) -> list[str]:
    """Cast names of those in whose inbox the alarm of the day is."""
    Duty.objects.exclude(pk=duty.pk).delete()
    jobs.sound_alarms(at(day))
    deliver_due(at(day))
    names = {person.pk: name for name, person in world.people.items()}
    found = Notice.objects.filter(kind="duty_alarm", subject=str(duty)).values_list("person_id", flat=True)
    return sorted(names[person] for person in found)


def vacant(world: World) -> Duty:
    """桥南 has no secretary, and nobody in the community's own posts."""
    make()
    duty = of("meeting.month", "2026-03", f"organization:{world.units['committee-2'].pk}")
    assert duty.holder is None
    return duty


def end(world: World, name: str) -> None:
    people.end_mandate(by=SETUP, at=NOW, mandate=world.people[name].mandates.get(), on=TODAY)


@pytest.mark.req("G09", where="/duties/team")
def test_a_vacant_post_without_a_secretary_above_is_news_for_the_office(world: World) -> None:
    assert told_of(world, vacant(world), "2026-03-20") == ["supervisor"]


def test_where_nobody_leads_at_all_the_administrator_hears_of_it(world: World) -> None:
    duty = vacant(world)
    end(world, "supervisor")
    assert told_of(world, duty, "2026-03-20") == ["administrator"]


def test_open_duties_go_with_their_place_and_what_was_done_stays(world: World) -> None:
    make()
    weekly, done = of("talk.week", "2026-W12", "place:PC-1"), of("meeting.month", "2026-03", committee(world))
    actions.show_one(by=world.actor("secretary"), at=NOW, duty_id=done.pk, evidence="gathering:1")
    old, nearer = "/321171102/PC/PC-1/", "/321171102/PC/PC-1/PC-1-1/"
    inside = Duty.objects.filter(path__startswith=nearer).first()
    told = registry.carry_along({old: "/321171102/PD/PC-1/", nearer: "/321171102/PD/PE/"}, NOW)
    moved = told["duties"].counts["duties"]
    weekly.refresh_from_db()
    done.refresh_from_db()
    assert weekly.path == "/321171102/PD/PC-1/"
    assert done.path == old, "done where it was"
    if inside is not None:
        inside.refresh_from_db()
        assert inside.path.startswith("/321171102/PD/PE/"), "the nearer of two moves says where to"
    assert moved == Duty.objects.filter(path__startswith="/321171102/PD/").count() > 0
    assert "duties" not in registry.carry_along({old: "/321171102/PX/"}, NOW)["duties"].counts


def test_a_change_of_places_takes_the_duties_along(world: World) -> None:
    make()
    told = registry.carry_along({"/321171102/PC/PC-1/": "/321171102/PD/PC-1/"}, NOW)
    assert told["duties"].counts["duties"] == Duty.objects.filter(path__startswith="/321171102/PD/").count()


def test_a_body_for_a_time_owes_and_has_its_calendar_until_it_ends(world: World) -> None:
    body = people.add_organization(
        by=SETUP,
        at=NOW,
        code="temporary",
        kind="residents_committee",
        name="柳园过渡居委会",
        place=world.places["PC-1"],
        valid_from=TODAY,
        valid_to=dt.date(2026, 9, 1),
    )
    make()
    duty = of("meeting.month", "2026-03", f"organization:{body.pk}")
    feed = feeds.Feed("organization", str(body.pk))
    assert duty in [row.duty for row in feeds.rows_in(feeds.feed_of(feed.token, TODAY), TODAY)]
    with pytest.raises(Exception, match="feed_unknown"):
        feeds.feed_of(feed.token, dt.date(2026, 9, 1))


def test_an_act_elsewhere_shows_the_one_duty_that_was_meant(world: World) -> None:
    make()
    meant = of("residents.disclosure.quarter", "2026-Q1", committee(world))
    year = of("report.year", "2026", committee(world))
    by = world.actor("secretary")
    waiting = [row.duty for row in queries.to_be_shown_by("publication", meant.path, TODAY)]
    assert meant in waiting and year in waiting
    assert not any(row.rule == "meeting.month" for row in waiting)
    assert not actions.show_one(by=by, at=NOW, duty_id=meant.pk, evidence="case:GZ-1"), "not what it takes"
    assert actions.show_one(by=by, at=NOW, duty_id=meant.pk, evidence="publication:GG-1")
    assert not actions.show_one(by=by, at=NOW, duty_id=meant.pk, evidence="publication:GG-2"), "once"
    year.refresh_from_db()
    assert year.is_open
    assert Link.objects.filter(source="publication:GG-1", relation="fulfils", target=str(meant)).exists()


def test_what_has_to_be_done_once_falls_to_the_nearest_post_and_is_done_however_late(world: World) -> None:
    told = {"by": JOB, "at": NOW, "rule": "publication.reply", "subject": "publication:GG-1"}
    duty = actions.open_duty(on=TODAY, path="/321171102/PC/PC-1/", **told)
    assert (duty.due_on, duty.holder) == (dt.date(2026, 3, 23), world.people["secretary"].mandates.get())
    shown = {"by": world.actor("secretary"), "subject": "publication:GG-1", "evidence": "publication:GG-1"}
    assert actions.show_evidence(at=at("2026-04-20"), on=dt.date(2026, 4, 20), **shown) == 1


def test_the_rules_go_along_as_a_table(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    client = Client()
    client.force_login(world.people["secretary"])
    sheet = load_workbook(io.BytesIO(client.get("/duties/rules?as=xlsx").content)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    quarterly = next(row for row in rows if row[0] == "公开居务")
    assert quarterly[2] == "每季度" and "公开的内容" in str(quarterly[3]) and str(quarterly[6]).startswith("pack:")
