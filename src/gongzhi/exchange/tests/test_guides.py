"""办事: what to bring is told beforehand, what is missing once; who waits at a window is told without saying who."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gongzhi.common import clock
from gongzhi.documents.queries import evidence_of
from gongzhi.exchange import actions, rules
from gongzhi.exchange.models import Claim, Fulfilment, Offer
from gongzhi.exchange.queries import guides, waiting
from gongzhi.exchange.tests.conftest import TODAY, at_hour, claim, offer, refused
from tests.cast import NOW, World
from tests.support.pages import client_of, text_of

DAY = dt.timedelta(days=1)
PERMIT = {"title": "申领居住证", "item": "guides/residence_permit", "mode": "one_stop", "hours": []}


def photo() -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), (90, 120, 60)).save(buffer, "JPEG")
    return SimpleUploadedFile("permit.jpg", buffer.getvalue(), "image/jpeg")


def matter(world: World) -> Offer:
    return offer(world, "matter_guide", **PERMIT)


def papers_of(row: Claim) -> list[Any]:
    return [one.media for one in evidence_of([step.reference for step in row.steps.all()])]


@pytest.mark.req("K04", where="/guides/")
def test_a_matter_from_its_guide_to_its_result(world: World) -> None:
    row, resident, office = matter(world), client_of(world, "resident"), client_of(world, "property")
    assert "申领居住证" in text_of(Client().get("/guides/")) and "受理以后 15 天" in text_of(Client().get("/guides/"))
    assert "没找到" in text_of(Client().get("/guides/?q=护照"))
    page = text_of(Client().get(f"/share/offers/{row.number}"))
    assert "本人居民身份证" in page and "居住证暂行条例（2015） 第2条、第9条" in page and "一次说全" in page
    given = {"note": "租房住，在城里上班", "files": [photo()]}
    done = resident.post(f"/share/offers/{row.number}", given, follow=True)
    mine = Claim.objects.get()
    address = f"/share/claims/{mine.number}"
    assert mine.state == "asked" and "申请交上去了" in text_of(done) and len(papers_of(mine)) == 1
    assert "材料不齐，告知要补什么" in text_of(office.get(address))
    nothing = office.post(f"{address}/supplement", {})
    assert nothing.status_code == 422 and "一次说全" in text_of(nothing)
    office.post(f"{address}/supplement", {"supplement-missing": ["本人相片"], "supplement-note": "合同缺最后一页"})
    assert Claim.objects.get().state == "lacking"
    told = text_of(resident.get(address))
    assert "等补材料" in told and "本人相片；合同缺最后一页" in told and "把差的补上" in told
    assert resident.post(f"{address}/supply", {}).status_code == 422
    resident.post(f"{address}/supply", {"supply-note": "都拍了", "supply-files": [photo(), photo()]})
    assert Claim.objects.get().state == "asked" and len(papers_of(mine)) == 3
    assert "材料不齐，告知要补什么" not in text_of(office.get(address))
    office.post(f"{address}/approve", {})
    taken_up = text_of(resident.get(address))
    until = clock.local_date(clock.now()) + 15 * DAY
    assert "受理了，在办" in taken_up and guides.due_on(mine, guides.guide_of(row, TODAY)) == until
    office.post(f"{address}/deliver", {"deliver-note": "证做好了，到窗口领"})
    resident.post(f"{address}/confirm", {})
    assert Claim.objects.get().state == "done"


@pytest.mark.req("K04", where="/guides/")
def test_what_is_missing_is_told_once(world: World) -> None:
    row = matter(world)
    mine, office = claim(world, row, note="租房住"), {"by": world.actor("property"), "at": NOW}
    ask = {**office, "number": mine.number, "missing": ["本人相片"]}
    refused("nothing_missing", actions.ask_supplement, **{**ask, "missing": [" "]})
    refused("not_the_provider", actions.ask_supplement, **{**ask, "by": world.actor("resident")})
    refused("claim_not_found", actions.ask_supplement, **{**ask, "by": world.actor("neighbour")})
    actions.ask_supplement(**ask)
    bring = {"by": world.actor("resident"), "at": NOW, "number": mine.number}
    refused("nothing_brought", actions.supply, **bring)
    refused("not_yours", actions.supply, **{**bring, "by": world.actor("property")}, note="x")
    actions.supply(**bring, note="补了")
    refused("supplement_once", actions.ask_supplement, **ask)
    with pytest.raises(IntegrityError), transaction.atomic():
        Fulfilment.objects.create(claim=mine, step="supplement", state="lacking", at=NOW)
    refused("not_now", actions.supply, **bring, note="又补")
    actions.refuse_claim(**office, number=mine.number, reason="not_for_this", note="住不满半年，满了再来")
    assert Claim.objects.get().state == "refused"
    seat = claim(world, offer(world, "seat", title="折叠椅"), span=at_hour(1, 9))
    refused("not_a_matter", actions.ask_supplement, **{**ask, "number": seat.number})


@pytest.mark.req("K04", where="/guides/")
def test_silence_takes_it_up_and_nothing_brought_ends_it(world: World) -> None:
    """Whoever says nothing in the days of the kind has taken it up; whoever brings nothing lets it go."""
    row, clock_ = matter(world), {"by": world.actor("supervisor")}
    quiet, lacking = claim(world, row, note="一"), claim(world, row, "neighbour", note="二")
    actions.ask_supplement(by=world.actor("property"), at=NOW, number=lacking.number, missing=["本人相片"])
    actions.turn_claim(**clock_, at=NOW + 4 * DAY, number=quiet.number)
    assert Claim.objects.get(pk=quiet.pk).state == "asked"
    actions.turn_claim(**clock_, at=NOW + 5 * DAY, number=quiet.number)
    assert Claim.objects.get(pk=quiet.pk).state == "held"
    actions.turn_claim(**clock_, at=NOW + 29 * DAY, number=lacking.number)
    assert Claim.objects.get(pk=lacking.pk).state == "lacking"
    actions.turn_claim(**clock_, at=NOW + 30 * DAY, number=lacking.number)
    assert Claim.objects.get(pk=lacking.pk).state == "lapsed"


def test_papers_of_a_matter_are_for_the_two_sides(world: World) -> None:
    row = matter(world)
    client_of(world, "resident").post(f"/share/offers/{row.number}", {"note": "租房", "files": [photo()]})
    (media,) = papers_of(Claim.objects.get())
    for name, code in (("resident", 200), ("property", 200), ("secretary", 404), ("neighbour", 404)):
        assert client_of(world, name).get(f"/media/{media.pk}").status_code == code, name


@pytest.mark.req("K05", where="/exchange/windows")
def test_waiting_at_a_window_is_told_without_saying_who(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = offer(world, "window", title="社保窗口", pieces=5)
    names = ("resident", "neighbour", "outsider", "secretary", "supervisor")
    waits = (0, 4, 10, 20, 30)
    begins = at_hour(1, 9, 10)
    for name, minutes in zip(names, waits, strict=True):
        mine = claim(world, row, name, span=begins)
        there = begins.start - dt.timedelta(minutes=10) if minutes else begins.start + dt.timedelta(minutes=5)
        refused("not_today", actions.arrive, by=world.actor(name), at=NOW, number=mine.number)
        actions.arrive(by=world.actor(name, there), at=there, number=mine.number)
        refused("arrived", actions.arrive, by=world.actor(name, there), at=there, number=mine.number)
        if name == "supervisor":
            (few,) = waiting.waits(Offer.objects.all(), TODAY + DAY)
            assert (few.count, few.half, few.most) == (4, None, None)
        start = max(there, begins.start) + dt.timedelta(minutes=minutes)
        actions.hand_over(by=world.actor("property", start), at=start, number=mine.number)
        refused("not_booked", actions.arrive, by=world.actor(name, start), at=start, number=mine.number)
    (found,) = waiting.waits(Offer.objects.all(), TODAY + DAY)
    assert (found.count, found.half, found.most) == (5, 10, 30)
    monkeypatch.setattr(clock, "now", lambda: NOW + DAY)
    page = text_of(client_of(world, "property").get("/exchange/windows"))
    assert "社保窗口" in page and "10 分钟" in page and "30 分钟" in page
    assert client_of(world, "resident").get("/exchange/windows").status_code == 403


@given(st.lists(st.integers(0, 600), min_size=1, max_size=80))
def test_nine_of_ten_waited_no_longer(minutes: list[int]) -> None:
    most = waiting.ninth_tenth(minutes)
    assert most in minutes and sum(one <= most for one in minutes) * 10 >= 9 * len(minutes)
    assert sum(one < most for one in minutes) * 10 < 9 * len(minutes)


@given(st.integers(-600, 600), st.integers(-600, 600), st.integers(0, 600))
def test_nobody_waits_less_than_nothing(booked: int, arrived: int, after: int) -> None:
    times = [NOW + dt.timedelta(minutes=one) for one in (booked, arrived)]
    assert rules.waited(*times, max(times) + dt.timedelta(minutes=after)) == after
    assert rules.waited(*times, min(times)) == 0
