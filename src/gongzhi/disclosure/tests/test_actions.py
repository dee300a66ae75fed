"""Posting, replying, names, reports, decisions, appeals, time: each refusal beside its success."""

import datetime as dt
import io
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from gongzhi.ballots.tests.conftest import drafted, opened, owners, roll_of
from gongzhi.common.access import ANONYMOUS
from gongzhi.common.errors import Conflict, Forbidden, NotFound, Refused, SignInRequired
from gongzhi.common.registry import Entitlement
from gongzhi.disclosure import actions, queries, words
from gongzhi.disclosure.actions.erasing import erase_messages, export_messages
from gongzhi.disclosure.jobs import turn_due
from gongzhi.disclosure.models import Alert, Appeal, Message, Moderation
from gongzhi.disclosure.queries import moderating
from gongzhi.disclosure.rules import Said
from gongzhi.disclosure.tests.conftest import ENDS, SPACE, consent, post, settle
from gongzhi.documents.tests.pictures import encoded, picture
from gongzhi.notifications.models import Notice
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.people.actions import say_minor, withdraw_consent
from gongzhi.registers.models import Tenure
from tests.cast import NOW, SETUP, World

LATER = NOW + dt.timedelta(hours=1)
WHY = "说的是事情，没有骂人。"


def hidden(world: World) -> Message:
    row = post(world, kind="talk", title="停车", body="东门口总有人乱停车。")
    actions.hide(by=world.actor("secretary"), at=LATER, number=row.number, reason="untrue", note="没有核实。")
    return row


def appealed(world: World) -> Appeal:
    row = hidden(world)
    return actions.appeal(by=world.actor("resident"), at=LATER, number=row.number, text=WHY)


@pytest.mark.req("O04", where="/neighbours/")
def test_verified_neighbours_post_tenants_too_and_nobody_else(world: World) -> None:
    assert post(world, "resident").state == "shown"
    assert post(world, "neighbour").state == "shown"
    with pytest.raises(Forbidden, match="not_a_neighbour"):
        post(world, "outsider")
    settle(world, "outsider", "far")
    with pytest.raises(Forbidden, match="not_a_neighbour"):
        post(world, "outsider")
    with pytest.raises(Forbidden, match="not_a_neighbour"):
        post(world, "secretary")
    with pytest.raises(SignInRequired):
        actions.post_message(by=ANONYMOUS, at=NOW, place=world.places[SPACE], kind="lost", said=Said("x", "x"))


def test_a_tenure_that_ended_or_was_never_approved_does_not_count(world: World) -> None:
    theirs = Tenure.objects.filter(person=world.people["neighbour"])
    theirs.update(expires_on=NOW.date() + dt.timedelta(days=1))
    assert post(world, "neighbour").state == "shown"
    theirs.update(expires_on=NOW.date())
    with pytest.raises(Forbidden, match="not_a_neighbour"):
        post(world, "neighbour")
    theirs.update(status="declared", decided_at=None, decided_by="", expires_on=ENDS)
    with pytest.raises(Forbidden, match="not_a_neighbour"):
        post(world, "neighbour")
    Tenure.objects.filter(person=world.people["resident"]).update(status="ended", valid_to=NOW.date())
    with pytest.raises(Forbidden, match="not_a_neighbour"):
        post(world, "resident")


def test_what_is_sent_twice_is_written_once(world: World) -> None:
    request = uuid.uuid4()
    first = post(world, request=request)
    assert post(world, request=request) == first and Message.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        post(world, "neighbour", request=request)


def test_what_must_not_stand_is_refused_or_covered(world: World) -> None:
    with pytest.raises(Refused, match="personal_values"):
        post(world, body="请打 13912345678 找我。")
    row = post(world, body="请打 13912345678 找我。", cover=True)
    assert words.text_of(row).body == "请打 ▇▇▇ 找我。"
    with pytest.raises(Refused, match="insulting"):
        post(world, body="谁这么不要脸。")
    with pytest.raises(Refused, match="too_long"):
        post(world, body="长" * 501)
    with pytest.raises(NotFound, match="unknown_kind"):
        post(world, kind="notice")


