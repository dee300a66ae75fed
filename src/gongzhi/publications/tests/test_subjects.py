"""What an item is about is a real place, body, matter or duty, and never a person; what its release shows done."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from gongzhi.audit.models import Link
from gongzhi.common import clock
from gongzhi.common.access import ANONYMOUS, system_actor
from gongzhi.common.errors import Refused
from gongzhi.duties import actions as duties
from gongzhi.duties import jobs, registry
from gongzhi.duties.models import Duty
from gongzhi.notifications.jobs import deliver_due
from gongzhi.notifications.models import Notice
from gongzhi.places.models import Place
from gongzhi.publications import actions, words
from gongzhi.publications.actions import Subject
from gongzhi.publications.models import Publication
from gongzhi.publications.tests.conftest import Make
from tests.cast import NOW, World

pytestmark = pytest.mark.usefixtures("templates")
DAY = dt.timedelta(days=1)


def record_of(publication: Publication) -> dict[str, object]:
    return words.released(Publication.objects.select_related("key").get(pk=publication.pk))


@pytest.mark.req("O01", where="/publications/NUMBER/edit")
def test_a_facility_is_at_a_real_place(world: World, release: Make) -> None:
    building = world.places["LY-5"]
    done = release("notice", subject=Subject("facility", place=building), about="门口的灯")
    assert record_of(done)["subject"] == {"kind": "facility", "name": "设施", "about": "柳园小区5栋 门口的灯"}
    assert Link.objects.filter(source=done.reference, relation="about", target="place:LY-5").exists()
    whole = release("notice", subject=Subject("place"), about="")
    assert whole.subject_place == world.places["PC-1"], "none given: the place whose residents it is for"


@pytest.mark.req("O01")
def test_no_subject_leads_to_a_person_or_a_household(world: World, draft: Make) -> None:
    for reference in (f"person:{world.people['neighbour'].pk}", "mandate:1"):
        with pytest.raises(Refused, match="no_person_here"):
            draft("exposure", subject=Subject("matter", reference=reference))
    with pytest.raises(Refused, match="subject_kind"):
        draft("notice", subject=Subject("person"))
    building = world.places["LY-5"]
    door = Place.objects.create(
        kind="dwelling", code="LY-5-301", name="301室", parent=building, path=f"{building.path}LY-5-301/"
    )
    with pytest.raises(Refused, match="subject_dwelling"):
        draft("exposure", subject=Subject("place", place=door))
    made = draft("notice")
    for reference in ("person:1", "mandate:1"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Publication.objects.filter(pk=made.pk).update(subject_reference=reference)


def test_a_matter_may_name_what_it_came_from_if_that_exists(world: World, draft: Make) -> None:
    for reference in ("case:GZ-NONE", "talk:x", "anything", "duty-rule:residents.disclosure.quarter"):
        with pytest.raises(Refused, match="subject_unknown"):
            draft("notice", subject=Subject("matter", reference=reference))
    earlier = draft("notice")
    assert draft("notice", subject=Subject("matter", reference=earlier.reference)).subject_reference


def test_a_duty_is_a_rule_in_force(world: World, draft: Make, release: Make) -> None:
    with pytest.raises(Refused, match="subject_unknown"):
        draft("notice", subject=Subject("duty", reference="duty-rule:nothing"))
    open_ended = draft("notice", subject=Subject("duty"))
    with pytest.raises(Refused, match="publication_incomplete"):
        actions.submit_publication(by=world.actor("secretary"), at=NOW, number=open_ended.number)
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.filter(pk=open_ended.pk).update(state="review")
    subject = Subject(
        "duty", organization=world.units["committee-1"], reference="duty-rule:residents.disclosure.quarter"
    )
    done = release("notice", subject=subject, about="")
    assert record_of(done)["subject"]["about"] == "柳园社区居委会 公开居务"  # type: ignore[index]  # the record's own
    targets = set(Link.objects.filter(source=done.reference, relation="about").values_list("target", flat=True))
    assert targets == {subject.reference, f"organization:{world.units['committee-1'].pk}"}


def quarter(world: World) -> Duty:
    duties.make_duties(by=system_actor("duties"), at=NOW)
    subject = f"organization:{world.units['committee-1'].pk}"
    return Duty.objects.get(rule="residents.disclosure.quarter", period="2026-Q1", subject=subject)


def test_a_quarterly_disclosure_is_done_by_the_publication_itself(
    world: World, release: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    duty = quarter(world)
    done = release("accounts", title="第一季度账目", subject=Subject("matter", fulfils=duty))
    duty.refresh_from_db()
    assert (duty.evidence, duty.fulfilled_by) == (done.reference, world.actor("supervisor").reference)
    for who, address in (("secretary", f"/publications/{done.number}"), ("auditor", f"/n/{done.number}")):
        reader = Client()
        reader.force_login(world.people[who])
        assert f'href="{address}"' in reader.get(f"/duties/{duty.pk}").content.decode()


def test_what_is_taken_down_discloses_nothing_any_more(world: World, release: Make) -> None:
    duty = quarter(world)
    done = release("accounts", title="第一季度账目", subject=Subject("matter", fulfils=duty))
    actions.withdraw_publication(by=world.actor("supervisor"), at=NOW, number=done.number, why="附件传错了")
    duty.refresh_from_db()
    assert (duty.is_open, duty.evidence, duty.fulfilled_by, duty.note) == (True, "", "", "附件传错了")
    again = release("accounts", title="第一季度账目", subject=Subject("matter", fulfils=duty))
    duty.refresh_from_db()
    assert duty.evidence == again.reference


def test_a_publication_shows_a_duty_only_once_it_is_public(world: World, draft: Make, release: Make) -> None:
    waiting, done = draft("notice"), release("notice")
    assert registry.resolve(ANONYMOUS, waiting.reference) is None
    assert registry.resolve(ANONYMOUS, "publication:GG-NONE") is None
    assert registry.resolve(ANONYMOUS, done.reference) == registry.Shown(done.number, f"/n/{done.number}")


def test_the_form_offers_real_places_bodies_rules_and_open_duties(
    world: World, draft: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    duty, made, writer = quarter(world), draft("notice"), Client()
    writer.force_login(world.people["secretary"])
    page = writer.get(f"/publications/{made.number}/edit").content.decode()
    for said in ("柳园小区5栋", "柳园物业", "公开居务 · 柳园社区居委会 · 2026-Q1", "没有“人”这一项"):
        assert said in page
    given = {
        "title": "居务公开",
        "body": "见下表。",
        "subject_kind": "duty",
        "subject_duty": "duty-rule:residents.disclosure.quarter",
        "fulfils": str(duty.pk),
        "fact_contact": "居委会",
    }
    assert writer.post(f"/publications/{made.number}/edit", given).status_code == 302
    made.refresh_from_db()
    assert (made.subject_reference, made.fulfils) == ("duty-rule:residents.disclosure.quarter", duty)
    wrong = {**given, "subject_kind": "matter", "subject_matter": "gz-000000-nope"}
    assert "没有找到 case:GZ-000000-NOPE" in writer.post(f"/publications/{made.number}/edit", wrong).content.decode()


@pytest.mark.req("O01", where="/duties/")
def test_a_reply_that_waits_has_a_clock_and_rings(world: World, release: Make) -> None:
    done, at = release("exposure", title="东门通道堵了"), NOW + 6 * DAY
    common = {"by": world.actor("property"), "at": at, "number": done.number}
    replies = [actions.file_reply(text=text, **common) for text in ("已经清了。", "照片也发了。")]
    duty = Duty.objects.get(rule="publication.reply", subject=done.reference)
    assert (duty.due_on, duty.holder) == (dt.date(2026, 3, 27), world.people["secretary"].mandates.get())
    Duty.objects.exclude(pk=duty.pk).delete()
    jobs.sound_alarms(at + 4 * DAY)
    deliver_due(at + 4 * DAY)
    told = Notice.objects.filter(kind="duty_alarm", subject=str(duty)).values_list("person_id", flat=True)
    assert set(told) == {world.people["secretary"].pk, world.people["supervisor"].pk}
    second = {"by": world.actor("supervisor"), "at": at + 8 * DAY, "number": done.number}
    actions.show_reply(reply_id=replies[0].pk, **second)
    duty.refresh_from_db()
    assert duty.is_open, "one still waits"
    actions.show_reply(reply_id=replies[1].pk, **second)
    duty.refresh_from_db()
    assert duty.evidence == done.reference, "done, however late"


def test_the_waiting_reply_is_on_the_secretary_s_list_with_a_way_to_it(
    world: World, release: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, at = release("exposure"), NOW + 6 * DAY
    actions.file_reply(by=world.actor("property"), at=at, number=done.number, text="已经清了。")
    monkeypatch.setattr(clock, "now", lambda: at)
    client = Client()
    client.force_login(world.people["secretary"])
    assert f"问题曝光 {done.number}" in client.get("/duties/").content.decode()
    duty = Duty.objects.get(rule="publication.reply")
    assert f'href="/publications/{done.number}"' in client.get(f"/duties/{duty.pk}").content.decode()
