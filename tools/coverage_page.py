"""Write docs/reference/coverage.md, and the same facts for the product's pages (packs/data/coverage.json), from the
last complete test run, which left .coverage-run.json.

Refuses while a marked test has not passed: the page only names what was shown.
"""

import csv
import json
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs/reference"
RUN_FILE = ROOT / ".coverage-run.json"
SHIPPED = ROOT / "src/gongzhi/packs/data/coverage.json"

HEAD = """# 要求与证明 / Requirement coverage

本页由 `tools/coverage_page.py` 从一次完整的测试运行写成，不手改。
每一行的测试在那次运行里都通过了；没有测试的要求写“还没有”。
要求编号见 [requirements.csv](requirements.csv)，来源 S0–S4 是五份公开的基层治理材料。

Written by `tools/coverage_page.py` from a complete test run; never edited by hand. Every test named here was
collected and passed in that run.

"""


def requirements() -> list[dict[str, str]]:
    with (REFERENCE / "requirements.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def places() -> dict[str, str]:
    """Where a requirement is seen in the product, for those that no marker names."""
    path = REFERENCE / "where.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}


def render(rows: list[dict[str, str]]) -> str:
    """The page; `rows` are those of .coverage-run.json, all passed."""
    tests: defaultdict[str, list[str]] = defaultdict(list)
    where: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        tests[row["requirement"]].append(f"`{row['test']}`")
        if row["where"]:
            where[row["requirement"]].append(f"`{row['where']}`")
    known, stated = requirements(), places()
    shown = sum(1 for item in known if tests[item["id"]])
    lines = [
        HEAD + f"{shown} / {len(known)}\n",
        "| 编号 | 来源 | 原词 | 在哪里看 | 通过的测试 |",
        "|---|---|---|---|---|",
    ]
    for item in known:
        seen = sorted(set(where[item["id"]])) or [stated.get(item["id"], "")]
        proofs = "<br>".join(sorted(set(tests[item["id"]]))) or "还没有"
        term = item["term"].replace("|", "\\|")
        lines.append(f"| {item['id']} | {item['source']} | {term} | {' '.join(seen)} | {proofs} |")
    return "\n".join(lines) + "\n"


def facts(rows: list[dict[str, str]]) -> str:
    """What the product shows: each requirement with its pages and its tests, as JSON of one line each."""
    stated = places()
    found = []
    for item in requirements():
        mine = [row for row in rows if row["requirement"] == item["id"]]
        where = sorted({row["where"] for row in mine if row["where"]})
        if mine and not where and item["id"] in stated:
            where = [stated[item["id"]]]
        found.append({**item, "where": where, "tests": sorted({row["test"] for row in mine})})
    return "[\n" + ",\n".join(json.dumps(one, ensure_ascii=False) for one in found) + "\n]\n"


def main() -> int:
    if not RUN_FILE.exists():
        print("No complete run yet: run ./gongzhi test first.", file=sys.stderr)
        return 1
    rows = json.loads(RUN_FILE.read_text("utf-8"))
    open_rows = [f"{row['test']} ({row['outcome']})" for row in rows if row["outcome"] != "passed"]
    if open_rows:
        print("Not passed in the last run:\n  " + "\n  ".join(open_rows), file=sys.stderr)
        return 1
    (REFERENCE / "coverage.md").write_text(render(rows), "utf-8")
    SHIPPED.write_text(facts(rows), "utf-8")
    print(f"{len(rows)} proofs written.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