def test_the_byline_is_a_building_or_what_one_chose_never_a_home(world: World) -> None:
    assert words.text_of(post(world)).byline == "柳园小区5栋邻居"
    assert words.text_of(post(world, called="小陈")).byline == "小陈"
    with pytest.raises(Refused, match="bad_called"):
        post(world, called="1-101的")
    world.places["3-101"].delete()
    assert words.text_of(post(world)).byline == ""


def test_the_pace_is_kept(world: World) -> None:
    for _ in range(5):
        post(world)
    with pytest.raises(Refused, match="too_many"):
        post(world)
    assert post(world, at=NOW + dt.timedelta(days=1, minutes=1)).state == "shown"


def test_children_ask_a_grown_up(world: World) -> None:
    say_minor(by=world.actor("resident"), at=NOW, minor=True)
    with pytest.raises(Refused, match="no_minors"):
        post(world)


def test_replies_end_with_what_they_answer(world: World) -> None:
    row = post(world, "neighbour")
    resident = world.actor("resident")
    made = actions.reply(by=resident, at=NOW, number=row.number, said=Said("是我丢的，谢谢。"))
    assert made.answers == row and made.expires_on == row.expires_on
    with pytest.raises(Refused, match="no_replies"):
        actions.reply(by=resident, at=NOW, number=made.number, said=Said("再谢。"))
    with pytest.raises(NotFound, match="unknown_message"):
        actions.reply(by=world.actor("outsider"), at=NOW, number=row.number, said=Said("在哪？"))
    actions.withdraw(by=world.actor("neighbour"), at=NOW, number=row.number)
    with pytest.raises(NotFound, match="unknown_message"):
        queries.get_message_for(world.actor("secretary"), row.number, NOW)
    with pytest.raises(NotFound, match="unknown_message"):
        queries.get_message_for(ANONYMOUS, made.number, NOW)


def test_only_the_author_withdraws_and_the_words_are_gone(world: World) -> None:
    row = post(world, pictures=[io.BytesIO(encoded(picture((64, 48))))])
    with pytest.raises(Forbidden, match="not_author"):
        actions.withdraw(by=world.actor("neighbour"), at=NOW, number=row.number)
    actions.withdraw(by=world.actor("resident"), at=NOW, number=row.number)
    row = Message.objects.select_related("key").get(pk=row.pk)
    assert row.state == "withdrawn" and words.text_of(row).body == "" and queries.pictures_of(row)[0].media.erased_at


def test_pictures_lose_where_and_when_and_are_few(world: World) -> None:
    shots = [io.BytesIO(encoded(picture((64, 48)))) for _ in range(5)]
    with pytest.raises(Refused, match="too_many_pictures"):
        post(world, pictures=shots)
    row = post(world, pictures=shots[:4])
    assert len(queries.pictures_of(row)) == 4


@pytest.mark.req("J14", where="/neighbours/")
def test_a_story_is_read_first_and_then_everybody_reads_it(world: World) -> None:
    row = post(world, kind="story", title="绿豆汤", body="天热，楼下有人熬了一大锅绿豆汤，谁都能喝。")
    place, secretary = world.places[SPACE], world.actor("secretary")
    assert row.state == "waiting" and not queries.listed(ANONYMOUS, place, NOW).items
    with pytest.raises(Forbidden):
        actions.admit(by=world.actor("resident"), at=NOW, number=row.number)
    with pytest.raises(NotFound):
        actions.admit(by=world.actor("neighbour"), at=NOW, number=row.number)
    assert [one.pk for one in moderating.waiting_for(secretary)] == [row.pk]
    actions.admit(by=secretary, at=NOW, number=row.number)
    assert [one.text.title for one in queries.listed(ANONYMOUS, place, NOW).items] == ["绿豆汤"]
    with pytest.raises(Conflict, match="message_state"):
        actions.admit(by=secretary, at=NOW, number=row.number)


def test_who_reads_what(world: World) -> None:
    row, place = post(world), world.places[SPACE]
    settle(world, "outsider", "far")
    for reader in ("resident", "neighbour", "secretary"):
        assert [one.message.pk for one in queries.listed(world.actor(reader), place, NOW).items] == [row.pk]
    for actor in (ANONYMOUS, world.actor("outsider"), world.actor("department")):
        assert not queries.listed(actor, place, NOW).items
        with pytest.raises(NotFound, match="unknown_message"):
            queries.get_message_for(actor, row.number, NOW)


