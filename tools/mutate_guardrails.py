"""Take each guard of the privacy boundary away in turn; a named test must turn red.

    python tools/mutate_guardrails.py            every entry, a table at the end; needs DATABASE_URL for most of them
    python tools/mutate_guardrails.py --list     what there is
    python tools/mutate_guardrails.py --only 3   one entry (again and again: --only 3 --only 7)

Each mutation is made in a copy of the tree under the system's temporary folder, never here. An entry whose text is
no longer there is an error of the entry, not a pass. Rows whose room is not built yet are named and counted.
Exit code 0: every guard that exists was missed by a test when it was gone.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SRC = "src/gongzhi/"
TREE = ("src", "tests", "tools", "requirements", "docs", "pyproject.toml", "conftest.py", "publiccode.yaml", "gongzhi")
BOUNDARY = "tests/architecture/test_privacy.py::"
HOUSE = "tests/architecture/test_guardrails.py::"
OURS = SRC + "privacy/tests/"


@dataclass(frozen=True)
class Guard:
    """One guard: the row it stands for, how it is taken away, and the tests that must notice."""

    row: str
    what: str
    file: str = ""
    find: str = ""
    replace: str = ""
    tests: tuple[str, ...] = ()
    missing: str = ""


def _column(row: str, what: str, column: str, test: str) -> Guard:
    """A column that must not be: put beside a person's account."""
    find = '    is_demo = models.BooleanField(default=False, help_text="演示数据")\n'
    added = f'{find}    {column} = models.CharField(max_length=9, default="")\n'
    return Guard(row, what, SRC + "people/models.py", find, added, (test,))


