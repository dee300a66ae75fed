"""Every shipped procedure: read, held against the law, driven from the first notice to the archived record and past
each gate; and what a local variant may not say."""

import datetime as dt
from collections.abc import Iterator
from functools import cache

import pytest

from gongzhi.engines.calendar import WorkCalendar
from gongzhi.engines.procedure import check, outcome, where_it_stands
from gongzhi.engines.procedure_terms import Definition, Event, Step, figure
from gongzhi.engines.tests.courses import happy_path, moved
from gongzhi.packs.calendars import work_calendar
from gongzhi.packs.contents import CalendarPack, LawPack
from gongzhi.packs.laws import InForce, resolve
from gongzhi.packs.procedure_checks import procedure_law_problems
from gongzhi.packs.procedure_contents import ProcedurePack
from gongzhi.packs.procedure_variants import variant_problems
from gongzhi.packs.procedures import definition, laws_of, numbers
from gongzhi.packs.reading import WrongPack, read_pack
from gongzhi.packs.rules import version_key
from gongzhi.packs.shipped import FOLDER

START = dt.date(2026, 3, 2)
ALL = [path.stem for path in (FOLDER / "procedures").glob("*.toml")]
NAMES = sorted(name for name in ALL if "." not in name)  # the national ones


def text_of(name: str) -> str:
    return (FOLDER / f"procedures/{name}.toml").read_text("utf-8")


def procedure(text: str) -> ProcedurePack:
    pack = read_pack(text)
    assert isinstance(pack, ProcedurePack)
    return pack


@cache
def laws(on: dt.date = START) -> dict[str, InForce]:
    """The national texts in force on a day."""
    found: dict[str, LawPack] = {}
    for path in sorted((FOLDER / "laws").glob("*.toml")):
        pack = read_pack(path.read_text("utf-8"), path.name)
        assert isinstance(pack, LawPack)
        known = found.get(pack.name)
        if not pack.over and pack.in_force(on) and (known is None or later(pack, known)):
            found[pack.name] = pack
    return {name: resolve(name, "CN", on, [(f"law:{name}/{pack.version}", pack)]) for name, pack in found.items()}


def later(one: LawPack, other: LawPack) -> bool:
    return version_key(one.version) > version_key(other.version)


@cache
def calendar() -> WorkCalendar:
    pack = read_pack((FOLDER / "calendars/cn.toml").read_text("utf-8"))
    assert isinstance(pack, CalendarPack)
    return work_calendar(pack)


@cache
def shipped(name: str) -> Definition:
    return definition(procedure(text_of(name)), laws())


def ways(defined: Definition) -> dict[str, dict[str, str]]:
    """Ways through a procedure that take every outcome of every step once: which outcome to prefer where."""
    codes, found = {step.code for step in defined.steps}, {}
    to_see: list[tuple[str, dict[str, str]]] = [(defined.steps[0].code, {})]
    seen: set[str] = set()
    while to_see:
        code, chosen = to_see.pop(0)
        if code not in codes or code in seen:
            continue
        seen.add(code)
        step = defined.step(code)
        for branch in step.branches:
            found[f"{code}={branch.code}"] = chosen | {code: branch.code}
        to_see += [(branch.to, chosen | {code: branch.code}) for branch in step.branches]
        to_see += [] if step.branches else [(defined.after(step), chosen)]
    return found


def all_ways() -> list[tuple[str, str]]:
    return [(name, way) for name in NAMES for way in ways(shipped(name))]


@cache
def driven(name: str, way: str) -> tuple[Definition, list[Event], dt.date]:
    defined = shipped(name)
    events, last = happy_path(defined, calendar(), START, prefer=ways(defined)[way])
    return defined, events, last


@pytest.mark.parametrize("name", NAMES)
def test_every_procedure_reads_and_fits_the_law(name: str) -> None:
    pack = procedure(text_of(name))
    assert pack.name == name and list(procedure_law_problems(pack, laws())) == []
    assert set(laws_of(pack)) <= set(laws())


@pytest.mark.parametrize("name", NAMES)
def test_every_number_has_a_source_and_choices_of_ours_are_marked(name: str) -> None:
    pack = procedure(text_of(name))
    for path, entry in numbers(pack):
        if entry.by is None:
            assert entry.source and entry.confidence, path
            assert entry.illustrative or entry.confidence != "D", path
    for step in shipped(name).steps:
        for needs in step.asked:
            assert not needs or needs.basis.article or all(bound.basis.article for bound in needs.bounds)


