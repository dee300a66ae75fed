#!/usr/bin/env python3
"""Write docs/reference/pabulib.md: every real election of the data folder under the rule that its file records.

    python3 tools/pabulib_page.py FOLDER

FOLDER holds `.pb` files (see docs/reference/pabulib.md). A test compares the page with what this writes.
"""

import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/reference/pabulib.md"
sys.path.insert(0, str(ROOT / "src"))

from gongzhi.engines.budgeting.elections import Election  # noqa: E402
from gongzhi.engines.budgeting.pabulib import read_pb  # noqa: E402
from gongzhi.engines.budgeting.rules import BudgetRule  # noqa: E402
from gongzhi.engines.budgeting.tallies import recorded_rule, recorded_winners, tally  # noqa: E402

HEAD = """# Real elections, counted again

`python3 tools/pabulib_page.py FOLDER` writes this page from the `.pb` files of Pabulib that lie beside the project; a
test holds it. A file names the rule by which its winners were found; where that is one of ours, ours must find the same
ones. What a file marks with 2 or 3 was paid with other money afterwards and is no winner of the rule.

| Rule in the file | Ballots | Files | Winners recorded | Found the same |
|---|---|---|---|---|
"""
NOT_OURS = {
    "greedy-custom": "Greedy without skipping, as the remarks in the files say; then the next project as well if four "
    "fifths of it can be paid, the rest from elsewhere. Without that addition they are our greedy-no-skip.",
    "greedy-exclusive": "Greedy in which some projects exclude each other; the files do not say which.",
    "unknown": "The files do not know their rule.",
}
CLOSEST = ("greedy", "greedy-no-skip")


def page(folder: Path) -> str:
    files, known, same = Counter(), Counter(), Counter()
    differing, others, additions = [], [], []
    for path in sorted(folder.glob("*.pb")):
        vote = read_pb(path.read_bytes())
        key = vote.described["rule"], vote.ballot_type
        files[key] += 1
        additions += [
            f"{path.stem}: {each.code}" for each in vote.projects if each.recorded not in ("0", "1", None, "")
        ]
        winners, rule = recorded_winners(vote), recorded_rule(vote)
        if winners is None:
            continue
        known[key] += 1
        if rule is None:
            others.append((key[0], path.stem, _nearest(vote, winners)))
        elif set(tally(vote, rule).selected) == winners:
            same[key] += 1
        else:
            differing.append(path.stem)
    rows = [
        f"| {rule} | {kind} | {files[rule, kind]} | {known[rule, kind]} | {_found(rule, same[rule, kind])} |"
        for rule, kind in sorted(files)
    ]
    return HEAD + "\n".join(rows) + "\n" + _differences(differing, others, additions)


def _found(rule: str, count: int) -> str:
    return "not ours" if rule in NOT_OURS else str(count)


def _nearest(vote: Election, winners: set[str]) -> str:
    fitting = [name for name in CLOSEST if set(tally(vote, BudgetRule(name)).selected) == winners]
    return "the same winners as " + " and ".join(fitting) if fitting else "other winners than any of our greedy rules"


def _differences(differing: list[str], others: list[tuple[str, str, str]], additions: list[str]) -> str:
    lines = ["", "## Ours, but different", ""]
    lines += [f"- {each}" for each in differing] or ["None."]
    lines += ["", "## Not ours", ""]
    for rule, why in NOT_OURS.items():
        lines.append(f"**{rule}.** {why}")
        lines += ["", *(f"- {stem}: {near}" for name, stem, near in others if name == rule), ""]
    lines += ["## Marked with another number than 0 and 1", "", *(f"- {each}" for each in additions), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(Path(sys.argv[1])), "utf-8")
