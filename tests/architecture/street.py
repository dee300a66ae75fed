"""The cast's neighbourhood with one demand in it, and who is signed in where."""

import datetime as dt
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

import gongzhi.packs as packs_room
from gongzhi.ballots import actions as ballots
from gongzhi.ballots import electorates
from gongzhi.ballots.actions.holding import Question
from gongzhi.ballots.grounds import owners_ground
from gongzhi.ballots.models import Roll
from gongzhi.cases import actions as cases
from gongzhi.cases.actions.mediating import take_mediation
from gongzhi.cases.actions.meeting import propose_time
from gongzhi.cases.rules import Where
from gongzhi.cases.tests.confidants import hire
from gongzhi.common import clock
from gongzhi.common.registry import Entitlement
from gongzhi.deliberation.tests.courses import on_the_street
from gongzhi.documents.actions import adopt_instrument, draft_instrument
from gongzhi.documents.models import Evidence, Media
from gongzhi.duties.actions import fulfil_duty, make_duties
from gongzhi.duties.feeds import feed_of_person
from gongzhi.duties.models import Duty
from gongzhi.gatherings import actions as gatherings
from gongzhi.gatherings import queries as gathered
from gongzhi.gatherings.actions.calling import Meeting
from gongzhi.notifications.models import Delivery, DeliveryChannel, DeliveryStatus, Notice, Webhook
from gongzhi.packs.actions import load_pack
from gongzhi.people import actions as people
from gongzhi.people.models import Person, Relation
from gongzhi.places.actions import change_boundaries
from gongzhi.places.boundaries import Line, plan_of
from gongzhi.privacy.actions.breaches import report_breach
from gongzhi.privacy.actions.exports import ask_export
from gongzhi.privacy.actions.rights import ask_right
from gongzhi.publications import actions as publications
from gongzhi.publications.actions import Subject
from gongzhi.publications.rules.records import Words
from gongzhi.registers.actions import bring_tenures
from gongzhi.registers.actions.bringing import ListedTenure
from gongzhi.registers.actions.certifying import issue_certificate
from gongzhi.registers.tests.homes import approve, declare, homes, load_law
from gongzhi.registers.tests.neighbourhood import approved, asked, grant, task_of
from gongzhi.sheets.actions.filling import fill_sheet, take_sheet
from gongzhi.sheets.actions.observing import Figure, record_figures
from gongzhi.sheets.actions.publishing import publish_month
from tests import cast
from tests.architecture import (
    street_agreements,
    street_funds,
    street_money,
    street_neighbours,
    street_projects,
    street_sharing,
    street_volunteering,
)

# What was said and by whom: it may stand in no table and no log in clear.
WORDS = "三单元门口的路灯坏了一周，夜里老人下楼看不清台阶"
HELPED = cases.Contact(name="演示王奶奶", phone="13711112222")
ANSWER = "灯泡换好了，请晚上看看"


@dataclass
class Street:
    """A world to visit: `values` fill the `$names` of urls.toml."""

    world: cast.World
    values: dict[str, Any] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)

    def sign_in(self, client: Client, role: str) -> None:
        """With the session that everyone was given when the street was built."""
        if role != "anonymous":
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]


def photo() -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(buffer, "JPEG")
    return SimpleUploadedFile("lamp.jpg", buffer.getvalue(), "image/jpeg")