@pytest.mark.parametrize(("name", "way"), all_ways())
def test_every_way_is_driven_to_its_ending(name: str, way: str) -> None:
    defined, events, last = driven(name, way)
    stands = where_it_stands(defined, events, last, calendar())
    assert stands.status == "ended" and stands.ending
    step, _, said = way.partition("=")
    assert next(state.outcome for state in stands.steps if state.code == step) == said
    if stands.ending.kind == "decided":
        assert outcome(defined, events, calendar()) is not None
        assert events[-1].kind == "recorded" and "file" in events[-1].documents  # the archived record
    done = [state for state in stands.steps if state.phase == "done"]
    assert {state.phase for state in stands.steps} <= {"done", "left_out"}
    assert {event.step for event in events if event.kind != "opened"} == {state.code for state in done}


def spoilt(step: Step, event: Event) -> Iterator[tuple[str, Event]]:
    """What must not count, made out of an event that does: a refusal and the event that earns it."""
    if event.documents:
        yield "documents_missing", moved(event, documents=())
    if event.kind in ("recorded", "published"):
        yield "wrong_body", moved(event, by="nobody")
    if event.kind == "signed":
        yield "not_a_signer", moved(event, by="nobody")
    if event.kind == "noticed":
        yield "may_not_call", moved(event, by="nobody")
        yield "day_missing", moved(event, for_day=None)
        if step.notice:
            yield "notice_short", moved(event, for_day=event.on + dt.timedelta(days=step.notice.days))
    if event.kind == "recorded":
        yield from spoilt_record(step, event)
    yield "backdated", moved(event, on=event.on - dt.timedelta(days=400), entered_on=event.on)
    yield "in_future", moved(event, on=event.on + dt.timedelta(days=1), entered_on=event.on)


def spoilt_record(step: Step, event: Event) -> Iterator[tuple[str, Event]]:
    if event.figures:
        yield "figures_missing", moved(event, figures={})
    for one in step.quorum.requirement.thresholds():
        few = {figure(each.counts, each.measure): 0 for each in step.quorum.requirement.thresholds()}
        counts, bound = figure(one.counts, one.measure), one.bound(event.figures[figure(one.of, one.measure)])
        if event.figures[counts] >= bound:
            yield "quorum_short", moved(event, figures={**event.figures, **few, counts: bound - 1})
    for one in step.limits.bounds:
        change = {"at_most": 1, "at_least": -1}[one.limit]
        assert one.number is not None
        yield "limit_passed", moved(event, figures={**event.figures, one.figure: one.number + change})
    for total in step.sums:
        yield "sum_wrong", moved(event, figures={**event.figures, total: event.figures[total] + 1})
    for part, whole in step.within.items():
        yield "figure_beyond", moved(event, figures={**event.figures, part: event.figures[whole] + 1})
    if step.branches:
        yield ("outcome_unknown" if step.chosen else "outcome_contradicts"), moved(event, outcome="nothing")


@pytest.mark.parametrize(("name", "way"), all_ways())
def test_every_gate_refuses_and_says_why(name: str, way: str) -> None:
    """Beside every event that counts stand those that do not; and no later step can be taken first."""
    defined, events, _ = driven(name, way)
    for position, event in enumerate(events[1:], 1):
        before, step = events[:position], defined.step(event.step)
        for code, wrong in spoilt(step, event):
            found = check(defined, before, wrong, event.on, calendar())
            assert code in {refusal.code for refusal in found}, (step.code, event.kind, code, found)
        following = next((each for each in events[position:] if each.step != event.step), None)
        for ahead in [following, events[-1]] if following else ():
            [refusal, *_] = check(defined, before, moved(ahead, on=event.on), event.on, calendar())
            assert refusal.code == "step_skipped" and refusal.facts["waits_for"] == event.step


