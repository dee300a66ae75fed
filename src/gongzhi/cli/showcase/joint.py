"""Steps of the demo's hard cases: disputes, joint work, supervision, one thing said by several. 演示数据."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gongzhi.cases import actions as cases
from gongzhi.cases import queries
from gongzhi.cases.actions.excluding import propose_exclusion
from gongzhi.cases.actions.gathering_in import Item, hold_talk
from gongzhi.cases.actions.merging import merge_case
from gongzhi.cases.actions.voicing import judge_suggestion
from gongzhi.cases.models import Case, WorkOrder
from gongzhi.cli.showcase.staff import Crew
from gongzhi.common import clock
from gongzhi.packs import queries as packs
from gongzhi.places.models import Place

Common = dict[str, Any]
# Units that talk with people rather than mend things.
_TALKING = ("mediation", "legal", "counselling", "party", "community")


def _departments(case: Case) -> list[int]:
    """Units of the whole place other than the one that has the case; those with somebody to act come first."""
    near = sorted(
        (unit for unit in queries.units() if case.path.startswith(unit.path)), key=lambda unit: len(unit.path)
    )
    working = [unit for unit in near if unit.kind and unit.kind not in _TALKING]
    return [unit.id for unit in working if unit.id not in (case.unit_id, case.about_unit_id)]


def _ask_ruling(crew: Crew, case: Case, common: Common, note: str) -> None:
    by = crew.actor(crew.over(case.path, "dispatcher"))
    concerned = _departments(case)[:2]
    cases.ask_ruling(by=by, reason="dispute.two_duties", note=note, units=concerned, **common)


def _rule(crew: Crew, case: Case, common: Common, note: str) -> None:
    by = crew.actor(crew.by_role["supervisor"])
    unit = case.pending["concerned"][0]
    cases.rule_case(by=by, unit_id=unit, clause="谁建设谁养护（演示）", note=note, **common)


def _join(crew: Crew, case: Case, common: Common, note: str) -> None:
    by = crew.actor(crew.over(case.path, "dispatcher"))
    cases.join_case(by=by, units=_departments(case)[:2], note=note, **common)


def _whistle(crew: Crew, case: Case, common: Common, note: str) -> None:
    by = crew.actor(crew.over(case.path, "secretary", "dispatcher"))
    note, _sep, nobody_came = note.partition("｜")
    called = [unit for unit in _departments(case) if unit in crew.by_unit][:2]
    cases.whistle_case(by=by, units=called, note=note, **common)
    orders = WorkOrder.objects.filter(case=case, role="whistle", ended_at__isnull=True).order_by("id")
    later = {**common, "at": common["at"] + dt.timedelta(minutes=20)}
    for order in orders[:1]:
        cases.respond_order(by=crew.actor(crew.by_unit[order.unit_id]), **later)
        cases.record_arrival(by=by, order=order.pk, **later)
    for order in orders[1:2]:
        cases.record_absence(by=by, order=order.pk, reason="absence.no_reason", note=nobody_came, **later)


def _supervise(crew: Crew, case: Case, common: Common, note: str) -> None:
    by = crew.actor(crew.by_role["supervisor"])
    until = clock.local_date(common["at"]) + dt.timedelta(days=1)
    cases.supervise_case(by=by, unit_id=case.unit_id or 0, note=note, until=until, **common)


def _pause(crew: Crew, case: Case, common: Common, note: str) -> None:
    """Before the deadline, wherever the days of rest have put it today."""
    handler = crew.actor(crew.by_unit.get(case.unit_id or 0) or crew.by_role["department"])
    if case.due_at is not None:
        common = {**common, "at": min(common["at"], case.due_at - dt.timedelta(minutes=1))}
    until = clock.local_date(common["at"]) + dt.timedelta(days=3)
    cases.ask_pause(by=handler, reason="pause.weather", note=note, until=until, **common)
    cases.decide_pause(by=crew.actor(crew.over(case.path, "dispatcher")), granted=True, **common)


def _same(crew: Crew, case: Case, common: Common, note: str) -> None:
    """Each neighbour who says the same thing is joined to the case, and hears of every step."""
    by, at = crew.actor(crew.over(case.path, "dispatcher")), common["at"]
    place = case.place.code if case.place else ""
    for number, words in enumerate(note.split("｜"), 1):
        report = cases.report_case(
            by=crew.actor(crew.residents[number % len(crew.residents)]),
            at=at + dt.timedelta(minutes=5 * number),
            text=words,
            where=queries.locate(place_code=place),
            channel="web",
            category=case.category,
        )
        merge_case(by=by, at=at + dt.timedelta(minutes=5 * number + 2), number=report["number"], into=case.number)


def _unreasonable(crew: Crew, case: Case, common: Common, note: str) -> None:
    by = crew.actor(crew.over(case.path, "dispatcher"))
    propose_exclusion(by=by, reason="unreasonable.beyond_duty", note=note, **common)


def _adopt(crew: Crew, case: Case, common: Common, note: str) -> None:
    judge_suggestion(by=crew.actor(crew.over(case.path, "secretary")), outcome="adopted", note=note, **common)


def _decline(crew: Crew, case: Case, common: Common, note: str) -> None:
    by = crew.actor(crew.over(case.path, "secretary"))
    judge_suggestion(by=by, outcome="declined", reason="decline.no_means", note=note, **common)


STEPS: Mapping[str, Callable[[Crew, Case, Common, str], None]] = {
    "ask_ruling": _ask_ruling,
    "rule": _rule,
    "join": _join,
    "whistle": _whistle,
    "supervise": _supervise,
    "pause": _pause,
    "same": _same,
    "unreasonable": _unreasonable,
    "adopt": _adopt,
    "decline": _decline,
}


def open_list(crew: Crew, place: Place, told: Mapping[str, Any], now: dt.datetime) -> None:
    """清单: one list with a few lines, owned by units of the place."""
    by = crew.actor(crew.by_role["supervisor"])
    today = clock.local_date(now)
    near = [unit for unit in queries.units() if place.path.startswith(unit.path)]
    units = [unit.id for unit in near if unit.kind and unit.kind not in _TALKING]
    if len(units) < 2:
        return

    def task(text: str, days: int, unit: int, standard: str = "") -> cases.Task:
        return cases.Task(text=text, unit_id=unit, until=today + dt.timedelta(days=days), standard=standard)

    at = now - dt.timedelta(days=3)
    head = cases.issue_list(by=by, at=at, place_code=place.code, task=task(told["head"], 20, units[0]))
    for days, line in enumerate(told["lines"], 2):
        item = task(line["text"], days, units[days % len(units)], line["standard"])
        cases.add_item(by=by, at=at, number=head.number, task=item)


def hold_a_talk(crew: Crew, spot: Place, said: Sequence[Mapping[str, str]], now: dt.datetime) -> None:
    """谈心: this week's talk at one place; what was `settled` there and then needs nobody else."""
    rule = packs.active_model().talks
    if rule is None:
        return
    inside = Place.objects.current().filter(level=rule.level).order_by("path")
    place = next((one for one in inside if spot.path.startswith(one.path)), None)
    if place is None:
        return
    by = crew.actor(crew.over(place.path, *rule.roles))
    where, on = queries.locate(place_code=spot.code), clock.local_date(now)
    hold_talk(by=by, at=now, place=place, on=on, where=where, items=[Item(**one) for one in said])
