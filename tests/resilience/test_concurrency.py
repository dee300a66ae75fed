"""Many at the same thing at the same moment, across two web processes, or in two processes of their own."""

from tests.resilience.instance import CONNECTIONS, Answer, Client, Instance, at_once

# The first-contact clock has run out a minute ago.
_LATE = """
  WITH late AS (
    UPDATE cases_case SET next_clock = 'first_contact', next_clock_at = now() - interval '1 minute'
    WHERE number = ANY(%s) RETURNING id
  )
  UPDATE cases_clock SET due_at = now() - interval '1 minute'
  WHERE case_id IN (SELECT id FROM late) AND kind = 'first_contact' RETURNING id"""
BODY = {"text": "5栋2单元门口路灯不亮，晚上看不见台阶。", "place_code": "LY-5"}


def reported(instance: Instance, key: str) -> str:
    answer = Client(instance.port).insist(key, BODY)
    assert answer.status == 201, answer
    return str(answer.body["number"])


def test_64_connections_with_one_key_make_one_case(instance: Instance) -> None:
    done: list[tuple[str, Answer]] = []
    at_once(instance.port, [("the-same-key", BODY)] * CONNECTIONS, done)
    answers = [answer for _, answer in done]
    assert {answer.status for answer in answers} == {201} and len(answers) == CONNECTIONS
    assert all(answer.body == answers[0].body for answer in answers)
    assert [answer.replayed for answer in answers].count(False) == 1
    number = answers[0].body["number"]
    found = instance.rows("SELECT answer ->> 'number' FROM audit_requestkey WHERE key = 'the-same-key'")
    assert found == [(number,)]
    assert instance.rows("SELECT count(*) FROM cases_case WHERE number = %s", [number]) == [(1,)]
    other = Client(instance.port).post("the-same-key", {**BODY, "text": "另一件事，另一盏灯。"})
    assert (other.status, other.body["code"]) == (409, "idempotency_conflict")


def test_different_keys_make_different_cases_with_different_numbers(instance: Instance) -> None:
    done: list[tuple[str, Answer]] = []
    at_once(instance.port, [(f"differs-{n}", BODY) for n in range(2 * CONNECTIONS)], done)
    assert len({answer.body["number"] for _, answer in done}) == 2 * CONNECTIONS


def test_of_two_dispatchers_one_wins_and_the_other_is_told(instance: Instance) -> None:
    number, utility, property_ = reported(instance, "for-two"), instance.units["utility"], instance.units["property-1"]
    act = (
        "__import__('gongzhi.cases.actions').cases.actions.dispatch_case("
        f"by=actor('dispatcher'), at=clock.now(), number='{number}', unit_id=%d).status"
    )
    answers = instance.ask(act % utility, act % property_)
    assert sorted(answers) == ["dispatched", "wrong_state"]
    winner = (utility, property_)[answers.index("dispatched")]
    orders = "SELECT o.unit_id FROM cases_workorder o JOIN cases_case c ON c.id = case_id WHERE number = %s"
    assert instance.rows(orders, [number]) == [(winner,)]
    events = "SELECT move FROM cases_caseevent e JOIN cases_case c ON c.id = case_id WHERE number = %s ORDER BY e.id"
    assert instance.rows(events, [number]) == [("report",), ("dispatch",)]


def test_two_workers_escalate_each_case_once(instance: Instance) -> None:
    numbers = [reported(instance, f"late-{n}") for n in range(10)]
    instance.rows(_LATE, [numbers])
    answers = instance.ask(*["__import__('gongzhi.cases.jobs').cases.jobs.escalate_overdue()"] * 2)
    assert sum(answers) == len(numbers), answers
    told = """
      SELECT number, count(*) FROM cases_caseevent JOIN cases_case c ON c.id = case_id
      WHERE move = 'escalate' AND number = ANY(%s) GROUP BY number"""
    assert dict(instance.rows(told, [numbers])) == dict.fromkeys(numbers, 1)