@pytest.mark.parametrize("name", NAMES)
def test_no_posting_is_cut_short(name: str) -> None:
    """On every day before its last one, the next step is refused; one open objection keeps it shut for good."""
    defined, events, _ = driven(name, next(iter(ways(shipped(name)))))
    for position, event in enumerate(events):
        following = next((each for each in events[position + 1 :] if each.step != event.step), None)
        if event.kind != "published" or following is None:
            continue
        head = [each for each in events if each.step == event.step or events.index(each) < position]
        [state] = [s for s in where_it_stands(defined, head, event.on, calendar()).steps if s.code == event.step]
        assert state.until and following.on > state.until
        early = moved(following, on=state.until)
        assert "step_skipped" in {refusal.code for refusal in check(defined, head, early, state.until, calendar())}
        objected = Event("objected", head[-1].on, "villager", event.step, key="o1")
        late = moved(following, on=following.on + dt.timedelta(days=60), for_day=None)
        found = check(defined, [*head, objected], late, late.on, calendar())
        assert found[0].code == "step_skipped" and found[0].facts["objections"] == ["o1"]


def up_to(name: str, step: str, kind: str = "recorded") -> tuple[Definition, list[Event], Event]:
    """A course just before one step is recorded, and the event that would record it."""
    for way in ways(shipped(name)):
        defined, events, _ = driven(name, way)
        for position, event in enumerate(events):
            if (event.step, event.kind) == (step, kind):
                return defined, events[:position], event
    raise AssertionError(step)


def codes(defined: Definition, events: list[Event], event: Event) -> list[str]:
    return [refusal.code for refusal in check(defined, events, event, event.on, calendar())]


def result(defined: Definition, events: list[Event], event: Event) -> str:
    found = outcome(defined, [*events, event], calendar())
    assert found is not None
    return found.outcome


# The figures of fixtures.md 3.6, at the number and one beside it


@pytest.mark.parametrize(
    ("heads", "area", "yes", "yes_area", "said"),
    [
        (640, 57_600_00, 321, 28_800_01, "passed"),
        (640, 57_600_00, 320, 30_000_00, "rejected"),
        (640, 57_600_00, 321, 28_800_00, "rejected"),
        (639, 60_000_00, 639, 60_000_00, "quorum_short"),
        (640, 57_599_99, 640, 57_599_99, "quorum_short"),
    ],
)
def test_owners_decide_ordinary_matters(heads: int, area: int, yes: int, yes_area: int, said: str) -> None:
    owners_say("owners_ordinary", heads, area, yes, yes_area, said)


@pytest.mark.parametrize(
    ("heads", "area", "yes", "yes_area", "said"),
    [
        (640, 57_600_00, 480, 43_200_00, "passed"),
        (640, 57_600_00, 479, 43_200_00, "rejected"),
        (640, 57_600_00, 480, 43_199_99, "rejected"),
    ],
)
def test_owners_decide_special_matters(heads: int, area: int, yes: int, yes_area: int, said: str) -> None:
    owners_say("owners_special", heads, area, yes, yes_area, said)


def owners_say(name: str, heads: int, area: int, yes: int, yes_area: int, said: str) -> None:
    defined, events, event = up_to(name, "vote")
    figures = {
        "registered": 960,
        "registered.area": 86_400_00,
        "participating": heads,
        "participating.area": area,
        "yes": yes,
        "yes.area": yes_area,
        "no": heads - yes,
        "no.area": area - yes_area,
        "abstain": 0,
        "abstain.area": 0,
    }
    voted = moved(event, figures=figures)
    found = codes(defined, events, voted)
    assert found == [said] if said == "quorum_short" else (found == [] and result(defined, events, voted) == said)


@pytest.mark.parametrize(("yes", "said"), [(30, "agreed"), (29, "refused")])
def test_one_owner_who_does_not_agree_is_enough(yes: int, said: str) -> None:
    defined, events, event = up_to("owners_conversion", "consent")
    asked = moved(event, figures={"registered": 30, "yes": yes, "no": 30 - yes, "abstain": 0})
    assert codes(defined, events, asked) == [] and result(defined, events, asked) == said


@pytest.mark.parametrize(
    ("present", "yes", "said"), [(30, 16, "passed"), (30, 15, "rejected"), (29, 29, "quorum_short")]
)
def test_the_delegates_of_a_village(present: int, yes: int, said: str) -> None:
    defined, events, event = up_to("four_deliberations", "delegates")
    figures = {"registered": 45, "present": present, "yes": yes, "no": present - yes, "abstain": 0}
    voted = moved(event, figures=figures)
    found = codes(defined, events, voted)
    assert found == [said] if said == "quorum_short" else (found == [] and result(defined, events, voted) == said)


