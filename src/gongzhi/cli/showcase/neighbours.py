"""The demo's neighbourhood space: a lost thing, a request, two good deeds, a report, an appeal. 演示数据."""

import datetime as dt
from typing import Any

from gongzhi.cli.showcase.homes import move_in
from gongzhi.cli.showcase.staff import Crew
from gongzhi.common.access import allows
from gongzhi.common.clock import local_date
from gongzhi.disclosure import actions, queries, rules
from gongzhi.disclosure.models import Message
from gongzhi.disclosure.rules import Said
from gongzhi.people.actions import grant_consent
from gongzhi.people.rules import CONSENTS
from gongzhi.registers.models import Tenure
from gongzhi.web.views.demo import demo_person


def talk(crew: Crew, now: dt.datetime) -> None:
    """By those whose homes are verified; where there are none, there is nothing to tell."""
    people = [crew.actor(person) for person in crew.residents[:3]]
    spaces = queries.spaces_of(people[0], local_date(now)) if people else []
    living = [one for one in people if spaces and queries.lives_at(one, spaces[0].path, local_date(now))]
    if len(living) < 2:
        return
    office = crew.actor(crew.over(spaces[0].path, "secretary"))
    if allows(office, rules.MODERATE, path=spaces[0].path):
        _bring_in(crew, spaces[0].path, now)
        _Talking(office, living, spaces[0], now).tell()


def _bring_in(crew: Crew, path: str, now: dt.datetime) -> None:
    """Whoever signs in as the demo's resident rents there, so that there is something to read and to answer."""
    shown = demo_person("resident", now)
    landlords = Tenure.objects.filter(person__in=crew.residents, lives_here=False, dwelling__path__startswith=path)
    door = landlords.select_related("dwelling").order_by("id").first()
    if shown is not None and door is not None and not queries.lives_at(crew.actor(shown), path, local_date(now)):
        move_in(crew, shown, door.dwelling, now)


class _Talking:
    def __init__(self, office: Any, living: list[Any], place: Any, now: dt.datetime) -> None:
        self.office, self.living, self.place, self.now = office, living, place, now

    def tell(self) -> None:
        first, second = self.living[0], self.living[-1]
        self._good_deeds(first, second)
        found = self._post(first, 30, "lost", "捡到一串钥匙", "早上在中心花园的长椅上捡到，有一个蓝色的扣。")
        reply = Said("扣上是不是有个小铃铛？像是我的。", called="小周")
        actions.reply(by=second, at=self.now - dt.timedelta(hours=28), number=found.number, said=reply)
        self._post(second, 6, "request", "借一把梯子", "换个灯泡，用半个小时就还。", "小周")
        self._taken_down(first)
        talked = self._post(second, 4, "talk", "团购水果，扫码进群", "今天下单便宜两成。", "水果店")
        actions.alert(by=first, at=self.now, number=talked.number, reason="advertising", note="发了好几次了。")

    def _post(self, by: Any, hours: int, kind: str, title: str, body: str, called: str = "") -> Message:
        at, said = self.now - dt.timedelta(hours=hours), Said(body, f"{title}（演示）", called)
        return actions.post_message(by=by, at=at, place=self.place, kind=kind, said=said)

    def _good_deeds(self, first: Any, second: Any) -> None:
        """One whose bearer wants the name written and consents, one that still waits to be read."""
        soup = self._post(first, 50, "story", "楼下有绿豆汤", "天热，一位邻居熬了一大锅，谁路过都能喝一碗。")
        actions.admit(by=self.office, at=self.now - dt.timedelta(hours=49), number=soup.number)
        grant_consent(by=second, at=self.now, purpose=rules.NAMING, version=CONSENTS[rules.NAMING].version)
        actions.ask_name(by=second, at=self.now, number=soup.number, name="热心小周")
        actions.agree_name(by=first, at=self.now, number=soup.number)
        self._post(second, 3, "story", "楼道清出来了", "堆了半年的旧家具，有人一个下午搬走了，还扫了地。")

    def _taken_down(self, by: Any) -> None:
        row = self._post(by, 26, "talk", "东门停车", "东门口天天堵，有人说是停车收费的人故意放进来的。")
        at = self.now - dt.timedelta(hours=24)
        actions.hide(by=self.office, at=at, number=row.number, reason="untrue", note="收费的事还没有核实。")
        text = "我拍了照片，可以去掉“故意”两个字。"
        actions.appeal(by=by, at=self.now - dt.timedelta(hours=20), number=row.number, text=text)
