#!/usr/bin/env python3
"""Ask pabutools who wins, and keep digests of its answers for the tests: `python3 tools/pabutools_winners.py FOLDER`.

pabutools is GPL and never a dependency: install it (version 1.2.3) into a virtual environment of its own and run this
there. An hour for the files of the data folder. Ties go to pabutools in our published order: cost, score, code.
"""

import hashlib
import json
import sys
from pathlib import Path

from pabutools.election import Cardinality_Sat, Cost_Sat, parse_pabulib
from pabutools.rules import greedy_utilitarian_welfare, method_of_equal_shares, sequential_phragmen
from pabutools.tiebreaking import TieBreakingRule

KEPT = Path(__file__).resolve().parent.parent / "src/gongzhi/engines/tests/pabutools_winners.json"
RULES = {
    "equal-shares cost": (method_of_equal_shares, Cost_Sat),
    "equal-shares cardinality": (method_of_equal_shares, Cardinality_Sat),
    "greedy cost": (greedy_utilitarian_welfare, Cost_Sat),
    "greedy cardinality": (greedy_utilitarian_welfare, Cardinality_Sat),
    "phragmen cost": (sequential_phragmen, None),
}


def code_key(project):
    code = str(project)
    return (False, int(code), code) if code.isascii() and code.isdigit() else (True, 0, code)


def winners(path):
    """Rule → digest of the codes of the winners, sorted, a line each; None for ballots that are no approvals."""
    instance, profile = parse_pabulib(str(path))
    if instance.meta["vote_type"] not in ("approval", "choose-1"):
        return None
    score = {project: profile.approval_score(project) for project in instance}
    ties = TieBreakingRule(lambda _instance, _profile, project: (project.cost, -score[project], code_key(project)))
    found = {}
    for name, (rule, satisfaction) in RULES.items():
        more = {"sat_class": satisfaction} if satisfaction else {}
        taken = rule(instance, profile.as_multiprofile(), tie_breaking=ties, **more)
        found[name] = digest(str(each) for each in taken)
    return found


def digest(codes):
    return hashlib.sha256("\n".join(sorted(codes)).encode()).hexdigest()[:16]


if __name__ == "__main__":
    answers = {path.name: winners(path) for path in sorted(Path(sys.argv[1]).glob("*.pb"))}
    kept = {"made_with": "pabutools 1.2.3", "files": {name: each for name, each in answers.items() if each}}
    KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