@pytest.mark.parametrize(
    ("present", "households", "accepted"), [(1249, 0, True), (1248, 0, False), (600, 534, True), (600, 533, False)]
)
def test_the_assembly_of_a_village_by_heads_or_by_households(present: int, households: int, accepted: bool) -> None:
    """2,496 adults in 800 households: 1,249 adults, or the representatives of 534 households."""
    defined, events, event = up_to("four_deliberations", "assembly")
    figures = {"registered": 2496, "registered.households": 800, "present": present, "present.households": households}
    voted = moved(event, figures={**figures, "yes": present, "no": 0, "abstain": 0})
    assert codes(defined, events, voted) == ([] if accepted else ["quorum_short"])


@pytest.mark.parametrize(
    ("present", "yes", "to"), [(40, 30, "convene"), (40, 29, "not_agreed"), (39, 39, "quorum_short")]
)
def test_the_party_meeting_of_sixty(present: int, yes: int, to: str) -> None:
    defined, events, event = up_to("four_deliberations", "party")
    figures = {"registered": 60, "due": 60, "present": present, "yes": yes, "no": present - yes, "abstain": 0}
    voted = moved(event, figures=figures)
    if to == "quorum_short":
        assert codes(defined, events, voted) == [to]
        return
    signed = Event("signed", voted.on, "supervisors", "party")
    stands = where_it_stands(defined, [*events, voted, signed], voted.on, calendar())
    assert (stands.current or (stands.ending and stands.ending.code)) == to


@pytest.mark.parametrize(
    ("cast", "support", "elected", "said"),
    [(1000, 501, 5, "filled"), (1000, 501, 4, "left"), (1000, 500, 5, "left"), (900, 900, 5, "invalid")],
)
def test_the_first_round_of_a_village_election(cast: int, support: int, elected: int, said: str) -> None:
    """1,800 registered: 901 must vote; of 1,000 it takes 501."""
    defined, events, event = up_to("village_election", "first")
    assert codes(defined, events, moved(event, figures=ballots(cast, support, elected))) == []
    assert result(defined, events, moved(event, figures=ballots(cast, support, elected))) == said
    assert result(defined, events, moved(event, figures=ballots(901, 451, 5))) == "filled"


def ballots(cast: int, support: int, elected: int) -> dict[str, int]:
    boxes = {"issued": cast, "returned": cast, "unreturned": 0, "valid": cast, "invalid": 0}
    return {"registered": 1800, "cast": cast, "participating": cast, "support": support, "seats": 5, "tied": 0} | {
        "elected": elected,
        **boxes,
    }


@pytest.mark.parametrize(("support", "said"), [(334, "filled"), (333, "left")])
def test_the_second_round_takes_a_third(support: int, said: str) -> None:
    defined, events, event = up_to("village_election", "second")
    assert result(defined, events, moved(event, figures=ballots(1000, support, 5))) == said


def test_a_roll_stands_twenty_days_and_objections_five() -> None:
    """Posted on 2 March: objections until Monday 9 March (the 7th rests), the vote not before the 23rd."""
    defined, events, event = up_to("village_election", "first", kind="noticed")
    posted = next(each for each in events if (each.step, each.kind) == ("roll", "published"))
    assert event.for_day == posted.on + dt.timedelta(days=21)
    soon = moved(event, on=event.on, for_day=event.for_day - dt.timedelta(days=1))
    assert "too_early" in codes(defined, events, soon)


@pytest.mark.parametrize(("calling", "accepted"), [(360, True), (359, False)])
def test_a_recall_takes_a_fifth_to_ask(calling: int, accepted: bool) -> None:
    opened = Event("opened", START, "villagers", figures={"calling": calling, "voters": 1800})
    assert codes(shipped("recall"), [], opened) == ([] if accepted else ["callers_short"])


@pytest.mark.parametrize(
    ("voted", "yes", "said"), [(901, 451, "recalled"), (900, 900, "kept"), (1000, 500, "kept"), (1000, 501, "recalled")]
)
def test_a_recall_takes_half_of_them_to_vote_and_more_than_half_of_these(voted: int, yes: int, said: str) -> None:
    defined, events, event = up_to("recall", "vote")
    figures = {"registered": 1800, "participating": voted, "yes": yes, "no": voted - yes, "abstain": 0}
    assert result(defined, events, moved(event, figures=figures)) == said


