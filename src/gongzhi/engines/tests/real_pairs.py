"""The real messages, the hand-labelled pairs and the known hot topics: how well near duplicates are told.

Used by the tests and by tools/score_duplicates.py. The pairs hold row ids and labels only (pairs/README.md).
"""

import csv
import datetime as dt
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from gongzhi.engines.similarity import Demand, Knobs, Rarity, likeness, shingles

PAIRS = Path(__file__).parent / "pairs/duplicates.csv"
# How many pairs of the whole file lay in each stratum when the sample was drawn (36 each, 20 of the last).
POPULATION = {"0.5": 357, "0.3": 151, "0.2": 127, "0.14": 243, "0.08": 585, "0.05": 524}
# The three topics that two teams agree on, by the words that name them.
TOPICS = {
    "丽发新城 搅拌站噪音": (r"丽发", r"搅拌"),
    "伊景园滨河苑 捆绑车位": (r"伊景园|滨河苑|滨河院|广铁", r"车位"),
    "人才购房补贴": (r"人才", r"购房补|购房及|补贴"),
}
WINDOW_DAYS = 180
_WHEN = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})(?:\D+(\d{1,2}):(\d{1,2}))?")


@dataclass(frozen=True, slots=True)
class Labelled:
    """Two rows of the file, whether one work order would settle both, and the sampling stratum."""

    first: str
    second: str
    same: bool
    reason: str
    stratum: str


def labelled() -> list[Labelled]:
    with PAIRS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [Labelled(r["first"], r["second"], r["same"] == "1", r["reason"], r["stratum"]) for r in rows]


def messages(folder: Path) -> dict[str, tuple[str, float]]:
    """Row id → (title and detail, day)."""
    sheet = openpyxl.load_workbook(folder / "messages/messages_4326.xlsx", read_only=True).active
    found = {}
    for number, _user, title, when, detail, *_rest in list(sheet.iter_rows(values_only=True))[1:]:
        found[str(number).strip()] = (f"{title or ''}\n{detail or ''}", _day(when))
    return found


def _day(when: object) -> float:
    if isinstance(when, dt.datetime):
        return when.timestamp() / 86_400
    found = _WHEN.search(str(when))
    assert found, when
    year, month, day, hour, minute = (int(part or 0) for part in found.groups())
    return dt.datetime(year, month, day, hour, minute).timestamp() / 86_400  # noqa: DTZ001 - days apart only


class Scorer:
    """Every message as a demand without a place: only words and time speak, as they do for imported history."""

    def __init__(self, texts: dict[str, tuple[str, float]], located: str = "") -> None:
        self.texts = texts
        self.demands = {
            number: Demand(shingles(text), day, path="/city/there/" if located and re.search(located, text) else "")
            for number, (text, day) in texts.items()
        }
        self.weights, self.knobs = Rarity(demand.shingles for demand in self.demands.values()), Knobs()

    def total(self, one: str, other: str) -> float:
        return likeness(self.demands[one], self.demands[other], self.weights, self.knobs).total

    def topic_recall(self, name: str, threshold: float, top: int = 3) -> tuple[int, int, int]:
        """(offered a message of the topic, offered anything else too, asked): each message against all earlier ones.

        The first message of a topic has nothing to find and is not asked.
        """
        wanted = TOPICS[name]
        topic = {n for n, (text, _) in self.texts.items() if all(re.search(part, text) for part in wanted)}
        index: dict[object, list[str]] = defaultdict(list)
        found = wrong = asked = 0
        for number in sorted(self.demands, key=lambda n: (self.demands[n].days, n)):
            if number in topic:
                best = self._best(number, index, threshold)[:top]
                if asked or index.get("topic"):
                    asked += 1
                    found += any(other in topic for other in best)
                    wrong += any(other not in topic for other in best)
                index["topic"].append(number)
            for shingle in self.demands[number].shingles:
                index[shingle].append(number)
        return found, wrong, asked

    def _best(self, number: str, index: dict[object, list[str]], threshold: float) -> list[str]:
        demand = self.demands[number]
        near: set[str] = set()
        for shingle in self.weights.prefix(demand.shingles, 0.25)[:48]:
            near.update(index.get(shingle, ()))
        near = {one for one in near if demand.days - self.demands[one].days <= WINDOW_DAYS}
        scored = sorted(((self.total(number, one), one) for one in near), reverse=True)
        return [one for score, one in scored if score >= threshold]


def share(pairs: Iterable[Labelled], strata: Sequence[str]) -> float:
    """Of all pairs of the file in these strata, the share that is the same thing, from the sample."""
    return _same(pairs, strata) / sum(POPULATION[one] for one in strata)


def _same(pairs: Iterable[Labelled], strata: Sequence[str]) -> float:
    by_stratum = defaultdict(list)
    for pair in pairs:
        by_stratum[pair.stratum].append(pair.same)
    known = {one: by_stratum[one] for one in strata if by_stratum[one]}
    return sum(POPULATION[one] * sum(same) / len(same) for one, same in known.items())


def precision_and_recall(pairs: Sequence[Labelled], threshold: str) -> tuple[float, float]:
    """At a boundary of the strata. Recall is among the pairs that share enough to be looked at (from 0.05 up)."""
    above = [one for one in POPULATION if float(one) >= float(threshold)]
    return share(pairs, above), _same(pairs, above) / _same(pairs, list(POPULATION))


def interval(pairs: Sequence[Labelled], threshold: str, which: int, draws: int = 2_000) -> tuple[float, float]:
    """95 % of a stratified bootstrap, seeded; `which` is 0 for precision, 1 for recall."""
    rnd, values = random.Random(1), []
    strata = {one: [pair for pair in pairs if pair.stratum == one] for one in POPULATION}
    for _ in range(draws):
        drawn = [pair for rows in strata.values() for pair in rnd.choices(rows, k=len(rows))]
        values.append(precision_and_recall(drawn, threshold)[which])
    values.sort()
    return values[int(draws * 0.025)], values[int(draws * 0.975)]