def test_a_page_goes_on_behind_its_cursor_and_words_are_found(world: World) -> None:
    rows = [post(world, title=f"第{n}条", body="一把伞" if n == 2 else "一串钥匙") for n in range(4)]
    resident, place = world.actor("resident"), world.places[SPACE]
    first = queries.listed(resident, place, NOW, limit=3)
    rest = queries.listed(resident, place, NOW, limit=3, cursor=first.next_cursor)
    assert [one.message.pk for one in (*first.items, *rest.items)] == [one.pk for one in reversed(rows)]
    assert [one.text.title for one in queries.listed(resident, place, NOW, text="伞").items] == ["第2条"]
    with pytest.raises(Refused, match="bad_cursor"):
        queries.listed(resident, place, NOW, cursor="WzFd")


@pytest.mark.req("J14", where="/neighbours/")
def test_a_name_stands_only_where_its_bearer_consented_and_the_author_agrees(world: World) -> None:
    row = post(world, kind="story", title="清楼道", body="有位邻居把三楼的旧家具搬走了。")
    actions.admit(by=world.actor("secretary"), at=NOW, number=row.number)
    number, neighbour, resident = row.number, world.actor("neighbour"), world.actor("resident")
    with pytest.raises(Refused, match="no_consent_to_name"):
        actions.ask_name(by=neighbour, at=NOW, number=number, name="老周")
    consent(world, "neighbour")
    with pytest.raises(Refused, match="no_names"):
        actions.ask_name(by=resident, at=NOW, number=number, name="老周")
    with pytest.raises(Forbidden, match="not_a_neighbour"):
        actions.ask_name(by=world.actor("outsider"), at=NOW, number=number, name="老周")
    actions.ask_name(by=neighbour, at=NOW, number=number, name="老周")

    def shown() -> str:
        return queries.listed(ANONYMOUS, world.places[SPACE], NOW).items[0].name

    assert shown() == ""
    with pytest.raises(Forbidden, match="not_author"):
        actions.agree_name(by=neighbour, at=NOW, number=number)
    actions.agree_name(by=resident, at=NOW, number=number)
    assert shown() == "老周"
    with pytest.raises(Forbidden, match="not_named"):
        actions.drop_name(by=world.actor("secretary"), at=NOW, number=number)
    withdraw_consent(by=neighbour, at=NOW, purpose="publication")
    assert shown() == "" and Message.objects.get(pk=row.pk).named is None


def test_readers_report_once_and_nobody_hears_who(world: World) -> None:
    row = post(world)
    neighbour = world.actor("neighbour")
    with pytest.raises(Forbidden, match="own_message"):
        actions.alert(by=world.actor("resident"), at=NOW, number=row.number, reason="insult")
    with pytest.raises(NotFound):
        actions.alert(by=world.actor("outsider"), at=NOW, number=row.number, reason="insult")
    with pytest.raises(Refused, match="missing_reason"):
        actions.alert(by=neighbour, at=NOW, number=row.number, reason="dislike")
    actions.alert(by=neighbour, at=NOW, number=row.number, reason="untrue", note="不是这样。")
    with pytest.raises(Conflict, match="alerted_already"):
        actions.alert(by=neighbour, at=NOW, number=row.number, reason="untrue")
    secretary = world.actor("secretary")
    assert [one.pk for one in moderating.alerted_for(secretary)] == [row.pk]
    actions.keep(by=secretary, at=NOW, number=row.number)
    told = Notice.objects.filter(person=world.people["resident"], kind__startswith="message")
    assert not moderating.alerted_for(secretary) and not told.exists()
    with pytest.raises(Conflict, match="nothing_alerted"):
        actions.keep(by=secretary, at=NOW, number=row.number)


def test_hiding_needs_a_post_a_reason_and_another_person(world: World) -> None:
    row = post(world)
    with pytest.raises(Forbidden):
        actions.hide(by=world.actor("neighbour"), at=NOW, number=row.number, reason="insult")
    with pytest.raises(NotFound):
        actions.hide(by=world.actor("department"), at=NOW, number=row.number, reason="insult")
    secretary = world.actor("secretary")
    with pytest.raises(Refused, match="missing_reason"):
        actions.hide(by=secretary, at=NOW, number=row.number, reason="dislike")
    made = actions.hide(by=secretary, at=NOW, number=row.number, reason="insult")
    assert "民法典" in made.basis and made.post == world.posts["secretary"]
    told = Notice.objects.get(person=world.people["resident"], kind="message_decided")
    assert told.params["basis"] == made.basis and told.params["reason"] == "骂人、侮辱人"
    assert not queries.listed(world.actor("neighbour"), world.places[SPACE], NOW).items
    with pytest.raises(Conflict, match="message_state"):
        actions.withdraw(by=world.actor("resident"), at=NOW, number=row.number)


