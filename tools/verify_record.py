#!/usr/bin/env python3
"""Check a decision's record without Gongzhi: one file, the standard library only, Python 3.11 or newer.

    python3 tools/verify_record.py RECORD [--seal HEX] [--rule HEX] [--roll HEX] [--receipt HEX]…

Prints {"valid", "failures": [{"code", "where"}]} and ends with 0 (valid), 1 (not valid) or 2 (unreadable). The format
is written down in docs/reference/records.md; this program shares no code with the one that makes records, and compares
shares by multiplying whole numbers crosswise where that one divides. Read it, it is meant to be read.
"""

import argparse
import datetime
import hashlib
import json
import math
import re
import sys

FORMAT = "gongzhi-record-1"
KINDS = ["opening", "rule", "roll", "proxies", "attendance", "cast", "box", "ballot", "lot", "result"]
MANY = {"box", "ballot"}
EFFECTS = ["binding", "advisory", "record_of_offline"]
ALWAYS = ["registered", "due", "present", "participating", "valid", "cast"]


class Stop(Exception):
    """Nothing further can be checked."""


# --- reading -----------------------------------------------------------------------------------------------------


def load(data):
    """The JSON value; ValueError for a key twice, a number with a point, or 33 levels."""

    def unique(pairs):
        names = [name for name, _ in pairs]
        if len(set(names)) != len(names):
            raise ValueError("a key twice")
        return dict(pairs)

    def refuse(number):
        raise ValueError("not whole: " + number)

    value = json.loads(data, object_pairs_hook=unique, parse_float=refuse, parse_constant=refuse)
    stack = [(value, 0)]
    while stack:
        item, depth = stack.pop()
        if depth > 32:
            raise ValueError("too deep")
        inside = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
        stack.extend((each, depth + 1) for each in inside)
    return value


