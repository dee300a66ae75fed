#!/usr/bin/env python3
"""Work out a participatory budget again without Gongzhi: one file, the standard library only, Python 3.11 or newer.

    python3 tools/check_budget.py FILE.pb RESULT.json

RESULT.json is what `./gongzhi tally budget FILE.pb … --json` printed. Prints {"valid", "failures": [{"code", "where"}]}
and ends with 0 (valid), 1 (not valid) or 2 (unreadable). The rules are written down in docs/explanation/budgets.md, the
result in docs/reference/budgets.md; this program shares no code with the one that made it. It keeps the money of every
kind of ballot as a whole number over one common denominator and compares prices by multiplying crosswise, where that
one keeps histories of payments and fractions. It looks at every run of a completion. Read it, it is meant to be read.
"""

import argparse
import csv
import json
import math
import re
import sys
from fractions import Fraction


class Stop(Exception):
    """Nothing further can be checked."""


# --- reading -----------------------------------------------------------------------------------------------------


def number(value):
    """An exact number from a file or from a result."""
    if isinstance(value, float):
        value = repr(value)
    return Fraction(str(value).replace(" ", "").replace("\u00a0", "").replace(",", "."))


def sections(path):
    with open(path, "rb") as file:
        raw = file.read()
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = raw.decode("utf-16")
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("gb18030")
    found, current = {}, None
    for row in csv.reader(text.splitlines(keepends=True), delimiter=";"):
        first = row[0].strip().upper() if row else ""
        if first in ("META", "PROJECTS", "VOTES") and not "".join(row[1:]).strip():
            current = found.setdefault(first, [])
        elif "".join(row):
            current.append(row)
    return found


def table(rows):
    names = [name.strip().lower() for name in rows[0]]
    return [dict(zip(names, [cell.strip() for cell in row], strict=False)) for row in rows[1:]]


def read(path):
    """Budget, threshold, costs by project, and kinds of ballot: [points by project, how many]."""
    found = sections(path)
    meta = {row["key"].lower(): row["value"] for row in table(found["META"])}
    costs = {row["project_id"]: number(row["cost"]) for row in table(found["PROJECTS"])}
    kind = meta.get("vote_type", "approval").lower()
    ballots = {}
    for row in table(found["VOTES"]):
        points = marks(kind, row, meta.get("max_length"))
        key = tuple(sorted(points.items()))
        ballots.setdefault(key, [points, 0])[1] += 1
    least = number(meta.get("min_project_score_threshold") or 0)
    return number(meta["budget"]), least, costs, list(ballots.values())


def marks(kind, row, longest):
    named = [each.strip() for each in row["vote"].split(",") if each.strip()]
    given = [each for each in (row.get("points") or "").split(",") if each.strip()]
    found = {}
    for place, project in enumerate(named):
        if project in found:
            continue
        if kind in ("approval", "choose-1"):
            found[project] = Fraction(1)
        elif kind == "cumulative" or given:
            found[project] = number(given[place])
        else:
            found[project] = Fraction(max((int(longest) if longest else len(named)) - place, 0))
    return {project: points for project, points in found.items() if points}


# --- counting ----------------------------------------------------------------------------------------------------


class Vote:
    def __init__(self, path, rule):
        self.budget, self.least, self.costs, self.ballots = read(path)
        self.rule = rule
        self.voters = sum(count for _, count in self.ballots)
        self.scores = dict.fromkeys(self.costs, Fraction(0))
        self.backers = {}
        scale = math.lcm(*(points.denominator for marks_, _ in self.ballots for points in marks_.values()))
        for place, (marks_, count) in enumerate(self.ballots):
            for project, points in marks_.items():
                self.scores[project] += points * count
                self.backers.setdefault(project, []).append((place, int(points * scale), count))
        self.scale = scale
        order = rule.get("order") or sorted(self.costs, key=natural)
        self.places = {project: place for place, project in enumerate(order)}

    def before(self, project):
        """Among equals the smallest of these wins."""
        return self.costs[project], -self.scores[project], self.places[project]