NO_WATCHING = BOUNDARY + "test_no_table_has_room_to_score_or_watch_people"
GUARDS = (
    Guard(
        row="信息采集",
        what="a collection task lacks purpose, basis or retention and opens all the same",
        file=SRC + "registers/rules/asking.py",
        find="    missing = [need for need in listed if not need.ok]\n",
        replace="    missing: list[Need] = []\n",
        tests=(SRC + "registers/tests/test_facts_rules.py",),
    ),
    _column("人员房屋信息", "a risk level beside a person", "risk_level", NO_WATCHING),
    Guard(
        row="人员房屋信息",
        what="religion, ethnicity, health may stand in the data dictionary",
        file=SRC + "packs/field_checks.py",
        find="    for theme in FORBIDDEN:\n",
        replace="    for theme in FORBIDDEN[:0]:\n",
        tests=(SRC + "registers/tests/test_facts_rules.py",),
    ),
    _column("维稳 / 宗教工作联管 / 民族团结", "a petitioner's mark beside a person", "petitioner", NO_WATCHING),
    _column("维稳 / 宗教工作联管 / 民族团结", "a person's ethnicity", "ethnicity", NO_WATCHING),
    Guard(
        row="红黑榜",
        what="a person may be named on a criticism",
        file=SRC + "publications/rules/__init__.py",
        find="    if names_person and (kind.negative or not kind.persons):\n",
        replace="    if False:\n",
        tests=(SRC + "publications/tests/test_releasing.py::test_nobody_is_ever_named_on_a_criticism",),
    ),
    Guard(
        row="曝光台 / 七公开一曝光",
        what="`person` becomes a kind of subject",
        file=SRC + "packs/model_publications.py",
        find='("place", "facility", "organization", "matter", "duty")',
        replace='("place", "facility", "organization", "matter", "person")',
        tests=(SRC + "publications/tests/test_rules.py::test_subject_kinds_are_five_and_none_is_a_person",),
    ),
    _column("物业费催缴", "who owes fees", "unpaid_fees", HOUSE + "test_nobody_is_listed_for_owing_money"),
    Guard(
        row="平安码 / 心理咨询 / 法律服务",
        what="a secretary reads the counsellor's notes",
        file=SRC + "people/rules.py",
        find='    | {"cases.callback", "cases.exclude"}\n',
        replace='    | {"cases.callback", "cases.exclude", "notes.counselling"}\n',
        tests=(SRC + "cases/tests/test_mediating.py::test_governing_roles_hold_no_permission_for_notes",),
    ),
    Guard(
        row="平安码 / 心理咨询 / 法律服务",
        what="a note opens without its permission",
        file=SRC + "cases/queries/confidential.py",
        find="    return allows(actor, audience, organization_id=case.unit_id)\n",
        replace="    return True\n",
        tests=(SRC + "cases/tests/test_mediating.py::test_nobody_else_opens_a_note",),
    ),
    Guard(
        row="微心愿 / 老弱病残",
        what="under fourteen without a guardian",
        file=SRC + "people/rules.py",
        find="    if not minor:\n        return\n",
        replace="    return\n",
        tests=(OURS + "test_consents.py::test_under_fourteen_a_guardian_agrees",),
    ),
    Guard(row="微心愿 (public card)", what="the card shows who has the need", missing="not built yet (exchange)"),
    _column("积分/文明超市 (score)", "a score beside a person", "score", NO_WATCHING),
    Guard(
        row="积分/文明超市",
        what="points go for petitions",
        file=SRC + "packs/fund_checks.py",
        find='    if pack.unit == "points" and taken and movement.code not in TAKEN_FOR:\n',
        replace="    if False:\n",
        tests=(SRC + "packs/tests/test_funds.py::test_points_are_never_taken_as_a_punishment",),
    ),
    Guard(
        row="慈善法 (no fund-raising)",
        what="a kind of fund takes gifts here",
        file=SRC + "packs/fund_checks.py",
        find="    if pack.raising:\n",
        replace="    if False:\n",
        tests=(SRC + "packs/tests/test_funds.py::test_no_kind_of_fund_raises_money_here",),
    ),
    _column("网格员轨迹", "a worker's trajectory", "trajectory", NO_WATCHING),
    Guard(
        row="网格员轨迹",
        what="a point beside a person",
        file=SRC + "cases/models.py",
        find='    assisted = models.BooleanField(default=False, help_text="代办: someone helped to report")\n',
        replace='    assisted = models.BooleanField(default=False, help_text="代办: someone helped to report")\n'
        "    longitude = models.FloatField(null=True)\n    latitude = models.FloatField(null=True)\n",
        tests=(HOUSE + "test_no_worker_is_tracked",),
    ),
    Guard(row="网格绩效排名", what="one worker's result is published", missing="not built yet (assessments)"),
    Guard(
        row="书记信箱/举报 (reviewer)",
        what="anybody in the unit learns who reported",
        file=SRC + "cases/queries/reading.py",
        find='    if case.privacy == "protected":\n'
        "        return may_review(actor, case) and reviewer_of(case) is not None\n",
        replace="",
        tests=(SRC + "cases/tests/test_honest.py::test_identity_is_for_the_assigned_reviewer_alone",),
    ),
    Guard(
        row="书记信箱/举报 (addressee)",
        what="the body complained of sees the report",
        file=SRC + "cases/queries/seeing.py",
        find="    reach &= ~kept_from(actor)\n",
        replace="",
        tests=(SRC + "cases/tests/test_honest.py::test_the_body_complained_of_finds_no_trace_at_any_address",),
    ),
    Guard(
        row="书记信箱/举报 (one role's letters)",
        what="every letter is read by every role that answers letters",
        file=SRC + "cases/queries/seeing.py",
        find="if way.to_role == scope.role]",
        replace="]",
        tests=(OURS + "test_rights.py::test_the_secretarys_letters_are_not_the_officers",),
    ),
    _column("视频/人脸", "a face beside a person", "face", NO_WATCHING),
    Guard(
        row="视频/人脸 (library)",
        what="a library for faces is used",
        file=SRC + "documents/photos.py",
        find="import io\n",
        replace="import io\nif False:\n    import face_recognition\n",
        tests=(HOUSE + "test_no_face_is_recognised",),
    ),
    Guard(
        row="AI assist",
        what="a guess passes for a human decision",
        file=SRC + "cases/actions/reporting.py",
        find='    return (guesses[0].category.code if guesses else ""), "guess"\n',
        replace='    return (guesses[0].category.code if guesses else ""), "staff"\n',
        tests=(OURS + "test_rights.py::test_an_explanation_names_words_clause_and_who_decided",),
    ),
    Guard(
        row="AI assist (assessment)",
        what="suggesting is in use without an assessment",
        file=SRC + "privacy/rules.py",
        find='    return level == "L4" or bool(set(traits) & set(TRAITS))\n',
        replace='    return level == "L4"\n',
        tests=(OURS + "test_register.py::test_what_needs_an_assessment_waits_for_it",),
    ),
    Guard(
        row="公示 (选民名单、委托人名单)",
        what="whole names on a roll that the law does not publish so",
        file=SRC + "ballots/roll_queries.py",
        find="    if not roll.full_names:\n        return False\n",
        replace="",
        tests=(SRC + "ballots/tests/test_views.py::test_the_lists_and_the_roll",),
    ),
    Guard(
        row="engine 1 (consent)",
        what="a withdrawal changes nothing",
        file=SRC + "people/actions/consenting.py",
        find="if by.person_id is None or not own.filter(person_id=by.person_id).update(withdrawn_at=at):",
        replace="if by.person_id is None or not own.filter(person_id=by.person_id).exists():",
        tests=(OURS + "test_consents.py::test_call_backs_stop_with_the_consent",),
    ),
    Guard(
        row="engine 1 (in use)",
        what="what is switched off is done all the same",
        file=SRC + "common/registry.py",
        find="    if function is not None and (title := function(code)):\n",
        replace="    if function is None and (title := code):\n",
        tests=(OURS + "test_gates.py",),
    ),
    Guard(
        row="engine 1 (review)",
        what="an assessment is never made anew",
        file=SRC + "privacy/shown.py",
        find="        if officer is not None and first <= on <= last:\n",
        replace="        if False:\n",
        tests=(OURS + "test_reviewing.py",),
    ),
    Guard(
        row="engine 1 (as easy)",
        what="withdrawing asks for more than granting",
        file=SRC + "privacy/templates/privacy/consents.html",
        find="""{% url 'my-consents-withdraw' one.purpose %}">{% csrf_token %}""",
        replace="""{% url 'my-consents-withdraw' one.purpose %}">{% csrf_token %}<input type="text" name="why">""",
        tests=(OURS + "test_pages.py::test_withdrawing_is_as_easy_as_granting",),
    ),
    Guard(
        row="engine 1 (register)",
        what="a column that no activity names",
        file=SRC + "packs/data/laws/cn.processing.toml",
        find='"cases.Reporter.contact", ',
        replace="",
        tests=(HOUSE + "test_every_column_of_a_person_belongs_to_a_registered_activity",),
    ),
    Guard(
        row="engine 2 (levels)",
        what="personal information is shown in clear to all staff",
        file=SRC + "common/personal.py",
        find='    return level == "L2" and (viewer.staff or viewer.own)\n',
        replace="    return viewer.staff or viewer.own\n",
        tests=(OURS + "test_masks.py",),
    ),
    Guard(
        row="engine 2 (masks)",
        what="lists show whole numbers",
        file=SRC + "common/personal.py",
        find='    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "*" * len(phone)\n',
        replace="    return phone\n",
        tests=(SRC + "people/tests/test_vault.py::test_lists_are_masked_and_nothing_is_logged",),
    ),
    Guard(
        row="engine 3 (readings)",
        what="a clear reading leaves no line",
        file=SRC + "people/vault.py",
        find='    log_access(by=by, at=at, subjects=others, fields=",".join(fields), purpose=purpose)\n',
        replace="",
        tests=(SRC + "people/tests/test_vault.py::test_a_clear_reading_is_written_down_with_its_purpose",),
    ),
    Guard(
        row="engine 3 (refused)",
        what="a refused reading leaves no line",
        file=SRC + "common/personal.py",
        find="            refused.reading = (subject, fields)\n",
        replace="            pass\n",
        tests=(OURS + "test_masks.py::test_the_page_of_a_case_by_role",),
    ),
    Guard(
        row="engine 2 (facts)",
        what="a visit shows what other tasks learned of a household",
        file=SRC + "registers/views/collecting.py",
        find="viewer_of(actor, revealed=row.field in asked)",
        replace="viewer_of(actor, revealed=True)",
        tests=(SRC + "registers/tests/test_facts_levels.py",),
    ),
    Guard(
        row="engine 3 (six months)",
        what="readings go earlier than the law allows",
        file=SRC + "privacy/rules.py",
        find='    if given.get("readings", least_log_days) < least_log_days:\n',
        replace="    if False:\n",
        tests=(OURS + "test_register.py::test_logs_are_kept_six_months_at_least",),
    ),
    Guard(
        row="engine 4 (approval)",
        what="an export needs no approval",
        file=SRC + "privacy/actions/exports.py",
        find="    if until is None:\n",
        replace="    until = until or at + dt.timedelta(days=1)\n    if until is None:\n",
        tests=(OURS + "test_desk.py::test_an_export_takes_two_people_a_reason_and_ends",),
    ),
    Guard(
        row="engine 4 (watermark)",
        what="the file carries no mark",
        file=SRC + "common/spreadsheets.py",
        find="    if mark:\n",
        replace="    if False:\n",
        tests=(OURS + "test_desk.py::test_every_printed_page_carries_the_mark",),
    ),
    Guard(
        row="engine 5 (retention)",
        what="what is over stays",
        file=SRC + "cases/actions/erasing.py",
        find="    Reporter.objects.filter(pk__in=chosen).update(contact=None, phone_index=None)\n",
        replace="",
        tests=(OURS + "test_desk.py::test_what_is_over_goes_and_is_counted",),
    ),
    Guard(
        row="engine 6 (own copy)",
        what="somebody else takes the copy",
        file=SRC + "privacy/queries/rights.py",
        find="    if actor.person_id is None or requester_of(case) != actor.person_id:\n",
        replace="    if actor.person_id is None:\n",
        tests=(OURS + "test_rights.py::test_a_copy_is_made_and_only_the_person_takes_it",),
    ),
    Guard(
        row="engine 6 (erasure)",
        what="a room keeps what it holds of an erased person",
        file=SRC + "cases/actions/erasing.py",
        find="        reporter.person, reporter.contact, reporter.phone_index, reporter.erased = "
        "None, None, None, True\n",
        replace="        reporter.erased = True\n",
        tests=(OURS + "test_rights.py::test_a_person_who_reported_was_merged_and_published_is_erased",),
    ),
    Guard(
        row="engine 7 (breach)",
        what="a breach ends without telling anybody",
        file=SRC + "privacy/queries/breaches.py",
        find="    return [step for step in STEPS if step not in done]\n",
        replace="    return []\n",
        tests=(OURS + "test_desk.py::test_a_breach_goes_through_every_step_of_the_law",),
    ),
    Guard(
        row="engine 7 (drill)",
        what="a drill frightens real people",
        file=SRC + "privacy/actions/breaches.py",
        find="    if not breaches.is_drill(case):\n",
        replace="    if True:\n",
        tests=(OURS + "test_desk.py::test_a_drill_tells_nobody",),
    ),
    Guard(
        row="engine 8 (small counts)",
        what="one to four people are shown",
        file=SRC + "engines/suppression.py",
        find="    return 0 < count < k\n",
        replace="    return False\n",
        tests=(SRC + "engines/tests/test_suppression.py",),
    ),
    Guard(
        row="engine 8 (subtracting)",
        what="a hidden count is the total minus the rest",
        file=SRC + "engines/suppression.py",
        find="    return len(inside) == 1 or room < k\n",
        replace="    return False\n",
        tests=(SRC + "engines/tests/test_suppression.py",),
    ),
    Guard(
        row="engine 9 (no cross-border)",
        what="a room opens a connection of its own",
        file=SRC + "cases/words.py",
        find="import json\n",
        replace="import json\nimport urllib.request\n",
        tests=(HOUSE + "test_nothing_leaves_the_country_by_itself",),
    ),
    Guard(
        row="engine 10 (no blacklist)",
        what="attention is about a person",
        file=SRC + "audit/models.py",
        find="class RequestKey(models.Model):\n",
        replace="class Attention(models.Model):\n"
        '    subject_type = models.CharField(max_length=12, choices=[("place", "x"), ("person", "y")])\n\n\n'
        "class RequestKey(models.Model):\n",
        tests=(BOUNDARY + "test_nobody_can_stand_on_a_board",),
    ),
    Guard(
        row="参与式预算 (secret papers)",
        what="the record of a handful of papers leaves the house",
        file=SRC + "ballots/budgets.py",
        find="    if papers < (fewest := terms_of(vote).fewest):\n",
        replace="    if papers < (fewest := 0):\n",
        tests=(SRC + "ballots/tests/test_budgets.py",),
    ),
    Guard(
        row="公益创投 (offers)",
        what="an offer is read while another may still come",
        file=SRC + "projects/rules/bidding.py",
        find="    if not is_over(until, today):\n",
        replace="    if False:\n",
        tests=(SRC + "projects/tests/test_bidding.py",),
    ),
    Guard(
        row="公益创投 (conflict of interest)",
        what="somebody with a post in a body judges its offer",
        file=SRC + "projects/actions/bidding.py",
        find="    if held and not conflict:\n",
        replace="    if False:\n",
        tests=(SRC + "projects/tests/test_bidding.py",),
    ),
    Guard(
        row="党员登记",
        what="a reading of a branch's list names the people on it",
        file=SRC + "people/actions/membership.py",
        find='    subjects = [f"membership:{one.id}" for one in read if one.person_id != by.person_id]\n',
        replace='    subjects = [f"person:{one.person_id}" for one in read if one.person_id != by.person_id]\n',
        tests=(SRC + "people/tests/test_membership.py",),
    ),
    Guard(
        row="参与共治的人",
        what="a few people are told as a number",
        file=SRC + "partnerships/queries/participants.py",
        find="    told = None if is_small(persons, smallest) else persons\n",
        replace="    told = persons\n",
        tests=(SRC + "projects/tests/test_taking_part.py",),
    ),
)