def test_nobody_decides_about_their_own(world: World) -> None:
    settle(world, "secretary", "2-301")
    row = post(world, "secretary")
    secretary = world.actor("secretary")
    with pytest.raises(Forbidden, match="own_message"):
        actions.hide(by=secretary, at=NOW, number=row.number, reason="insult")
    assert actions.hide(by=world.actor("supervisor"), at=NOW, number=row.number, reason="insult").verdict == "hidden"
    with pytest.raises(IntegrityError), transaction.atomic():
        Moderation.objects.create(
            message=row, verdict="kept", by=world.people["secretary"], path=row.path, pack="x", at=NOW
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Moderation.objects.update(reason="x")


def test_an_appeal_goes_to_the_level_above_and_never_to_who_decided(world: World) -> None:
    row = hidden(world)
    with pytest.raises(NotFound):
        actions.appeal(by=world.actor("neighbour"), at=LATER, number=row.number, text=WHY)
    with pytest.raises(Forbidden, match="not_author"):
        actions.appeal(by=world.actor("supervisor"), at=LATER, number=row.number, text=WHY)
    with pytest.raises(Refused, match="missing_words"):
        actions.appeal(by=world.actor("resident"), at=LATER, number=row.number, text=" ")
    with pytest.raises(Refused, match="appeal_late"):
        actions.appeal(by=world.actor("resident"), at=LATER + dt.timedelta(days=16), number=row.number, text=WHY)
    asked = actions.appeal(by=world.actor("resident"), at=LATER, number=row.number, text=WHY)
    assert asked.path == world.places["PC"].path and asked.due_at == LATER + dt.timedelta(days=5)
    with pytest.raises(Conflict, match="appealed_already"):
        actions.appeal(by=world.actor("resident"), at=LATER, number=row.number, text=WHY)
    assert Notice.objects.filter(person=world.people["supervisor"], kind="message_appeal").exists()
    for who in ("secretary", "resident", "department"):
        with pytest.raises(NotFound, match="unknown_appeal"):
            actions.judge(by=world.actor(who), at=LATER, number=asked.pk, restored=True, note="x")
    supervisor = world.actor("supervisor")
    with pytest.raises(Refused, match="missing_words"):
        actions.judge(by=supervisor, at=LATER, number=asked.pk, restored=True, note="")
    actions.judge(by=supervisor, at=LATER, number=asked.pk, restored=True, note="说的是事情。")
    row.refresh_from_db()
    assert row.state == "shown" and row.ended_at is None and row.posted_at == NOW
    assert queries.listed(world.actor("neighbour"), world.places[SPACE], LATER).items[0].message.pk == row.pk
    with pytest.raises(Conflict):
        actions.judge(by=supervisor, at=LATER, number=asked.pk, restored=False, note="x")


def test_who_took_it_down_does_not_judge_even_where_they_may(world: World) -> None:
    row = post(world)
    actions.hide(by=world.actor("supervisor"), at=NOW, number=row.number, reason="insult")
    asked = actions.appeal(by=world.actor("resident"), at=NOW, number=row.number, text=WHY)
    assert asked.path == world.places["PC"].path, "nobody judges above: the same level, another person"
    assert not moderating.appeals_for(world.actor("supervisor"))
    with pytest.raises(Forbidden, match="own_decision"):
        actions.judge(by=world.actor("supervisor"), at=NOW, number=asked.pk, restored=False, note="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.update(decided_by=F("against"), decided_at=NOW, outcome=F("decision"))


def test_an_appeal_that_does_not_hold_stays_down_with_words(world: World) -> None:
    asked = appealed(world)
    made = actions.judge(by=world.actor("supervisor"), at=LATER, number=asked.pk, restored=False, note="确实不实。")
    assert made.verdict == "upheld" and words.note_of(made) == "确实不实。"
    assert Message.objects.get(pk=asked.decision.message_id).state == "hidden"


def test_what_ran_out_meanwhile_stays_over_when_restored(world: World) -> None:
    row = hidden(world)
    late = NOW + dt.timedelta(days=14)
    asked = actions.appeal(by=world.actor("resident"), at=late, number=row.number, text=WHY)
    Message.objects.filter(pk=row.pk).update(expires_on=late.date())
    actions.judge(by=world.actor("supervisor"), at=late, number=asked.pk, restored=True, note="说的是事情。")
    assert Message.objects.get(pk=row.pk).state == "over"


def test_time_ends_messages_urges_judges_and_forgets_words(world: World) -> None:
    row, asked = post(world), appealed(world)
    assert turn_due(NOW) == 0
    late = asked.due_at + dt.timedelta(minutes=1)
    assert turn_due(late) == 1 and turn_due(late) == 0
    assert Notice.objects.filter(person=world.people["supervisor"], params__what="late").count() == 1
    over = NOW + dt.timedelta(days=30)
    assert turn_due(over) == 1
    assert Message.objects.get(pk=row.pk).state == "over"
    forgotten = over + dt.timedelta(days=181)
    assert turn_due(forgotten) == 1, "what is still being judged is kept"
    actions.judge(by=world.actor("supervisor"), at=forgotten, number=asked.pk, restored=False, note="不成立。")
    assert turn_due(forgotten) == 1
    assert {words.text_of(one).body for one in Message.objects.select_related("key")} == {""}


@pytest.mark.req("O04", where="/neighbours/")
def test_figures_count_messages_and_keep_few_back(world: World) -> None:
    asked = appealed(world)
    actions.judge(by=world.actor("supervisor"), at=LATER, number=asked.pk, restored=True, note="说的是事情。")
    found = moderating.figures(world.places[SPACE], LATER)
    assert (found.shown, found.taken_down, found.appeals, found.restored) == (None, None, None, None)
    for day in range(6):
        at = NOW + dt.timedelta(days=2 + day)
        actions.hide(by=world.actor("secretary"), at=at, number=post(world, at=at).number, reason="insult")
    found = moderating.figures(world.places[SPACE], NOW + dt.timedelta(days=20))
    assert (found.shown, found.taken_down, found.restored) == (7, 7, None)
    assert [(reason.code, count) for reason, count in found.reasons] == [("insult", None), ("untrue", None)]


def test_a_message_leads_to_a_vote_that_runs_here_and_to_no_other(world: World) -> None:
    load_pack(by=SETUP, at=NOW, path=shipped.FOLDER / "laws/cn.owners.decisions.toml")
    roll = roll_of(world, owners(3, head=[Entitlement((world.people["resident"].pk,), group="5栋", area=8_912)]))
    running, waiting = opened(world, roll), drafted(world, roll)
    row = post(world, about=f"vote:{running.number}")
    assert (led := queries.leads_to(world.actor("resident"), row)) is not None and led.words == running.title
    assert queries.leads_to(world.actor("neighbour"), row) is None, "who is not on the roll does not see the vote"
    for other in (f"vote:{waiting.number}", "vote:XX-1", "message:x"):
        with pytest.raises(Refused, match="unknown_matter"):
            post(world, about=other)


def test_a_person_takes_everything_along_and_is_forgotten(world: World) -> None:
    consent(world, "resident")
    asked = appealed(world)
    theirs = post(world, "neighbour", kind="story")
    actions.admit(by=world.actor("secretary"), at=NOW, number=theirs.number)
    actions.ask_name(by=world.actor("resident"), at=NOW, number=theirs.number, name="小陈")
    actions.alert(by=world.actor("resident"), at=NOW, number=theirs.number, reason="untrue", note="不对。")
    person = world.people["resident"].pk
    told = export_messages(person)
    assert told["messages"][0]["body"] == "东门口总有人乱停车。" and told["appeals"][0]["words"] == WHY
    assert told["alerts"][0]["note"] == "不对。" and told["named_in"][0]["name"] == "小陈"
    erase_messages(person, NOW)
    assert not any(export_messages(person).values())
    row = Message.objects.select_related("key").get(pk=asked.decision.message_id)
    assert row.author is None and row.state == "withdrawn" and words.text_of(row).body == ""
    assert Alert.objects.get().by is None and Message.objects.get(pk=theirs.pk).named is None
    assert Moderation.objects.filter(message=row).count() == 1, "what was decided stays"
