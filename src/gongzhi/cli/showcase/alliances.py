"""The demo's alliance of shops: its pact, a violation made good, one talked about; an expert who follows. 演示数据."""

import datetime as dt
from typing import Any

from gongzhi.cases.actions import report_case
from gongzhi.cases.queries import locate
from gongzhi.cli.showcase.deliberation import committee, walk
from gongzhi.cli.showcase.staff import SHOWCASE, Crew
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.deliberation import actions, alliances, experts, members
from gongzhi.deliberation.actions.ending import Text
from gongzhi.deliberation.actions.opening import Opening
from gongzhi.deliberation.models import Course, Resolution
from gongzhi.packs import queries as packs
from gongzhi.people import actions as people
from gongzhi.people.models import Organization
from gongzhi.places.models import Place

CHANNEL = "merchant"
SHOPS = ("演示面馆", "演示水果店", "演示五金店", "演示理发店")
WORDS = """# 门前
不占人行道，不乱停车，下班收好桌椅。
# 声音和油烟
晚上十点以后不用音箱，油烟净化器每月洗一次。
# 买卖
明码标价，不缺斤少两，七天内有问题的给换。
# 违约
先由联盟上门谈，说好哪天改好；没改好的，听过本人的话，移送管这件事的部门。"""
_AGREED = {"members": 4, "present": 4, "yes": 3, "no": 1, "abstain": 0}
_PACT: list[Any] = [
    (0, "recorded", "alliance", "draft", ("draft",), {}),
    (1, "published", "alliance", "consult", ("draft",), {}),
    (12, "recorded", "alliance", "revise", ("opinions",), {"figures": {"opinions": 6, "adopted": 4, "declined": 2}}),
    (12, "signed", "supervisors", "revise", (), {}),
    (13, "recorded", "legal", "legality", ("checklist",), {"figures": {"contrary": 0, "monopoly": 0, "fines": 0}}),
    (13, "signed", "supervisors", "legality", (), {}),
    (14, "noticed", "alliance", "vote", ("plan",), {"for_day": 18}),
    (18, "recorded", "meeting", "vote", ("minutes",), {"figures": _AGREED}),
    (18, "signed", "supervisors", "vote", (), {}),
    (19, "recorded", "alliance", "filing", ("receipt",), {}),
    (20, "published", "alliance", "publish", ("text",), {}),
    (20, "signed", "supervisors", "publish", (), {}),
    (31, "recorded", "alliance", "archive", ("file",), {}),
]
_TALKED: list[Any] = [
    (0, "recorded", "alliance", "report", ("report",), {}),
    (2, "recorded", "alliance", "talk", ("talk",), {"outcome": "promised"}),
]
_MADE_GOOD: list[Any] = [
    *_TALKED,
    (9, "recorded", "alliance", "check", ("check",), {"outcome": "made_good"}),
    (9, "signed", "supervisors", "check", (), {}),
    (10, "recorded", "alliance", "archive", ("file",), {}),
]
_CHOSEN = {"experts": 1, "conflicted": 0}
_ADVISED = {**_CHOSEN, "signed": 1, "advice": 3, "adopted": 2, "partly": 1, "declined": 0}
_FOLLOWED: list[Any] = [
    (0, "recorded", "host", "choose", ("matter", "roster", "declarations"), {"figures": _CHOSEN}),
    (0, "signed", "supervisors", "choose", (), {}),
    (0, "published", "host", "choose", (), {}),
    (6, "recorded", "experts", "before", ("declarations", "advice", "reply"), {"figures": _ADVISED}),
]


def agree_a_pact(crew: Crew, spot: Place, now: dt.datetime) -> None:
    """Where the model knows alliances of shops and experts: one of each, with work on it."""
    runner = crew.actor(crew.over(spot.path, "secretary"))
    body = committee(runner)
    if body is None or body.place is None:
        return
    watcher = crew.actor(crew.over(body.place.path, "supervisor"))
    if watcher.person_id == runner.person_id:
        return
    if alliances.in_model():
        _alliance(crew, runner, watcher, body.place, now)
    if experts.professions():
        _expert(runner, watcher, body, now)


def _alliance(crew: Crew, runner: Actor, watcher: Actor, place: Place, now: dt.datetime) -> None:
    since = clock.local_date(now) - dt.timedelta(days=200)
    at = now - dt.timedelta(days=200)
    given: dict[str, Any] = {"by": SHOWCASE, "at": at, "place": place, "valid_from": since}
    name = f"{place.name}商户联盟（演示）"
    body = people.add_organization(**given, code="demo-alliance", kind=alliances.KIND, name=name)
    shops = [
        people.add_organization(**given, code=f"demo-shop-{number}", kind="merchant", name=name)
        for number, name in enumerate(SHOPS, 1)
    ]
    for shop in shops:
        people.relate(by=SHOWCASE, at=at, kind=members.JOINED, source=shop, target=body)
    _pact(runner, watcher, body, now - dt.timedelta(days=90))
    done = _about(runner, body, shops[0], "桌椅摆到人行道上（演示）", now - dt.timedelta(days=40))
    walk(done, runner, watcher, _MADE_GOOD)
    going = _about(runner, body, shops[2], "夜里十一点还用音箱（演示）", now - dt.timedelta(days=5))
    walk(going, runner, watcher, _TALKED)
    if crew.residents and packs.active_model().channel(CHANNEL):
        resident, where = crew.actor(crew.residents[0]), locate(place_code=place.code)
        text = "水果店的筐子摆到盲道上，推轮椅过不去（演示）。"
        said: dict[str, Any] = {"text": text, "where": where, "channel": CHANNEL, "about_unit_id": shops[1].pk}
        report_case(by=resident, at=now - dt.timedelta(hours=5), **said)


def _pact(runner: Actor, watcher: Actor, body: Organization, at: dt.datetime) -> None:
    opening = Opening("商户自律公约（演示）", "alliance")
    row = actions.open_course(by=runner, at=at, body=body, name=alliances.PACT, opening=opening)
    walk(row, runner, watcher, _PACT)
    made = Resolution.objects.get(course=row)
    begins = made.decided_on + dt.timedelta(days=30)
    text = Text("demo-shop-pact", "covenant", f"{body.name}自律公约", WORDS, begins)
    actions.adopt_text(by=runner, at=made.made_at, number=made.number, text=text)


def _about(runner: Actor, body: Organization, shop: Organization, about: str, at: dt.datetime) -> Course:
    opening = Opening(about, "resident", concerns=f"{members.BODY}{shop.pk}")
    return actions.open_course(by=runner, at=at, body=body, name=alliances.VIOLATION, opening=opening)


def _expert(runner: Actor, watcher: Actor, body: Organization, now: dt.datetime) -> None:
    """The first on the roster with whom nothing stands between, and no part in this demo's office."""
    at, today = now - dt.timedelta(days=16), clock.local_date(now)
    opening = Opening("老旧排水管换不换、怎么换（演示）", "host")
    row = actions.open_course(by=runner, at=at, body=body, name="expert_following", opening=opening)
    known = [one for one in experts.roster(runner, today) if one.person_id != runner.person_id]
    against = experts.interests(known, row, today)
    free = next((one for one in known if not against[one.pk]), None)
    if free is not None:
        actions.choose_expert(by=runner, at=now, number=row.number, mandate_id=free.pk)
        walk(row, runner, watcher, _FOLLOWED)