def build() -> Street:
    """A resident's demand with a photo, dispatched to the lamp office and answered."""
    world = cast.build()
    grid = world.places["PC-1-1-1"]
    where = Where(path=grid.path, found="code", place_id=world.places["LY-5"].pk, grid_id=grid.pk)
    common = {"at": cast.NOW, "text": WORDS, "where": where, "category": "facility.lighting.streetlight"}
    answer = cases.report_case(by=world.actor("resident"), photos=[photo()], **common)
    cases.report_case(by=world.actor("grid_member"), channel="grid", on_behalf_of=HELPED, **common)
    number = answer["number"]
    unit = world.units["utility"].pk
    cases.accept_case(by=world.actor("dispatcher"), at=cast.NOW, number=number)
    cases.dispatch_case(by=world.actor("dispatcher"), at=cast.NOW, number=number, unit_id=unit)
    cases.start_work(by=world.actor("department"), at=cast.NOW, number=number, note=ANSWER)
    task = cases.Task("柳园路灯改造清单", unit, cast.NOW.date())
    tasks = cases.issue_list(by=world.actor("secretary"), at=cast.NOW, place_code="PC-1", task=task)
    values = {
        "number": number,
        "list": tasks.number,
        "track_code": answer["track_code"],
        "media": Media.objects.values_list("pk", flat=True).first(),
        "place": "LY-5",
        "place_id": world.places["LY-5"].pk,
        "boundary": _boundary(),
        "mandate": world.people["grid_member"].mandates.values_list("pk", flat=True).get(),
    }
    more = {**_figures(world), **_news(world, number), **_homes(world), **_facts(world), **_duties(world)}
    more |= _published(world) | _private(world, where)
    more |= _asked(world)
    more |= _gatherings(world)
    more |= _votes(world)
    more |= _elections(world)
    more |= street_funds.build(world)
    more |= street_projects.build(world)
    more |= street_agreements.build(world)
    more |= street_money.build(world)
    more |= street_sharing.build(world)
    more |= street_volunteering.build(world)
    more |= street_neighbours.build(world)
    more |= on_the_street(world, clock.now())
    more["relation"] = Relation.objects.values_list("pk", flat=True).order_by("pk").first()
    near, home = world.units["committee-1"], world.places["PC-2-1-1"]
    given = {"organization": near, "place": home, "decision": "test"}
    more["charge"] = people.charge_body(by=cast.SETUP, at=clock.now(), **given).pk
    more |= _branch(world)
    return Street(world, {**values, **more}, {role: _session_of(person) for role, person in world.people.items()})


def _session_of(person: Person) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _branch(world: cast.World) -> dict[str, Any]:
    """A party branch of one grid, with a member of its own."""
    body = people.add_organization(
        by=cast.SETUP, at=clock.now(), code="branch-1", kind="grid_branch", name="柳园一网格党支部",
        place=world.places["PC-1-1-1"], valid_from=dt.date(2020, 1, 1),
    )  # fmt: skip
    given = {"contact": cast.phone_of("resident"), "name": "", "category": "direct"}
    row = people.keep_member(by=world.actor("secretary"), at=clock.now(), branch=body, **given)
    return {"branch": body.code, "member": row.pk}


def _asked(world: cast.World) -> dict[str, Any]:
    """What waits for the privacy officer: a copy to make, a list to let out, a breach that was found."""
    cast.add_privacy_officers(world)
    when = {"at": cast.NOW}
    copy = ask_right(by=world.actor("resident"), right="copy", text="", **when)
    reason = "3月20日停水，逐户打电话通知"
    export = ask_export(by=world.actor("dispatcher"), reason=reason, scope="status=open", **when)
    told = {"text": "名单发错了群，已经撤回。", "kinds": "称呼、电话", "persons": 3, "harm": "可能有骚扰电话"}
    breach = report_breach(by=world.actor("dispatcher"), drill=False, **told, **when)
    return {"rights": copy["number"], "export": export["number"], "breach": breach["number"]}


def _private(world: cast.World, where: Where) -> dict[str, Any]:
    """A quarrel that a mediator took on, and somebody who was offered a time with a lawyer."""
    hire(world)
    found: dict[str, Any] = {}
    told = {"dispute": ("dispute.neighbour", "mediation"), "appointment": ("referral.legal", "legal-room")}
    for name, (category, body) in told.items():
        common = {"by": world.actor("resident"), "at": cast.NOW, "where": where, "category": category}
        found[name] = cases.report_case(text="和楼上邻居漏水的事，想请人帮忙。", **common)["number"]
        unit = world.units[body].pk
        cases.dispatch_case(by=world.actor("dispatcher"), at=cast.NOW, number=found[name], unit_id=unit)
    take_mediation(by=world.actor("mediator"), at=cast.NOW, number=found["dispute"], declared=True)
    day = cast.NOW + dt.timedelta(days=2)
    said = {"starts_at": day, "minutes": 60, "where": "社区法律服务室"}
    propose_time(by=world.actor("judge"), at=cast.NOW, number=found["appointment"], **said)
    return found


def _facts(world: cast.World) -> dict[str, Any]:
    """A form that was approved and sent out; a reader who was proposed; a law with its old text and its new."""
    for kind, named in (("fields", "*"), ("scenes", "*"), ("events", "*"), ("laws", "cn.village-*")):
        for path in sorted((Path(packs_room.__file__).parent / "data" / kind).glob(f"{named}.toml")):
            load_pack(by=cast.SETUP, at=cast.NOW, path=path)
    task = task_of(world, approved(world, asked("dwelling.gas_kind", "dwelling.wiring_ok")))
    return {"form": task.form.code, "task": task.pk, "grant": grant(world).pk}