@pytest.mark.parametrize(("unfit", "in_a_row", "said"), [(16, 2, "ends"), (16, 1, "unfit"), (15, 2, "fit")])
def test_a_post_ends_after_two_reviews_in_a_row(unfit: int, in_a_row: int, said: str) -> None:
    defined, events, event = up_to("democratic_review", "review")
    figures = {"registered": 45, "present": 30, "valid": 30, "unfit": unfit, "fit": 30 - unfit, "excellent": 0}
    voted = moved(event, figures={**figures, "nearly": 0, "unfit_in_a_row": in_a_row})
    assert result(defined, events, voted) == said
    ends = {ending.code: ending.effect for ending in defined.endings}
    assert ends["post_ends"] == "end_post"


@pytest.mark.parametrize(("valid", "refused"), [(29, False), (30, False), (31, True), (34, True)])
def test_no_more_valid_papers_than_people_were_there(valid: int, refused: bool) -> None:
    defined, events, event = up_to("democratic_review", "review")
    figures = {"registered": 45, "present": 30, "valid": valid, "unfit": 1, "fit": valid - 1, "excellent": 0}
    voted = moved(event, figures={**figures, "nearly": 0, "unfit_in_a_row": 0})
    found = check(defined, events, voted, event.on, calendar())
    assert [one.code for one in found] == (["figure_beyond"] if refused else [])
    if refused:
        assert found[0].facts == {
            "figure": "valid", "whole": "present", "stated": str(valid), "most": "30", "over": str(valid - 30),
        }  # fmt: skip


@pytest.mark.parametrize(
    ("figure", "value"),
    [("money_per_head", 1501), ("labour_days", 11), ("cash_for_labour", 1), ("exempt_charged", 1)],
)
def test_a_levy_keeps_to_its_caps(figure: str, value: int) -> None:
    defined, events, event = up_to("levy", "plan")
    assert codes(defined, events, event) == []
    assert codes(defined, events, moved(event, figures={**event.figures, figure: value})) == ["limit_passed"]


def test_a_hearing_sends_its_papers_seven_days_before() -> None:
    defined, events, event = up_to("hearing", "hear", kind="noticed")
    assert event.for_day and (event.for_day - event.on).days == 8
    [refusal] = check(
        defined, events, moved(event, for_day=event.for_day - dt.timedelta(days=1)), event.on, calendar()
    )
    assert refusal.code == "notice_short" and "第16条" in refusal.facts["article"]


def test_an_expert_with_an_interest_may_not_review() -> None:
    defined, events, event = up_to("expert_review", "choose")
    assert codes(defined, events, moved(event, figures={**event.figures, "conflicted": 1})) == ["limit_passed"]


def test_a_high_risk_cannot_be_carried_out() -> None:
    defined = shipped("risk_assessment")
    assert [branch.code for branch in defined.step("assess").branches] == ["low", "middle", "high"]
    assert "implement" not in {branch.code for branch in defined.step("decide_high").branches}


# 一核三体: the shortcut is refused, by the pack and by the course


def test_a_committee_cannot_decide_what_belongs_to_the_owners() -> None:
    text = text_of("one_core_three_bodies")
    wrong = text.replace('body = "owners_assembly"\ncallers', 'body = "owners_committee"\ncallers')
    [(path, message, facts), *_] = procedure_law_problems(procedure(wrong), laws())
    said = message.format(**facts)
    assert path == "$.matters[0]" and "第278条" in said and "业主大会" in said and "业主委员会" in said
    open_to_all = procedure(wrong.replace(next(line for line in wrong.split("\n") if line.startswith("matters")), ""))
    defined = definition(open_to_all, laws())
    opened = Event("opened", START, "owners_committee", matter="cn.owners.decisions#matter.6")
    [refusal] = check(defined, [], opened, START, calendar())
    assert refusal.code == "reserved_matter" and "第278条" in refusal.facts["article"]
    assert refusal.facts["bodies"] == ["owners_assembly"]


def test_a_special_matter_cannot_be_passed_by_the_ordinary_majority() -> None:
    wrong = text_of("owners_special").replace("#special/", "#ordinary/")
    [(_, message, facts), *_] = procedure_law_problems(procedure(wrong), laws())
    assert "special/area" in message.format(**facts)
    opened = Event("opened", START, "owners_committee", matter="cn.owners.decisions#matter.6")
    assert codes(shipped("owners_ordinary"), [], opened) == ["matter_elsewhere"]