def natural(project):
    return (0, int(project), project) if re.fullmatch("[0-9]+", project) else (1, 0, project)


def greedy(vote, left, projects, by_density):
    """Down the ranking; returns what is taken."""

    def rank(project):
        score, cost = vote.scores[project], vote.costs[project]
        if by_density:
            score = score / cost if cost else math.inf
        return (-score, *vote.before(project))

    taken = []
    for project in sorted(projects, key=rank):
        if vote.costs[project] <= left:
            taken.append(project)
            left -= vote.costs[project]
        elif vote.rule["name"] == "greedy-no-skip":
            break
    return taken


def equal_shares(vote, share):
    """[(project, price of a point)] of one run in which every voter begins with `share`."""
    unit = math.lcm(share.denominator, *(cost.denominator for cost in vote.costs.values()))
    money = [int(share * unit)] * len(vote.ballots)
    waiting = dict.fromkeys(vote.backers, (0, 1))
    bought = []
    while True:
        best, winner = None, None
        # Prices never fall: whatever was dearer than the best of now need not be looked at.
        # The cheapest of before comes first, which only saves time.
        for project in sorted(waiting, key=lambda project: waiting[project][0] / waiting[project][1]):
            known = waiting[project]
            if best is not None and known[0] * best[1] > best[0] * known[1]:
                continue
            price = price_of(vote, project, money, unit)
            if price is None:
                del waiting[project]
                continue
            worth = vote.costs[project] if vote.rule["utility"] == "cost" else Fraction(1)
            worth = worth or Fraction(1)
            # What is paid for a unit of utility, in money of the file.
            value = price[0] * worth.denominator, price[1] * unit * worth.numerator
            waiting[project] = value
            side = 0 if best is None else value[0] * best[1] - best[0] * value[1]
            if best is None or side < 0 or (side == 0 and vote.before(project) < vote.before(winner)):
                best, winner, paid = value, project, price
        if winner is None:
            return bought
        bought.append((winner, Fraction(paid[0] * vote.scale, paid[1] * unit)))
        money, unit = pay(vote, winner, money, unit, paid)
        del waiting[winner]