def _homes(world: cast.World) -> dict[str, Any]:
    """A home of the resident's, and one that is declared; a list that says otherwise."""
    load_law()
    doors = homes(world)
    held = approve(world, declare(world, "resident", doors["1-101"]))
    waiting = declare(world, "resident", doors["1-102"])
    listed = ListedTenure(doors["1-101"].pk, "owner", "2021-01-01", name="演示", conflict="shares", held=held.pk)
    made = bring_tenures(by=cast.SETUP, at=cast.NOW, rows=[listed])
    conflict = made["registers.RegisterConflict"][0]
    given = issue_certificate(by=world.actor("resident"), at=cast.NOW, number=held.pk, address="")
    made_of = {"home": held.pk, "certificate": given.number, "declared": waiting.pk}
    return {**made_of, "dwelling": doors["1-101"].code, "conflict": conflict}


def _boundary() -> str:
    """The number of a change of boundaries: one grid got another name."""
    line = Line("PC-2-1-1", "rename", "PC-2-1-1", "桥南一网格")
    reference, _made = change_boundaries(by=cast.SETUP, at=cast.NOW, plan=plan_of([line]), on=cast.NOW.date())
    return reference.removeprefix("boundary:")


def _figures(world: cast.World) -> dict[str, Any]:
    """A figure of two years with its source, and a sheet in use."""
    folder = Path(packs_room.__file__).parent / "data/indicators"
    for path in sorted(folder.glob("*.toml")):
        load_pack(by=cast.SETUP, at=cast.NOW, path=path)
    place, on = world.places["PC"].pk, cast.NOW.date()
    said = {2024: 59_500, 2025: 59_660}
    figures = [
        Figure("region.population", place, year, value, 0, "人", "演示", True, on) for year, value in said.items()
    ]
    record_figures(by=cast.SETUP, at=cast.NOW, figures=figures)
    sheet = take_sheet(by=cast.SETUP, at=cast.NOW, code="community")
    filled = {"place": world.places["PC"], "since": on.replace(day=1), "until": on, "marks": {"meeting": "8"}}
    filled |= {"evidence": {"meeting": ["演示：议事会记录 1 份"]}, "notes": {}}
    fill_sheet(by=cast.SETUP, at=cast.NOW, sheet=sheet, **filled)
    publish_month(by=cast.SETUP, at=cast.NOW, month=dt.date(2026, 2, 1))
    return {"sheet": sheet.code}


def _news(world: cast.World, number: str) -> dict[str, Any]:
    """A notice of the resident's, a delivery that stopped, and a system that is told of events."""
    about = {"kind": "case_reported", "params": {"number": number}, "subject": f"case:{number}"}
    tell_person = {"person_id": world.people["resident"].pk, "dedupe_key": "street", "created_at": cast.NOW}
    notice = Notice.objects.create(**about, **tell_person)
    stopped = {"channel": DeliveryChannel.MAIL, "status": DeliveryStatus.FAILED, "next_try_at": cast.NOW}
    delivery = Delivery.objects.create(**about, **tell_person, **stopped)
    webhook = Webhook.objects.create(
        url="https://other.example.org/gz", secret_sealed=b"sealed", topics=["*"], created_at=cast.NOW
    )
    return {"notice": notice.pk, "delivery": delivery.pk, "webhook": webhook.pk}


def _duties(world: cast.World) -> dict[str, Any]:
    """A duty of the secretary's, one done with a photo, a calendar; a text with two versions and a draft."""
    for kind in ("schedules", "papers"):
        for path in sorted((Path(packs_room.__file__).parent / "data" / kind).glob("*.toml")):
            load_pack(by=cast.SETUP, at=cast.NOW, path=path)
    make_duties(by=cast.SETUP, at=cast.NOW)
    secretary, subject = world.actor("secretary"), f"organization:{world.units['committee-1'].pk}"
    duty = Duty.objects.get(rule="meeting.month", period="2026-03", subject=subject)
    done = Duty.objects.get(rule="residents.review.year", period="2026", subject=subject)
    fulfil_duty(by=secretary, at=cast.NOW, duty_id=done.pk, uploads=[photo()])
    text = {"code": "liuyuan", "place": world.places["PC-1"], "kind": "covenant", "title": "柳园公约"}
    for line in ("# 一、楼道", "# 一、楼道不堆物", "# 一、楼道和门厅不堆物"):
        draft_instrument(by=secretary, at=cast.NOW, text=line, **text)
        if "门厅" not in line:
            day = cast.NOW.date()
            told = {"adopted_on": day, "effective_from": day, "basis": "居民代表会议"}
            adopt_instrument(by=secretary, at=cast.NOW, code="liuyuan", **told)
    media = Evidence.objects.get(subject=str(done)).media_id
    feed = feed_of_person(world.people["secretary"].pk).token
    return {"duty": duty.pk, "duty_photo": media, "feed": feed, "instrument": "liuyuan"}