def canon(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def sha(data):
    return hashlib.sha256(data)


# --- shapes: small predicates ------------------------------------------------------------------------------------


def is_text(v):
    if type(v) is not str:
        return False
    try:
        v.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def is_word(v):
    return is_text(v) and len(v) > 0


def is_hex(v):
    return type(v) is str and re.fullmatch("[0-9a-f]{64}", v) is not None


def is_count(v):
    return type(v) is int and v >= 0


def is_time(v):
    """UTC to the microsecond, 27 characters, on a day that there was."""
    if (
        type(v) is not str
        or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z", v) is None
    ):
        return False
    day, hour, minute, second = v[:10], int(v[11:13]), int(v[14:16]), int(v[17:19])
    try:
        datetime.date(int(day[:4]), int(day[5:7]), int(day[8:]))
    except ValueError:
        return False
    return hour < 24 and minute < 60 and second < 60


def is_list(v, test):
    return type(v) is list and all(test(each) for each in v)


def is_map(v, **tests):
    return type(v) is dict and sorted(v) == sorted(tests) and all(test(v[name]) for name, test in tests.items())


def is_plain(v):
    if type(v) is dict:
        return all(is_text(k) and is_plain(each) for k, each in v.items())
    if type(v) is list:
        return all(is_plain(each) for each in v)
    return v is None or type(v) in (bool, int) or is_text(v)


def is_weights(v):
    return type(v) is dict and all(is_text(k) and is_count(each) for k, each in v.items())


def is_marks(v):
    return v is None or is_list(v, is_word)


def is_place(v):
    return is_count(v) and v > 0


def is_secret_ballot(v):
    return is_map(v, number=is_place, marks=is_marks)


def is_recorded_ballot(v):
    voided = lambda x: x is None or is_place(x)  # noqa: E731 - a name for one use
    return is_map(
        v, number=is_place, entry=is_hex, marks=is_marks, origin=is_word, at=is_time, holder=is_text, voided_by=voided
    )


def is_body(kind, v):
    """Whether the body of an event has exactly the keys and kinds of values of its kind."""
    if kind == "opening":
        texts = dict.fromkeys(["decision", "title", "body", "place"], is_text)
        return is_map(
            v,
            **texts,
            legal_effect=lambda x: x in EFFECTS,
            opens_at=is_time,
            closes_at=is_time,
            rule=is_hex,
            roll=is_hex,
        )
    if kind in ("rule", "result"):
        return type(v) is dict and is_plain(v)
    if kind == "roll":
        entry = lambda x: is_map(x, entry=is_hex, weights=is_weights, due=lambda y: type(y) is bool)  # noqa: E731 - local
        return is_map(v, measures=lambda x: is_list(x, is_word), entries=lambda x: is_list(x, entry))
    if kind == "proxies":
        return is_map(v, proxies=lambda x: is_list(x, lambda y: is_map(y, entry=is_hex, holder=is_word)))
    if kind in ("attendance", "cast"):
        return is_map(v, **{"present" if kind == "attendance" else "cast": lambda x: is_list(x, is_hex)})
    if kind == "box":
        numbers = dict.fromkeys(["printed", "issued", "unused", "spoiled", "returned"], is_count)
        return is_map(v, box=is_word, origin=is_word, **numbers)
    if kind == "ballot":
        return is_secret_ballot(v) or is_recorded_ballot(v)
    return is_map(v, order=lambda x: is_list(x, is_word))


# --- the rule ----------------------------------------------------------------------------------------------------

RULE_TEXTS = ["pack", "version", "code", "article", "method", "rank_by", "blank"]
RULE_FLAGS = ["contested", "write_ins", "invalid_participates", "secret"]
RULE_REST = [
    "seats", "most_marks", "options", "measures", "points", "precedence", "quorum", "majority", "composition", "ties",
    "traits", "proxies", "runoff_extra",
]  # fmt: skip


def distinct(items):
    return len(set(items)) == len(items)


def share_of(text):
    """Numerator and denominator, in lowest terms and without leading zeros; None for anything else."""
    if not is_text(text) or re.fullmatch("(0|[1-9][0-9]*)/[1-9][0-9]*", text) is None:
        return None
    top, bottom = (int(part) for part in text.split("/"))
    return (top, bottom) if math.gcd(top, bottom) == 1 else None


def is_threshold(v):
    words = dict.fromkeys(["counts", "measure", "of"], is_word)
    flag = lambda x: type(x) is bool  # noqa: E731 - a name for one use
    if not is_map(v, **words, share=lambda x: share_of(x) is not None, inclusive=flag, limit=is_word):
        return False
    top, bottom = share_of(v["share"])
    if v["limit"] == "at_least":
        return 0 < top <= bottom and (v["inclusive"] or top < bottom)
    return v["limit"] == "at_most" and top <= bottom and (v["inclusive"] or top > 0)


def is_requirement(v):
    return is_list(v, lambda way: is_list(way, is_threshold) and len(way) > 0)


def rule_is_right(r):
    """Whether the rule can be counted by; every condition here is one line of docs/reference/records.md."""
    if sorted(r) != sorted(RULE_TEXTS + RULE_FLAGS + RULE_REST):
        return False
    words = lambda x: is_list(x, is_word)  # noqa: E731 - a name for this function
    typed = (
        all(is_text(r[k]) for k in RULE_TEXTS)
        and all(type(r[k]) is bool for k in RULE_FLAGS)
        and is_count(r["seats"])
        and is_place(r["most_marks"])
        and words(r["options"])
        and words(r["measures"])
        and is_list(r["points"], is_count)
        and is_list(r["precedence"], words)
        and is_requirement(r["quorum"])
        and is_requirement(r["majority"])
        and is_list(r["composition"], lambda x: is_map(x, trait=is_text, least=is_place))
        and is_map(r["ties"], by=is_word, order=words)
        and type(r["traits"]) is dict
        and all(words(x) for x in r["traits"].values())
        and (r["runoff_extra"] is None or is_count(r["runoff_extra"]))
        and (
            r["proxies"] is None
            or is_map(
                r["proxies"],
                per_holder=lambda x: x is None or is_place(x),
                holder_on_roll=lambda x: type(x) is bool,
            )
        )
    )
    return typed and rule_agrees(r)


def rule_agrees(r):
    """Whether the parts of a rule with the right types agree with each other."""
    motion, options = r["method"] == "resolution", r["options"]
    origins = [each for rank in r["precedence"] for each in rank]
    words = set(ALWAYS) | ({"yes", "no", "abstain"} & set(options) if motion else {"support"})
    quorum = [t for way in r["quorum"] for t in way]
    both = quorum + [t for way in r["majority"] for t in way]
    by, order = r["ties"]["by"], r["ties"]["order"]
    conditions = [
        r["method"] in ("resolution", "approval", "ranking"),
        r["blank"] in ("abstain", "invalid"),
        by in ("revote", "lot", "order"),
        distinct(options) and distinct(origins) and distinct(order) and distinct(r["measures"]),
        len(origins) > 0 and len(r["measures"]) > 0,
        r["rank_by"] in r["measures"],
        not r["secret"] or r["measures"] == ["heads"],
        all(t["measure"] in r["measures"] and t["counts"] in words and t["of"] in words for t in both),
        all(t["counts"] in ALWAYS and t["of"] in ALWAYS for t in quorum),
        sorted(order) == sorted(options) and not r["write_ins"] if by == "order" else order == [],
        r["write_ins"] or all(each in options for each in r["traits"]),
        not r["contested"] or len(options) > r["seats"],
        r["points"] == sorted(r["points"], reverse=True),
        len(r["points"]) == (r["most_marks"] if r["method"] == "ranking" else 0),
    ]
    if motion:
        answers = sorted(options) in (["no", "yes"], ["abstain", "no", "yes"])
        conditions += [answers, not r["write_ins"], r["seats"] == 0, r["most_marks"] == 1, len(r["majority"]) > 0]
    else:
        conditions += [r["seats"] >= 1, len(options) > 0 or r["write_ins"]]
    return all(conditions)


# --- the checks --------------------------------------------------------------------------------------------------


class Checker:
    """One record; `wrong` collects (code, where) in the order of the events."""

    def __init__(self, record, seal="", rule="", roll="", receipts=()):
        self.record, self.seal, self.receipts = record, seal, receipts
        self.published = {"rule": rule, "roll": roll}
        self.wrong = []

    def say(self, code, where):
        self.wrong.append((code, where))

    def run(self):
        try:
            self.frame()
            self.chain()
            self.bodies()
            self.rule_and_roll()
            self.by_kind()
            self.proxies()
            self.entries("attendance", "present")
            self.entries("cast", "cast")
            if self.rule["secret"] and len(self.ballots) > len(self.lists["cast"]):
                self.say("ballots_over_cast", self.at(self.ballots[len(self.lists["cast"])][0]))
            self.boxes()
            self.all_ballots()
            self.box_totals()
            self.check_receipts()
            self.result()
        except Stop:
            pass
        return self.wrong

    @staticmethod
    def at(place):
        return f"events[{place}]"

    def stop_if(self, found):
        self.wrong.extend(found)
        if found:
            raise Stop

    def frame(self):
        r = self.record
        if not is_map(r, format=is_text, events=lambda x: type(x) is list, seal=is_hex) or r["format"] != FORMAT:
            self.stop_if([("format", "format")])
        bad = []
        for i, e in enumerate(r["events"]):
            known = lambda x: type(x) is str and x in KINDS  # noqa: E731 - a name for one use
            if not is_map(e, kind=known, body=lambda x: True, hash=is_hex):
                bad.append(("shape", self.at(i)))
        self.stop_if(bad)
        kinds = [e["kind"] for e in r["events"]]
        for i in range(1, len(kinds)):
            step = KINDS.index(kinds[i]) - KINDS.index(kinds[i - 1])
            if step < 0 or (step == 0 and kinds[i] not in MANY):
                self.stop_if([("event_order", self.at(i))])
        if any(kind not in kinds for kind in ("opening", "rule", "roll", "result")):
            self.stop_if([("event_missing", "events")])

    def chain(self):
        before = "00" * 32
        for i, e in enumerate(self.record["events"]):
            try:
                inner = sha(canon([e["kind"], e["body"]])).digest()
            except UnicodeEncodeError:
                inner = b""
            if sha(bytes.fromhex(before) + inner).hexdigest() != e["hash"]:
                self.say("chain", self.at(i))
            before = e["hash"]
        if self.record["seal"] != before:
            self.say("seal", "seal")
        if self.seal and self.seal != self.record["seal"]:
            self.say("published_seal", "seal")

    def bodies(self):
        events = self.record["events"]
        self.stop_if([("shape", self.at(i)) for i, e in enumerate(events) if not is_body(e["kind"], e["body"])])

    def rule_and_roll(self):
        events = self.record["events"]
        self.opening, self.rule, roll = (events[i]["body"] for i in range(3))
        if not rule_is_right(self.rule):
            self.stop_if([("rule", "events[1]")])
        if self.opening["opens_at"] >= self.opening["closes_at"]:
            self.say("times", self.at(0))
        for i, name in ((1, "rule"), (2, "roll")):
            found = sha(canon(events[i]["body"])).hexdigest()
            if found != self.opening[name] or self.published[name] not in ("", found):
                self.say(name + "_changed", self.at(i))
        last, measures = "", self.rule["measures"]
        for j, one in enumerate(roll["entries"]):
            where = f"events[2].entries[{j}]"
            if j and one["entry"] <= last:
                self.stop_if([("roll_order", where)])
            last = one["entry"]
            if sorted(one["weights"]) != sorted(measures):
                self.stop_if([("weights", where)])
            if self.rule["secret"] and one["weights"]["heads"] != 1:
                self.stop_if([("secret_weights", where)])
        if roll["measures"] != measures:
            self.stop_if([("weights", "events[2]")])
        self.roll = {one["entry"]: one for one in roll["entries"]}

    def by_kind(self):
        events, secret = self.record["events"], self.rule["secret"]
        self.where = {}
        self.lists = {"proxies": None, "attendance": None, "cast": None, "lot": None}
        names = {"proxies": "proxies", "attendance": "present", "cast": "cast", "lot": "order"}
        for i, e in enumerate(events):
            if e["kind"] in names:
                self.where[e["kind"]] = i
                self.lists[e["kind"]] = e["body"][names[e["kind"]]]
        self.ballots = [(i, e["body"]) for i, e in enumerate(events) if e["kind"] == "ballot"]
        self.sheets = [(i, e["body"]) for i, e in enumerate(events) if e["kind"] == "box"]
        found = []
        if secret and self.lists["cast"] is None:
            found.append(("event_missing", "events"))
        if not secret and self.lists["cast"] is not None:
            found.append(("event_order", "events"))
        shape = is_secret_ballot if secret else is_recorded_ballot
        self.stop_if(found + [("shape", self.at(i)) for i, body in self.ballots if not shape(body)])

    def proxies(self):
        allowed, carried, given = self.rule["proxies"], {}, set()
        for j, one in enumerate(self.lists["proxies"] or []):
            entry, holder = one["entry"], one["holder"]
            if allowed is None:
                code = "proxy_not_allowed"
            elif entry not in self.roll:
                code = "foreign_proxy"
            elif entry == holder:
                code = "own_proxy"
            elif entry in given:
                code = "duplicate_proxy"
            elif allowed["holder_on_roll"] and holder not in self.roll:
                code = "foreign_holder"
            elif allowed["per_holder"] is not None and carried.get(holder, 0) + 1 > allowed["per_holder"]:
                code = "too_many_proxies"
            else:
                given.add(entry)
                carried[holder] = carried.get(holder, 0) + 1
                continue
            self.say(code, f"events[{self.where['proxies']}].proxies[{j}]")

    def entries(self, kind, key):
        last = ""
        for j, entry in enumerate(self.lists[kind] or []):
            where = f"events[{self.where[kind]}].{key}[{j}]"
            if entry not in self.roll:
                self.say("foreign_" + kind, where)
            if not last < entry:
                self.say(kind + "_order", where)
            last = entry

    def boxes(self):
        origins = [each for rank in self.rule["precedence"] for each in rank]
        names = []
        for i, box in self.sheets:
            balanced = box["issued"] + box["unused"] + box["spoiled"] == box["printed"]
            if not balanced or box["returned"] > box["issued"] or box["box"] in names or box["origin"] not in origins:
                self.say("box", self.at(i))
            names.append(box["box"])

    def box_totals(self):
        secret = self.rule["secret"]
        for origin in {"" if secret else box["origin"] for _, box in self.sheets}:
            said = sum(box["returned"] for _, box in self.sheets if secret or box["origin"] == origin)
            found = sum(1 for _, body in self.ballots if secret or body["origin"] == origin)
            if said != found:
                self.say("box_total", "events")
                return

    def all_ballots(self):
        for n, (i, body) in enumerate(self.ballots):
            if body["number"] != n + 1:
                self.say("number", self.at(i))
        self.counting = []
        if self.rule["secret"]:
            last = b""
            free = self.rule["method"] == "ranking"
            for i, body in self.ballots:
                if not free and body["marks"] is not None and sorted(body["marks"]) != body["marks"]:
                    self.say("mark_order", self.at(i))
                if canon(body["marks"]) < last:
                    self.say("ballot_order", self.at(i))
                last = canon(body["marks"])
                self.counting.append((body["marks"], {"heads": 1}))
        else:
            self.recorded_ballots()

    def recorded_ballots(self):
        origins = {each: rank for rank, some in enumerate(self.rule["precedence"]) for each in some}
        held = {(one["entry"], one["holder"]) for one in self.lists["proxies"] or []}
        present = set(self.lists["attendance"] or [])
        known, last = [], ("", "")
        for i, b in self.ballots:
            unheld = b["origin"] == "proxy" if b["holder"] == "" else (b["entry"], b["holder"]) not in held
            absent = self.lists["attendance"] is not None and b["entry"] not in present
            found = {
                "foreign_ballot": b["entry"] not in self.roll,
                "foreign_origin": b["origin"] not in origins,
                "early_ballot": b["at"] < self.opening["opens_at"],
                "late_ballot": b["at"] > self.opening["closes_at"],
                "proxy_missing": unheld,
                "not_present": absent,
                "ballot_order": (b["at"], b["entry"]) < last,
            }
            last = (b["at"], b["entry"])
            for code in found:
                if found[code]:
                    self.say(code, self.at(i))
            if not found["foreign_ballot"] and not found["foreign_origin"]:
                known.append((i, b))
        self.known = [b for _, b in known]
        self.standing(known, origins)

    def standing(self, known, origins):
        """The strongest origin stands, in it the earliest; the others are voided by it, or a second one of its rank."""
        order = sorted(range(len(known)), key=lambda n: (origins[known[n][1]["origin"]], known[n][1]["at"], n))
        first = {}
        for n in order:
            first.setdefault(known[n][1]["entry"], n)
        for n, (i, b) in enumerate(known):
            winner = known[first[b["entry"]]][1]
            if first[b["entry"]] == n:
                self.counting.append((b["marks"], self.roll[b["entry"]]["weights"]))
                right = None
            elif origins[winner["origin"]] == origins[b["origin"]]:
                self.say("duplicate_ballot", self.at(i))
                continue
            else:
                right = winner["number"]
            if b["voided_by"] != right:
                self.say("voided", self.at(i))

    def check_receipts(self):
        keys = ("entry", "marks", "origin", "at", "holder")
        cast = [] if self.rule["secret"] else self.known
        held = [sha(canon([self.opening["decision"]] + [b[k] for k in keys])).hexdigest() for b in cast]
        for one in self.receipts:
            if one not in held:
                self.say("receipt", one)

    # --- counting ------------------------------------------------------------------------------------------------

    def result(self):
        said = self.record["events"][-1]["body"]
        try:
            right = self.count(())
            drawn = self.lists["lot"]
            if drawn is not None:
                tied = right["seats"]["tied"] if right["seats"] else []
                if self.rule["ties"]["by"] != "lot" or not tied or sorted(drawn) != sorted(tied):
                    self.say("lot", self.at(self.where["lot"]))
                else:
                    right = self.count(drawn)
        except KeyError:
            # A threshold asks for those present, and nobody wrote down who was.
            self.wrong = [each for each in self.wrong if each[0] != "lot"]
            self.say("uncountable", "events[1]")
            return
        where = differs(right, said, "result")
        if where is not None:
            self.say("result", where)

    def read(self, marks):
        """Whether a paper is valid, abstains or is invalid."""
        r = self.rule
        if marks is None:
            return "invalid"
        if marks == []:
            return r["blank"]
        allowed = r["write_ins"] or all(each in r["options"] for each in marks)
        if len(marks) > r["most_marks"] or not distinct(marks) or not allowed:
            return "invalid"
        return "abstain" if r["method"] == "resolution" and marks == ["abstain"] else "valid"

    def add_up(self, weights):
        weights = list(weights)
        return {m: sum(w[m] for w in weights) for m in self.rule["measures"]}

    def count(self, drawn):
        r = self.rule
        papers = [(self.read(marks), marks, weights) for marks, weights in self.counting]
        everyone = self.roll.values()
        amounts = {
            "registered": self.add_up(one["weights"] for one in everyone),
            "due": self.add_up(one["weights"] for one in everyone if one["due"]),
            "cast": self.add_up(w for _, _, w in papers),
            "valid": self.add_up(w for kind, _, w in papers if kind != "invalid"),
            "invalid": self.add_up(w for kind, _, w in papers if kind == "invalid"),
            "participating": self.add_up(w for kind, _, w in papers if kind != "invalid" or r["invalid_participates"]),
        }
        if self.lists["attendance"] is not None:
            here = {entry for entry in self.lists["attendance"] if entry in self.roll}
            amounts["present"] = self.add_up(self.roll[entry]["weights"] for entry in here)
        quorum = judge(r["quorum"], amounts)
        found = {"outcome": "no_quorum", "amounts": amounts, "quorum": quorum, "majority": None, "seats": None}
        if not quorum["met"]:
            return found
        if r["method"] == "resolution":
            for answer in ("yes", "no"):
                amounts[answer] = self.add_up(w for kind, marks, w in papers if kind == "valid" and marks == [answer])
            amounts["abstain"] = self.add_up(w for kind, _, w in papers if kind == "abstain")
            found["majority"] = judge(r["majority"], amounts)
            found["outcome"] = "passed" if found["majority"]["met"] else "rejected"
            return found
        found["seats"] = seats = self.fill(papers, amounts, drawn)
        found["outcome"] = "tied" if seats["tied"] else "incomplete" if seats["left"] else "elected"
        return found

    def fill(self, papers, amounts, drawn):
        r = self.rule
        voting = [(marks, w) for kind, marks, w in papers if kind == "valid"]
        names = list(r["options"]) + sorted({m for marks, _ in voting for m in marks} - set(r["options"]))
        rows = []
        for name in names:
            naming = [(marks, w) for marks, w in voting if name in marks]
            worth = [(r["points"][marks.index(name)] if r["points"] else 1) * w[r["rank_by"]] for marks, w in naming]
            support = self.add_up(w for _, w in naming)
            majority = judge(r["majority"], dict(amounts, support=support))
            rows.append({"option": name, "points": sum(worth), "support": support, "majority": majority})
        rows.sort(key=lambda row: row["option"])
        rows.sort(key=lambda row: row["points"], reverse=True)
        able = [row for row in rows if row["majority"]["met"] and row["points"] > 0]
        elected, tied, by = self.seat(able, drawn)
        left = r["seats"] - len(elected)
        having = lambda trait: sum(1 for name in elected if trait in r["traits"].get(name, []))  # noqa: E731 - local
        return {
            "candidates": rows,
            "elected": elected,
            "tied": tied,
            "left": left,
            "settled_by": by,
            "runoff": [] if tied or not left else self.runoff(rows, elected, left),
            "composition": [
                {**each, "elected": having(each["trait"]), "met": having(each["trait"]) >= each["least"]}
                for each in r["composition"]
            ],
        }

    def seat(self, able, drawn):
        """A candidate is safe when fewer than `seats` others are better or equal; those only level compete."""
        seats, ties = self.rule["seats"], self.rule["ties"]
        sure, level = [], []
        for row in able:
            better = sum(1 for other in able if other["points"] > row["points"])
            equal = sum(1 for other in able if other["points"] == row["points"])
            if better + equal <= seats:
                sure.append(row["option"])
            elif better < seats:
                level.append(row["option"])
        free = seats - len(sure)
        if level and ties["by"] == "order":
            return sure + [name for name in ties["order"] if name in level][:free], [], "order"
        if level and drawn:
            return sure + list(drawn)[:free], [], "lot"
        return sure, level, ""

    def runoff(self, rows, elected, left):
        extra = self.rule["runoff_extra"]
        others = [row for row in rows if row["option"] not in elected and row["points"] > 0]
        if extra is None:
            return []
        return [
            row["option"]
            for row in others
            if sum(1 for other in others if other["points"] > row["points"]) < left + extra
        ]


def judge(ways, amounts):
    judged = [[weigh(t, amounts) for t in way] for way in ways]
    return {"met": not judged or any(all(t["met"] for t in way) for way in judged), "alternatives": judged}


def weigh(t, amounts):
    """One threshold by crosswise multiplication, and the number that decides by trying its neighbours."""
    base, reached = amounts[t["of"]][t["measure"]], amounts[t["counts"]][t["measure"]]
    top, bottom = share_of(t["share"])

    def enough(number):
        return number * bottom >= top * base if t["inclusive"] else number * bottom > top * base

    def allowed(number):
        return number * bottom <= top * base if t["inclusive"] else number * bottom < top * base

    bound = top * base // bottom - 1
    if t["limit"] == "at_most":
        while allowed(bound + 1):
            bound += 1
        met, missing = base > 0 and allowed(reached), max(0, reached - bound)
    else:
        bound = max(bound, 1)
        while not enough(bound):
            bound += 1
        met, missing = base > 0 and enough(reached) and reached > 0, max(0, bound - reached)
    return {**t, "base": base, "bound": bound, "reached": reached, "missing": missing, "met": met}


def differs(right, said, where):
    """The path of the first difference, or None."""
    if type(right) is not type(said):
        return where
    if type(right) is dict:
        for key in sorted(set(right) | set(said)):
            path = f"{where}.{key}"
            found = differs(right[key], said[key], path) if key in right and key in said else path
            if found is not None:
                return found
        return None
    if type(right) is list:
        for i in range(max(len(right), len(said))):
            path = f"{where}[{i}]"
            found = differs(right[i], said[i], path) if i < len(right) and i < len(said) else path
            if found is not None:
                return found
        return None
    return None if right == said else where


def check(record, **published):
    """All failures of a record as (code, where)."""
    return Checker(record, **published).run()


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Check the record of a decision without Gongzhi.")
    parser.add_argument("record", metavar="RECORD", help="the file")
    parser.add_argument("--seal", default="", help="the seal as it was published")
    parser.add_argument("--rule", default="", help="the digest of the rule as it was published")
    parser.add_argument("--roll", default="", help="the digest of the roll as it was published")
    parser.add_argument(
        "--receipt", action="append", default=[], help="a receipt of a recorded ballot; may be repeated"
    )
    said = parser.parse_args(arguments)
    try:
        with open(said.record, "rb") as file:
            record = load(file.read())
    except (OSError, ValueError, RecursionError) as error:
        print(f"unreadable: {error}", file=sys.stderr)
        return 2
    found = check(record, seal=said.seal, rule=said.rule, roll=said.roll, receipts=said.receipt)
    failures = [{"code": code, "where": where} for code, where in found]
    print(json.dumps({"valid": not failures, "failures": failures}, ensure_ascii=False, indent=2))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