def price_of(vote, project, money, unit):
    """(n, d): every backer gives n / d / unit for a point, or all they have; None where that is too little."""
    cost = int(vote.costs[project] * unit)
    whole = math.lcm(*{points for _, points, _ in vote.backers[project]})
    line = sorted((money[place] * (whole // points), points, count, place) for place, points, count in
                  vote.backers[project])  # fmt: skip
    asked = sum(points * count for _, points, count, _ in line)
    for per_point, points, count, place in line:
        # cost / asked <= per_point / whole
        if cost * whole <= per_point * asked:
            return cost, asked
        cost -= money[place] * count
        asked -= points * count
    return None


def pay(vote, project, money, unit, price):
    common = math.gcd(*price)
    n, d = price[0] // common, price[1] // common
    after = [each * d for each in money]
    for place, points, _ in vote.backers[project]:
        after[place] -= min(after[place], n * points)
    return after, unit * d


def completed(vote):
    """Purchases, the share they were made with, and how many runs there were."""
    share, step = vote.budget / vote.voters, number(vote.rule["step"])
    bought, runs = equal_shares(vote, share), 1
    share_of_next = Fraction(math.floor(share))
    while vote.rule["completion"] != "none":
        taken = {project for project, _ in bought}
        left = vote.budget - sum(vote.costs[project] for project in taken)
        others = [vote.costs[project] for project in vote.backers if project not in taken]
        if not others or (vote.rule["stop"] == "exhaustive" and min(others) > left):
            break
        share_of_next += step
        more, runs = equal_shares(vote, share_of_next), runs + 1
        if sum(vote.costs[project] for project, _ in more) > vote.budget:
            break
        bought, share = more, share_of_next
    return bought, share, runs


def phragmen(vote):
    """[(project, load of its backers)], by the money that everybody has earned since they last paid."""
    left, bought, paid_until = vote.budget, [], [Fraction(0)] * len(vote.ballots)
    waiting = {project: Fraction(0) for project in vote.backers if vote.costs[project] <= vote.budget}
    while waiting:
        now, first = None, []
        # Loads never fall: whatever was later than the earliest of now need not be looked at.
        for project in sorted(waiting, key=waiting.get):
            if now is not None and waiting[project] > now:
                break
            people = sum(count for _, _, count in vote.backers[project])
            before = sum(paid_until[place] * count for place, _, count in vote.backers[project] if paid_until[place])
            due = waiting[project] = (vote.costs[project] + before) / people
            if now is None or due < now:
                now, first = due, []
            if due == now:
                first.append(project)
        if max(vote.costs[project] for project in first) > left:
            break
        project = min(first, key=vote.before)
        left -= vote.costs[project]
        for place, _, _ in vote.backers[project]:
            paid_until[place] = now
        del waiting[project]
        bought.append((project, now))
    return bought


def count(vote):
    """Rounds [(project, price or None)], the share of each voter or None, the number of runs."""
    name = vote.rule["name"]
    if name == "equal-shares":
        if not vote.voters:
            return [], None, 1
        bought, share, runs = completed(vote)
        rounds = [(project, price_for_utility(vote, project, price)) for project, price in bought]
        if vote.rule["completion"] == "add1u":
            taken = {project for project, _ in bought}
            left = vote.budget - sum(vote.costs[project] for project in taken)
            rounds += [(each, None) for each in greedy(vote, left, vote.backers.keys() - taken, False)]
        return rounds, share, runs
    if name == "phragmen":
        return phragmen(vote), None, 1
    least = vote.least if name == "greedy-threshold" else 0
    standing = [project for project, score in vote.scores.items() if score > 0 and score >= least]
    return [(each, None) for each in greedy(vote, vote.budget, standing, vote.rule["utility"] != "cost")], None, 1


def price_for_utility(vote, project, price):
    return price / (vote.costs[project] or 1) if vote.rule["utility"] == "cost" else price


# --- comparing ---------------------------------------------------------------------------------------------------


def check(path, result):
    """[{code, where}], empty where the result is right. Raises Stop for what is no result."""
    try:
        vote = Vote(path, result["rule"])
        rounds, share, runs = count(vote)
        trace, said = result["trace"], result["trace"]["rounds"]
        spent = sum(vote.costs[project] for project, _ in rounds)
        wrong = [
            ("selected", result["selected"], [project for project, _ in rounds]),
            ("spent", number(result["spent"]), spent),
            ("budget", number(result["budget"]), vote.budget),
            ("trace.voters", trace["voters"], vote.voters),
            ("trace.share", trace["share"] if share is None else number(trace["share"]), share),
            ("trace.runs", trace["runs"], runs),
            ("trace.rounds", [each["project"] for each in said], [project for project, _ in rounds]),
        ]
        for place, (each, (project, price)) in enumerate(zip(said, rounds, strict=False)):
            told = each["price"] if each["price"] is None else number(each["price"])
            where = f"trace.rounds[{place}]"
            wrong += [(f"{where}.price", told, price), (f"{where}.cost", number(each["cost"]), vote.costs[project])]
            wrong += [(f"{where}.score", number(each["score"]), vote.scores[project])]
        lost = sorted(each["project"] for each in trace["lost"])
        wrong.append(("trace.lost", lost, sorted(vote.costs.keys() - {project for project, _ in rounds})))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise Stop(f"not a result: {error!r}") from error
    return [{"code": "differs", "where": where} for where, told, found in wrong if told != found]


def main(argv):
    parser = argparse.ArgumentParser(description="Work out a participatory budget again.")
    parser.add_argument("file", metavar="FILE.pb")
    parser.add_argument("result", metavar="RESULT.json")
    arguments = parser.parse_args(argv)
    try:
        with open(arguments.result, encoding="utf-8") as file:
            failures = check(arguments.file, json.load(file))
    except (OSError, ValueError, Stop) as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps({"valid": not failures, "failures": failures}))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