def _published(world: cast.World) -> dict[str, Any]:
    """A criticism that runs, with a correction and a reply that wait; a draft with a picture; a running 公示."""
    writer, second, at = world.actor("secretary"), world.actor("supervisor"), clock.now() - dt.timedelta(days=6)
    facts = {"checked": "去看过两次", "rectify_by": "2026-04-10"}
    text = Words(title="东门通道堵了", body="东门消防通道堆着杂物。", about="东门", facts=facts)
    subject = Subject("facility", party=world.units["property-1"])
    common = {"by": writer, "at": at, "place": world.places["PC-1"]}
    made = publications.begin_publication(kind="exposure", text=text, subject=subject, **common)
    publications.add_pictures(by=writer, at=at, number=made.number, uploads=[photo()], evidence=True)
    publications.notify_party(by=writer, at=at, number=made.number)
    over = at + dt.timedelta(days=5)
    publications.submit_publication(by=writer, at=over, number=made.number)
    publications.release_publication(by=second, at=over, number=made.number)
    said = {"wrong": "不是杂物", "right": "是待运的旧家具", "why": "没问清楚"}
    corrected = {"title": "东门通道堵了", "body": "东门消防通道堆着旧家具。", **said}
    correction = publications.propose_correction(by=writer, at=over, number=made.number, **corrected)
    reply = publications.file_reply(by=world.actor("property"), at=over, number=made.number, text="今天就清。")
    dated = Words(title="义诊", body="周六上午在活动室。", about="义诊", begins_at=over.isoformat())
    draft = publications.begin_publication(kind="activity", text=dated, subject=Subject(), **common)
    picture = publications.add_pictures(by=writer, at=at, number=draft.number, uploads=[photo()])[0]
    facts = {"where": "活动室", "join": "直接来"}
    ready = Words(title="义诊", body="周六上午在活动室。", about="义诊", facts=facts, begins_at=dated.begins_at)
    event = publications.begin_publication(kind="activity", text=ready, subject=Subject(), **common)
    publications.submit_publication(by=writer, at=at, number=event.number)
    publications.release_publication(by=second, at=at, number=event.number)
    found = {"exposure": made.number, "correction": correction.pk, "reply": reply.pk}
    return {**found, "draft": draft.number, "draft_picture": picture.media_id, "event": event.number}


def _gatherings(world: cast.World) -> dict[str, Any]:
    """A talk that was held, and the next of its series, noticed."""
    by, at, body = world.actor("secretary"), clock.now() - dt.timedelta(days=40), world.units["committee-1"]
    starts = at + dt.timedelta(days=1)
    first = Meeting(starts, starts + dt.timedelta(hours=1), "社区二楼")
    about = {"kind": "talk", "body": body, "title": "恳谈会"}
    held = gatherings.begin_series(by=by, at=at, every="month", first=first, **about)
    assert held.series_id is not None
    _noticed(held.number, world, at)
    gatherings.open_gathering(by=by, at=starts, number=held.number)
    gatherings.close_gathering(by=by, at=starts, number=held.number, said="楼道的灯先修")
    row = gatherings.call_next(by=by, at=clock.now(), series_id=held.series_id)
    _noticed(row.number, world, clock.now())
    code = gathered.check_in_code(row)
    guest = {"gathering_guest": world.units["property-1"].pk}
    topic = _topic(world)
    return {"gathering": row.number, "held": held.number, "series": held.series_id, "check_in": code, **guest, **topic}


def _topic(world: cast.World) -> dict[str, Any]:
    """What a resident wants a council to talk about."""
    about = {"code": "council-1", "kind": "council", "name": "柳园议事会", "valid_from": dt.date(2020, 1, 1)}
    council = people.add_organization(by=cast.SETUP, at=cast.NOW, place=world.places["PC-1"], **about)
    given = {"title": "东门什么时候开", "why": "要绕远路"}
    row = gatherings.propose_topic(by=world.actor("secretary"), at=clock.now(), body=council, **given)
    return {"topic": row.number, "council": council.pk}


def _noticed(number: str, world: cast.World, at: dt.datetime) -> None:
    by = world.actor("secretary")
    gatherings.add_item(by=by, at=at, number=number, kind="matter", title="楼道的灯")
    gatherings.notice_gathering(by=by, at=at, number=number)


