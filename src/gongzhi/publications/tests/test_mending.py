"""After the release: corrections, replies, withdrawal, and the rights of whoever is named."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.test import Client

from gongzhi.audit.actions import verify_trail
from gongzhi.common.access import ANONYMOUS
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused
from gongzhi.people import actions as people
from gongzhi.people.actions.accounts import erase_account
from gongzhi.publications import actions, queries, words
from gongzhi.publications.actions.erasing import export_publications
from gongzhi.publications.models import Correction, Publication, Reply, State
from gongzhi.publications.tests.conftest import BODY, Make
from tests import cast
from tests.cast import NOW, World

SAID = {"wrong": "日期错了", "right": "是5月21日", "why": "抄错了", "title": "换水管请绕行"}
DAY = dt.timedelta(days=1)


def propose(world: World, number: str, who: str = "secretary", **more: str) -> Correction:
    return actions.propose_correction(
        by=world.actor(who), at=NOW, number=number, **{**SAID, "body": "5月21日换水管，请绕行。", **more}
    )


@pytest.mark.req("O01")
def test_a_correction_takes_two_and_says_everything(world: World, release: Make) -> None:
    done = release()
    for field in ("wrong", "right", "why"):
        with pytest.raises(Refused, match="note_missing"):
            propose(world, done.number, **{field: " "})
    with pytest.raises(Refused, match="nothing_changed"):
        propose(world, done.number, body=BODY)
    with pytest.raises(Refused, match="not_for_public"):
        propose(world, done.number, body="找13812345678")
    with pytest.raises(Refused, match="not_for_public"):
        propose(world, done.number, why="是苏L12345的车主说的")
    made = propose(world, done.number)
    with pytest.raises(Conflict, match="correction_open"):
        propose(world, done.number)
    common = {"at": NOW, "number": done.number, "correction_id": made.pk}
    with pytest.raises(Refused, match="second_person"):
        actions.decide_correction(by=world.actor("secretary"), granted=True, **common)
    with pytest.raises(Forbidden):
        actions.decide_correction(by=world.actor("dispatcher"), granted=True, **common)
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.filter(pk=made.pk).update(releaser=F("by"))
    stood = actions.decide_correction(by=world.actor("supervisor"), granted=True, **common)
    assert words.corrected(stood)["body"].startswith("5月21日") and len(bytes(stood.digest)) == 32
    with pytest.raises(NotFound):
        actions.decide_correction(by=world.actor("supervisor"), granted=False, **common)
    assert words.released(Publication.objects.select_related("key").get(pk=done.pk))["body"] == BODY


def test_a_correction_nobody_wanted_leaves_the_text_alone(world: World, release: Make) -> None:
    done = release()
    made = propose(world, done.number)
    actions.decide_correction(
        by=world.actor("supervisor"), at=NOW, number=done.number, correction_id=made.pk, granted=False
    )
    assert propose(world, done.number).pk != made.pk  # and the next one may come


def test_only_criticism_is_rectified_and_reasons_are_needed(world: World, release: Make) -> None:
    done = release()
    with pytest.raises(Refused, match="not_critical"):
        actions.record_rectified(by=world.actor("secretary"), at=NOW, number=done.number, note="改好了")
    with pytest.raises(Refused, match="note_missing"):
        actions.withdraw_publication(by=world.actor("supervisor"), at=NOW, number=done.number, why="")
    with pytest.raises(Forbidden):
        actions.withdraw_publication(by=world.actor("dispatcher"), at=NOW, number=done.number, why="错了")


@pytest.mark.req("O01")
def test_the_body_concerned_replies_and_nobody_else(world: World, release: Make) -> None:
    done, at = release("exposure"), NOW + 6 * DAY
    common = {"at": at, "number": done.number, "text": "3月20日已经清空，有照片。"}
    for who in ("resident", "secretary", "department"):
        with pytest.raises(NotFound):
            actions.file_reply(by=world.actor(who), **common)
    with pytest.raises(NotFound):
        actions.file_reply(by=world.actor("resident"), code="AAAAAAAA", **common)
    assert actions.file_reply(by=world.actor("property"), **common).by == world.people["property"]
    code = queries.reply_code(done)
    by_paper = actions.file_reply(by=ANONYMOUS, code=code.lower(), **common)
    assert by_paper.by is None and by_paper.organization == world.units["property-1"]
    late = {**common, "at": at + 30 * DAY}
    with pytest.raises(Refused, match="reply_late"):
        actions.file_reply(by=world.actor("property"), **late)


@pytest.mark.req("O01")
def test_a_reply_stands_word_for_word(world: World, release: Make) -> None:
    done, at = release("exposure"), NOW + 6 * DAY
    said = "3月20日已经清空，问李经理13812345678。"
    reply = actions.file_reply(by=world.actor("property"), at=at, number=done.number, text=said)
    common = {"by": world.actor("supervisor"), "at": at, "number": done.number, "reply_id": reply.pk}
    with pytest.raises(Refused, match="reply_changed"):
        actions.show_reply(shown="还没有清空。", **common)
    with pytest.raises(Refused, match="not_for_public"):
        actions.show_reply(**common)
    shown = actions.show_reply(shown="3月20日已经清空，问李经理▇▇▇。", **common)
    assert words.reply_shown(shown) == "3月20日已经清空，问李经理▇▇▇。" and words.reply_words(shown) == said


@pytest.mark.req("O01")
def test_a_reply_is_refused_by_two_with_a_reason(world: World, release: Make) -> None:
    done, at = release("exposure"), NOW + 6 * DAY
    reply = actions.file_reply(by=world.actor("property"), at=at, number=done.number, text="全是骂人的话")
    common = {"at": at, "number": done.number, "reply_id": reply.pk}
    with pytest.raises(Refused, match="note_missing"):
        actions.propose_refusal(by=world.actor("secretary"), reason=" ", **common)
    actions.propose_refusal(by=world.actor("secretary"), reason="只有辱骂，没有事实", **common)
    with pytest.raises(Refused, match="second_person"):
        actions.decide_refusal(by=world.actor("secretary"), **common)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reply.objects.filter(pk=reply.pk).update(state="refused", decider=F("proposer"))
    assert actions.decide_refusal(by=world.actor("supervisor"), **common).state == "refused"


def praise(world: World, release: Make) -> Publication:
    people.grant_consent(by=world.actor("neighbour"), at=NOW, purpose="publication", version="1")
    words_of_it = {"title": "谢谢赵大姐", "body": "赵大姐给大家送绿豆汤。", "facts": {}, "confirmed": ("name",)}
    return release("praise", named=world.people["neighbour"], **words_of_it)


@pytest.mark.req("O01")
def test_a_person_is_named_only_with_a_consent_of_their_own(world: World, draft: Make, release: Make) -> None:
    with pytest.raises(Refused, match="no_consent_to_name"):
        draft("praise", named=world.people["neighbour"])
    with pytest.raises(Refused, match="no_person_here"):
        people.grant_consent(by=world.actor("neighbour"), at=NOW, purpose="publication", version="1")
        draft("notice", named=world.people["neighbour"])
    done = praise(world, release)
    assert [one["number"] for one in export_publications(world.people["neighbour"].pk)["named_in"]] == [done.number]


@pytest.mark.req("O01")
def test_withdrawing_the_consent_takes_the_item_down_at_once(world: World, release: Make) -> None:
    done = praise(world, release)
    people.withdraw_consent(by=world.actor("neighbour"), at=NOW, purpose="publication")
    gone = Publication.objects.select_related("key").get(pk=done.pk)
    assert gone.state == State.WITHDRAWN and gone.named is None and words.released(gone) == {}
    text = Client().get(f"/n/{done.number}").content.decode()
    assert "已按本人要求撤下" in text and "赵大姐" not in text and bytes(done.digest).hex() in text
    assert "赵大姐" not in Client().get("/c/PC-1/archive").content.decode()
    assert verify_trail(by=cast.SETUP, at=NOW).valid


def test_a_consent_that_ended_meanwhile_stops_the_release(world: World, draft: Make) -> None:
    people.grant_consent(by=world.actor("neighbour"), at=NOW, purpose="publication", version="1")
    made = draft("praise", named=world.people["neighbour"], facts={})
    actions.submit_publication(by=world.actor("secretary"), at=NOW, number=made.number)
    people.withdraw_consent(by=world.actor("neighbour"), at=NOW, purpose="publication")
    with pytest.raises(Conflict):
        actions.release_publication(by=world.actor("supervisor"), at=NOW, number=made.number)
    assert Publication.objects.get(pk=made.pk).state == State.DROPPED


def test_erasing_an_account_takes_down_what_names_it_and_keeps_the_rest(world: World, release: Make) -> None:
    done, other = praise(world, release), release()
    erase_account(by=world.actor("neighbour"), at=NOW, person=world.people["neighbour"])
    assert Publication.objects.get(pk=done.pk).state == State.WITHDRAWN
    assert Client().get(f"/n/{done.number}").status_code == 200
    assert Publication.objects.get(pk=other.pk).state == State.RELEASED
    assert verify_trail(by=cast.SETUP, at=NOW).valid
