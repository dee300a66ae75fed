"""Procedures in the database: held against the law when they are loaded, found by place and day, refused in words."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest

from gongzhi.common.errors import Conflict, NotFound
from gongzhi.engines import procedure_checks as engine_checks
from gongzhi.engines.procedure import check, deadlines, where_it_stands
from gongzhi.engines.procedure_terms import Event, Refusal
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.packs.models import Pack
from gongzhi.packs.procedure_queries import procedure_at, procedure_by_reference, procedures_at
from gongzhi.packs.procedure_wording import SENTENCES, refused
from gongzhi.packs.queries import forget
from gongzhi.packs.reading import WrongPack
from gongzhi.packs.tests.test_procedures import NAMES, START, calendar, local, text_of, up_to
from tests.cast import NOW, SETUP


@pytest.fixture
def packs(db: Any) -> None:
    forget()
    for path in shipped.common_packs():
        if path.parent.name in ("laws", "procedures"):
            load_pack(by=SETUP, at=NOW, path=path)


@pytest.mark.usefixtures("packs")
def test_every_shipped_procedure_loads_and_applies() -> None:
    found = procedures_at(region="321100", on=START)
    assert {each.pack.name for each in found} == set(NAMES)
    village = procedure_at("village_election", region="321100", on=START)
    assert village.texts == ("pack:law/cn.village/2026.1",) or village.texts[0].startswith("pack:law/cn.village/")
    before = procedure_at("village_election", region="CN", on=dt.date(2024, 5, 1))
    assert before.texts == ("pack:law/cn.village/2018.1",)
    assert "residents_election" not in {each.pack.name for each in procedures_at(region="CN", on=dt.date(2024, 5, 1))}


@pytest.mark.usefixtures("packs")
def test_a_course_keeps_the_version_that_it_was_opened_with() -> None:
    opened = procedure_at("levy", region="CN", on=START)
    load_pack(by=SETUP, at=NOW, text=text_of("levy").replace('version = "1.0"', 'version = "1.1"'))
    assert procedure_at("levy", region="CN", on=START).reference == "pack:procedure/levy/1.1"
    again = procedure_by_reference(opened.reference, region="CN", on=START)
    assert again == opened and again.definition.pack == "pack:procedure/levy/1.0"
    with pytest.raises(NotFound):
        procedure_by_reference("pack:procedure/levy/9", region="CN", on=START)
    with pytest.raises(NotFound):
        procedure_at("nothing", region="CN", on=START)


@pytest.mark.usefixtures("packs")
def test_a_local_variant_stands_in_the_place_of_the_national_text() -> None:
    text = local(text_of("four_deliberations")).replace("days = 7, source", "days = 15, source")
    load_pack(by=SETUP, at=NOW, text=text)
    there = procedure_at("four_deliberations", region="410100", on=START)
    assert there.pack.name == "four_deliberations.41"
    gate = there.definition.step("publish").gate
    assert gate and gate.days.days == 15
    assert procedure_at("four_deliberations", region="320000", on=START).pack.name == "four_deliberations"
    names = [each.pack.name for each in procedures_at(region="410100", on=START)]
    assert "four_deliberations.41" in names and "four_deliberations" not in names


@pytest.mark.usefixtures("packs")
@pytest.mark.parametrize("name", ["three_deliberations", "hearing", "risk_assessment"])
def test_no_other_way_takes_what_belongs_to_the_owners(name: str) -> None:
    """Raising maintenance funds by 三议三公开, or “by hearing”: refused at the door, whatever the pack reads."""
    defined = procedure_at(name, region="CN", on=START).definition
    for matter, refused_for in (("cn.owners.decisions#matter.6", ["reserved_matter"]), ("", [])):
        opened = Event("opened", START, defined.openers[0].body, matter=matter)
        assert [refusal.code for refusal in check(defined, [], opened, START, calendar())] == refused_for


@pytest.mark.usefixtures("packs")
def test_in_beijing_the_result_is_posted_within_three_days() -> None:
    beijing = procedure_at("owners_special", region="110105", on=START)
    assert beijing.pack.name == "owners_special.11" and "pack:law/cn.owners.decisions.11/" in " ".join(beijing.texts)
    defined, events, event = up_to("owners_special", "vote")
    signed = Event("signed", event.on, "tellers", "vote")
    [due] = deadlines(beijing.definition, [*events, event, signed], event.on, calendar())
    assert (due.code, due.step, due.lapses) == ("act_by", "result", False)
    assert (due.on - event.on).days >= 3 and "第37条" in due.basis.article
    assert deadlines(defined, [*events, event, signed], event.on, calendar()) == ()


FOUR, LEVY = "four_deliberations", "levy"
DAYS = '{ days = 7, source = "产品默认", confidence = "D", illustrative = true }'
DELEGATES = "cn.village#representatives"
CASH = (
    '    { figure = "cash_for_labour", limit = "at_most", number = 0, '
    'source = "国办发〔2007〕4号；各地网页上的规定", confidence = "P" },\n'
)
# (procedure, what stands there, what a local variant puts in its place, where it is refused, exactly why)
CUT: list[tuple[str, str, str, str, str]] = [
    (
        FOUR,
        "gate = { days = { days = 7",
        "gate = { days = { days = 3",
        ".gate.days",
        "“一公开：决议公开”的公示比四议两公开一监督短",
    ),
    (
        LEVY,
        f"gate = {{ days = {DAYS}, decider",
        f"gate = {{ days = {DAYS}, objection = {{ days = 1 }}, decider",
        ".gate",
        "“公示方案”能提异议的日子比一事一议筹资筹劳少",
    ),
    (LEVY, ', upheld = "withdrawn" }', " }", "endings", "走不到 withdrawn 这一步"),
    (
        "hearing",
        'notice = { by = "cn.major_decisions#hearing.materials/before" }',
        "notice = { days = 5 }",
        ".notice",
        "“开听证会”的通知期比听证会短",
    ),
    ("village_election", "not_before = {", "not_after = {", ".not_before", "前面隔的天数比村民委员会选举短"),
    ("owners_committee", "not_after = {", "not_before = {", ".not_after", "的期限比"),
    (FOUR, 'sign_off = ["supervisors"]\n', "", ".sign_off", "“一议：村党组织提议”少了签字：supervisors"),
    (LEVY, 'evidence = ["signatures"]', 'evidence = ["plan"]', ".evidence", "“逐户征求意见，签字”少了材料：signatures"),
    ("hearing", 'due = ["list", "materials"]', 'due = ["list"]', ".due", "“开听证会”少了材料：materials"),
    (
        FOUR,
        'title = "实施和验收"\nbody = "villagers_committee"',
        'title = "实施和验收"\nbody = "two_committees"',
        ".body",
        "“实施和验收”换了作决定的人，四议两公开一监督不允许",
    ),
    (
        FOUR,
        'body = "representatives_assembly"\ncallers',
        'body = "two_committees"\ncallers',
        "matters",
        "第24条要由 村民会议 决定，不能由 村“两委” 决定",
    ),
    (
        FOUR,
        f'by = "{DELEGATES}.quorum/present"',
        'share = "1/2"',
        ".quorum",
        "“四议：村民代表会议决议”的到会或限制条件比四议两公开一监督松",
    ),
    (
        FOUR,
        f'by = "{DELEGATES}.decision/votes"',
        'share = "1/3"',
        ".branches[0]",
        "“四议：村民代表会议决议”通过的条件比四议两公开一监督松",
    ),
    (
        LEVY,
        CASH,
        "",
        ".quorum",
        "“提出方案，查上限和减免”的到会或限制条件比一事一议筹资筹劳松",
    ),
    (
        LEVY,
        'limits.ways = [[{ figure = "consulted.households", of = "registered.households", share = "1/1"',
        'limits.ways = [[{ figure = "consulted.households", of = "registered.households", share = "2/3"',
        ".quorum",
        "“逐户征求意见，签字”的到会或限制条件比一事一议筹资筹劳松",
    ),
    (
        FOUR,
        'code = "not_agreed"\ntitle = "不同意"\nto = "not_agreed"',
        'code = "not_agreed"\ntitle = "不同意"\nto = "convene"',
        "endings",
        "走不到 not_agreed 这一步",
    ),
    (LEVY, 'to = "rejected"\n', 'to = "town"\n', "endings", "走不到 rejected 这一步"),
    (
        "owners_committee",
        'body = "residents_committee"\n',
        'body = "nobody_here"\n',
        ".body",
        "bodies 里没有 nobody_here",
    ),
    (
        LEVY,
        '#assembly.call/villagers" }]]',
        '#assembly.nothing/villagers" }]]',
        ".by",
        "cn.village 里没有 assembly.nothing/villagers",
    ),
    (
        "recall",
        'of = "voters", by = "cn.village#recall.request/voters"',
        'of = "voters", share = "1/10"',
        "openers",
        "联名的条件比",
    ),
    (
        FOUR,
        '[[openers]]\nbody = "party_branch"',
        '[[openers]]\nbody = "party_branch"\n\n[[openers]]\nbody = "town"',
        "openers",
        "乡镇人民政府在四议两公开一监督里不能提出或者召集",
    ),
    (
        FOUR,
        'aborters = ["party_branch"]',
        'aborters = ["party_branch", "town"]',
        "aborters",
        "乡镇人民政府在四议两公开一监督里不能停下这件事",
    ),
    (
        LEVY,
        'matters = ["cn.village#matter.3"]',
        'matters = ["cn.village#matter.3", "cn.village#matter.5"]',
        "matters",
        "cn.village#matter.5 在一事一议筹资筹劳里不能决定",
    ),
    (FOUR, "late_entry_days = 3", "late_entry_days = 9", "late_entry_days", "补记的天数比四议两公开一监督多"),
    ("contest", '"最差", ', "", "never_about", "少了不能评的词：最差"),
    (
        "contest",
        'figure = "negative", limit = "at_most", number = 0',
        'figure = "negative", limit = "at_most", number = 9',
        "steps",
        "评选只评好",
    ),
    ("contest", 'title = "没有合适的"', 'title = "最差的"', "branches", "评选里不能有“最差”"),
    (
        "one_core_three_bodies",
        'body = "owners_assembly"\ncallers',
        'body = "owners_committee"\ncallers',
        "matters",
        "依民法典第278条第一款要由 业主大会 决定，不能由 业主委员会 决定",
    ),
]


@pytest.mark.usefixtures("packs")
@pytest.mark.parametrize(("name", "old", "new", "where", "said"), CUT)
def test_a_variant_that_cuts_a_corner_is_refused_with_its_line(
    name: str, old: str, new: str, where: str, said: str
) -> None:
    text = local(text_of(name), name)
    assert old in text
    with pytest.raises(WrongPack) as raised:
        load_pack(by=SETUP, at=NOW, text=text.replace(old, new, 1))
    told = str(raised.value.message).format(**raised.value.facts)
    assert said in told and where in told, told
    assert raised.value.facts["line"] >= 1 and not Pack.objects.filter(name=f"{name}.41").exists()


@pytest.mark.usefixtures("packs")
def test_an_added_step_may_not_lead_past_the_others() -> None:
    """A variant may put in a step; the party meeting that comes after it is not skipped by it."""
    step = '[[steps]]\ncode = "hear"\ntitle = "听意见"\nbody = "two_committees"\nevidence = ["plan"]\n'
    added = step + '%s\n[[steps]]\ncode = "party"'
    text = local(text_of(FOUR))
    choice = (
        '\n[[steps.branches]]\ncode = "short"\ntitle = "直接定"\nto = "convene"\n'
        '\n[[steps.branches]]\ncode = "long"\ntitle = "先过党员大会"\nto = "party"\n'
    )
    with pytest.raises(WrongPack, match="“二议：村“两委”商议”之后绕过了四议两公开一监督要有的步骤"):
        load_pack(by=SETUP, at=NOW, text=text.replace('[[steps]]\ncode = "party"', added % choice, 1))
    load_pack(by=SETUP, at=NOW, text=text.replace('[[steps]]\ncode = "party"', added % "", 1))
    steps = [step.code for step in procedure_at(FOUR, region="410100", on=START).definition.steps]
    assert steps[:4] == ["propose", "consult", "hear", "party"]


@pytest.mark.django_db
def test_laws_and_national_texts_come_first() -> None:
    with pytest.raises(WrongPack, match="没有装规则包"):
        load_pack(by=SETUP, at=NOW, text=text_of("levy"))
    with pytest.raises(NotFound) as raised:
        load_pack(by=SETUP, at=NOW, text=local(text_of("contest"), "contest"))
    assert raised.value.code == "procedure_not_loaded"


# In words


def test_every_code_of_the_engine_has_a_sentence() -> None:
    """And every sentence a code; “expired” is the status of the course itself."""
    source = Path(engine_checks.__file__).read_text("utf-8")
    assert set(re.findall(r'Refusal\(\s*"([a-z_]+)"', source)) <= set(SENTENCES)
    assert set(SENTENCES) - set(re.findall(r'"([a-z_]+)"', source)) == {"expired"}


@pytest.mark.usefixtures("packs")
def test_a_refusal_names_people_and_papers_not_codes() -> None:
    """The stepper of the mock: 45 delegates, 30 must come, 26 are there."""
    procedure = procedure_at("four_deliberations", region="CN", on=START)
    defined, events, event = up_to("four_deliberations", "delegates")
    few = {"registered": 45, "present": 26, "yes": 26, "no": 0, "abstain": 0}
    wrong = Event("recorded", event.on, "villagers_committee", "delegates", figures=few)
    said = [words(refusal, procedure.pack) for refusal in check(defined, events, wrong, event.on, calendar())]
    assert "这一步由村民代表会议办，不是村民委员会。" in said and "还缺材料：会议记录和表决结果。请补上。" in said
    short = "到会（参加）的还不够。到会人数还差 4：现在 26，要 30（应有人数 45）。依据："
    assert any(each.startswith(short) and "第26条" in each for each in said)
    skipped = Event("published", event.on, "villagers_committee", "publish", documents=("decision",))
    [refusal] = check(defined, events, skipped, event.on, calendar())
    assert words(refusal, procedure.pack) == (
        "要先办完“四议：村民代表会议决议”这一步，才能办“一公开：决议公开”。还没记结果。还没签字：村务监督委员会。"
    )
    assert where_it_stands(defined, events, event.on, calendar()).current == "delegates"


@pytest.mark.usefixtures("packs")
def test_what_stands_against_the_state_is_a_conflict() -> None:
    pack = procedure_at("levy", region="CN", on=START).pack
    assert isinstance(refused(Refusal("step_done", "plan", {"done_on": "2026-03-02", "until": ""}), pack), Conflict)
    facts = {"article": "民法典第278条", "bodies": ["owners_assembly"], "decided_by": ["villagers_committee"]}
    reserved = Refusal("reserved_matter", "", facts)
    assert "村民委员会不能决定" in words(reserved, pack)


def words(refusal: Refusal, pack: Any) -> str:
    found = refused(refusal, pack)
    return found.message.format(**found.facts)