def _elections(world: cast.World) -> dict[str, Any]:
    """A roll to register for; one that hangs out with an objection, its candidates being named; one counted."""
    load_pack(by=cast.SETUP, at=cast.NOW, path=Path(packs_room.__file__).parent / "data/laws/cn.village-2026.toml")
    by, now, place = world.actor("secretary"), clock.now(), world.places["PC-1"]
    law: dict[str, Any] = {"kind": "voters", "measures": ("heads",), "full_names": True, "law": electorates.VILLAGE}
    law["basis"] = electorates.basis_of(electorates.VILLAGE, place.path, clock.local_date(now))
    roll = ballots.freeze_roll(by=by, at=now, place=place, entries=[], **law)
    mine = {"number": roll.number, "group": "一组", "capacity": "3", "adult": True}
    ballots.register_myself(by=world.actor("resident"), at=now, **mine)
    voters = [Entitlement((world.people[name].pk,), group="一组") for name in ("resident", "neighbour")]
    hung = ballots.freeze_roll(by=by, at=now, place=place, entries=voters, **law)
    ballots.publish_roll(by=by, at=now, number=hung.number)
    said = {"number": hung.number, "kind": "left_out", "said": "户口在二组"}
    ballots.object_to_roll(by=world.actor("outsider"), at=now, **said)
    naming = _election(world, hung.number, now, now + dt.timedelta(days=9))
    begun = now - dt.timedelta(days=40)
    old = ballots.freeze_roll(by=by, at=begun, place=place, entries=voters, **law)
    ballots.publish_roll(by=by, at=begun, number=old.number)
    elected = _election(world, old.number, begun, now - dt.timedelta(days=1))
    ballots.nominate(by=by, at=begun, number=elected, position=2, source="community")
    ballots.settle_candidates(by=by, at=begun, number=elected)
    ballots.open_vote(by=by, at=now - dt.timedelta(days=5), number=elected)
    ballots.close_vote(by=by, at=now, number=elected)
    ballots.count_vote(by=by, at=now, number=elected)
    return {"roll": roll.number, "hung": hung.number, "naming": naming, "elected": elected}


def _election(world: cast.World, roll: str, at: dt.datetime, closes: dt.datetime) -> str:
    """One seat, the resident named for it."""
    by, found = world.actor("secretary"), Roll.objects.get(number=roll)
    about: dict[str, Any] = {"title": "选举村民委员会委员", "seats": 1, "closes_at": closes}
    vote = ballots.draft_election(by=by, at=at, roll=found, body=world.units["committee-1"], **about)
    ballots.nominate(by=by, at=at, number=vote.number, position=1, source="community")
    return vote.number


def _votes(world: cast.World) -> dict[str, Any]:
    """Three owners' votes on one roll: drawn up, running with a box and a proxy, counted."""
    load_pack(by=cast.SETUP, at=cast.NOW, path=Path(packs_room.__file__).parent / "data/laws/cn.owners.decisions.toml")
    by, now = world.actor("secretary"), clock.now()
    owners = [Entitlement((world.people[name].pk,), group="5栋", area=8_912) for name in ("resident", "neighbour")]
    place, measures = world.places["LY-5"], ("heads", "area")
    roll = ballots.freeze_roll(by=by, at=now, place=place, kind="owners", measures=measures, entries=owners)
    roll = ballots.publish_roll(by=by, at=now, number=roll.number)
    begun = now - dt.timedelta(days=20)
    made = []
    for at, days in ((now, 9), (now, 9), (begun, 9)):
        ground = owners_ground(place.path, clock.local_date(now), "matter.6")
        closes = at + dt.timedelta(days=days)
        body, question = world.units["committee-1"], Question("装不装电梯？")
        made.append(
            ballots.draft_vote(by=by, at=at, roll=roll, body=body, question=question, ground=ground, closes_at=closes)
        )
    drafted, vote, counted = (one.number for one in made)
    ballots.open_vote(by=by, at=now, number=vote)
    ballots.open_vote(by=by, at=begun, number=counted)
    for act in (ballots.close_vote, ballots.count_vote):
        act(by=by, at=now, number=counted)
    box = ballots.add_box(by=by, at=now, number=vote, code="1 号箱", origin="paper")
    holder, signed = world.people["grid_member"], clock.local_date(now)
    ballots.give_proxy(by=by, at=now, number=vote, position=2, holder=holder, signed_on=signed)
    return {"drafted": drafted, "vote": vote, "counted": counted, "box": box.pk}