def copy_tree(into: Path) -> None:
    """The tree without history, environments and caches."""
    leave = shutil.ignore_patterns("__pycache__", ".venv", ".git", "node_modules", ".mypy_cache", ".ruff_cache")
    for name in TREE:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, into / name, ignore=leave, symlinks=True)
        elif source.exists():
            shutil.copy2(source, into / name)


def run(tree: Path, tests: tuple[str, ...]) -> int:
    """pytest's exit code over the copy: 0 all passed, 1 a test failed, more: it could not even start."""
    environment = {**os.environ, "PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--reuse-db", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    if done.returncode > 1:
        print(done.stdout[-800:] + done.stderr[-800:], file=sys.stderr)
    return done.returncode


def mutate(tree: Path, guard: Guard) -> str:
    """red (good), GREEN (nobody noticed), STALE (the text is gone) or BROKEN (pytest could not start)."""
    path = tree / guard.file
    before = path.read_text("utf-8") if path.exists() else ""
    if before.count(guard.find) != 1:
        return "STALE"
    path.write_text(before.replace(guard.find, guard.replace), "utf-8")
    try:
        return {0: "GREEN", 1: "red"}.get(run(tree, guard.tests), "BROKEN")
    finally:
        path.write_text(before, "utf-8")


def chosen(only: list[int]) -> list[tuple[int, Guard]]:
    return [(n, guard) for n, guard in enumerate(GUARDS, 1) if not only or n in only]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="say what there is and run nothing")
    parser.add_argument("--only", type=int, action="append", default=[], help="the number of an entry")
    given = parser.parse_args()
    if given.list:
        for n, guard in chosen(given.only):
            print(f"{n:2}  {guard.row}: {guard.what}{f'  [{guard.missing}]' if guard.missing else ''}")
        return 0
    results: dict[str, int] = {}
    with tempfile.TemporaryDirectory(prefix="gongzhi-guards-") as folder:
        copy_tree(Path(folder))
        for n, guard in chosen(given.only):
            answer = guard.missing or mutate(Path(folder), guard)
            word = "not built" if guard.missing else answer
            results[word] = results.get(word, 0) + 1
            print(f"{n:2}  {answer:7} {guard.row}: {guard.what}", flush=True)
    print("  ".join(f"{word}: {count}" for word, count in sorted(results.items())))
    return int(bool(set(results) - {"red", "not built"}))


if __name__ == "__main__":
    sys.exit(main())