# What a pack may not say


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("covenant", 'to = "filing"', 'to = "nowhere"', "里没有"),
        ("covenant", 'to = "filing"', 'to = "draft"', "不回头"),
        ("covenant", 'to = "filing"', 'to = "publish"', "走不到"),
        ("covenant", "days = { days = 15,", "days = {", "没有写多少"),
        ("covenant", "days = { days = 15,", "days = { days = 0,", ">="),
        ("covenant", ', gate = { days = { days = 15', ', nothing = { days = { days = 15', "不认识的键"),
        ("covenant", 'sign_off = ["supervisors"]', 'sign_off = ["strangers"]', "bodies"),
        ("covenant", "decides = true", "decides = false", "绕过了"),
        ("duty_report", 'share = "2/3", source', 'share = "0.66", source', "分数"),
        ("four_deliberations", 'evidence = ["proposal"]', 'evidence = ["nothing"]', "documents"),
        ("owners_ordinary", 'of = "registered.area"', 'of = "registered"', "同一种量"),
        ("owners_ordinary", 'code = "vote"', 'code = "roll"', "写了两次"),
        ("owners_ordinary", 'sign_off = ["tellers"]', 'sign_off = ["owners_assembly"]', "自己签字"),
    ],
)
def test_what_a_procedure_may_not_say(name: str, old: str, new: str, said: str) -> None:
    text = text_of(name)
    if old.startswith(", gate"):
        old, new = old.removeprefix(", "), new.removeprefix(", ")
    assert old in text
    with pytest.raises(WrongPack, match=said):
        read_pack(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("#meeting.notice/notice", "#meeting.notice/other", "里没有 meeting.notice/other"),
        ("#meeting.notice/notice", "#nothing/notice", "里没有 nothing/notice"),
        ("cn.owners.decisions#meeting.notice", "cn.nothing#meeting.notice", "没有装规则包 cn.nothing"),
        ("#meeting.notice/notice", "#participation/heads", "不是这里要的那种数"),
    ],
)
def test_references_to_nothing_are_found(old: str, new: str, said: str) -> None:
    pack = procedure(text_of("owners_ordinary").replace(old, new, 1))
    messages = [message.format(**facts) for _, message, facts in procedure_law_problems(pack, laws())]
    assert any(said in message for message in messages), messages


# Local variants


def local(text: str, name: str = "four_deliberations") -> str:
    head = f'name = "{name}.41"\nover = "{name}"\njurisdiction = "410000"'
    return text.replace(f'name = "{name}"', head, 1)


def test_a_local_variant_may_ask_for_more() -> None:
    base = procedure(text_of("four_deliberations"))
    stricter = local(text_of("four_deliberations")).replace("days = 7, source", "days = 15, source")
    assert list(variant_problems(procedure(stricter), base)) == []
    with pytest.raises(WrongPack, match=r"four_deliberations\.41"):
        read_pack(stricter.replace("four_deliberations.41", "somewhere"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("gate = { days = { days = 7", "gate = { days = { days = 3", "短"),
        ("#representatives.quorum/present", "#representatives.call/representatives", "松"),
        ("notice = { by =", "not_before = { by =", "通知期"),
        ('code = "consult"', 'code = "talk"', "少了"),
        ("late_entry_days = 3", "late_entry_days = 30", "补记"),
    ],
)
def test_a_local_variant_may_not_ask_for_less(old: str, new: str, said: str) -> None:
    base = procedure(text_of("four_deliberations"))
    text = local(text_of("four_deliberations"))
    assert old in text
    problems = variant_problems(procedure(text.replace(old, new, 1)), base)
    assert any(said in message.format(**facts) for _, message, facts in problems)


def test_a_local_variant_keeps_every_signature() -> None:
    base = procedure(text_of("four_deliberations"))
    text = local(text_of("four_deliberations")).replace('sign_off = ["supervisors"]\n', "", 1)
    found = [message.format(**facts) for _, message, facts in variant_problems(procedure(text), base)]
    assert any("少了签字" in message for message in found)


def test_all_asked_for_procedures_are_there() -> None:
    """The list of issue 5."""
    assert set(NAMES) >= {
        "four_deliberations", "three_deliberations", "levy", "owners_ordinary", "owners_special",
        "owners_conversion", "owners_committee", "village_election", "residents_election", "recall", "by_election",
        "charter", "covenant", "hearing", "expert_review", "risk_assessment", "democratic_review", "inquiry",
        "duty_report", "yearly_report", "secretary_selection", "grid_recruitment", "contest", "one_core_three_bodies",
    }  # fmt: skip
    assert procedure(text_of("three_deliberations")).steps[0].illustrative
