"""Likeness of two demands: by hand on small ones, by laws on any, by labels and known topics on real ones."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.engines import similarity as sim
from gongzhi.engines.similarity import Demand, Knobs, Rarity, likeness, shingles
from gongzhi.engines.tests import real_pairs

LAMP = "5栋门口路灯不亮，晚上看不见台阶"
SAME = "5栋门口的路灯坏了，晚上看不见台阶，老人怕摔"
FEES = "物业乱收停车费，不给发票"
texts = st.text(alphabet="路灯坏了门口台阶晚上5栋，。", max_size=30)


def demand(text: str, **more: object) -> Demand:
    return Demand(shingles(text), **more)  # type: ignore[arg-type]


def test_pairs_of_letters_within_runs() -> None:
    assert shingles("路灯坏，５栋Ａb") == {"路灯", "灯坏", "5栋", "栋a", "ab"}
    assert shingles("灯") == shingles("") == frozenset()


def test_by_hand() -> None:
    """Three texts, n=1 of N=3 shared by none, at_least 3: ln(1 + 2.5/1.5) each."""
    weights = Rarity([{"a", "b"}, {"b", "c"}, {"d"}], at_least=3)
    assert weights.weight("a") == pytest.approx(math.log(1 + 2.5 / 1.5))
    assert weights.weight("b") == pytest.approx(math.log(1 + 1.5 / 2.5))
    one, two = weights.weight("a"), weights.weight("b")
    jaccard, containment = sim.resemblance({"a", "b"}, {"b", "c"}, weights)
    assert jaccard == pytest.approx(two / (two + 2 * one)) and containment == pytest.approx(two / (one + two))


def test_the_same_thing_in_other_words_is_nearer_than_another_thing() -> None:
    weights = Rarity()
    near = likeness(demand(LAMP), demand(SAME), weights, Knobs()).total
    far = likeness(demand(LAMP), demand(FEES), weights, Knobs()).total
    assert near > 0.3 > 0.1 > far == 0


def test_a_template_says_nothing() -> None:
    hello = "尊敬的领导您好，请有关部门尽快处理，谢谢"
    one, two = demand(f"{hello}路灯不亮"), demand(f"{hello}停车收费")
    plain = likeness(one, two, Rarity(), Knobs()).text
    robust = likeness(one, two, Rarity(common=shingles(hello)), Knobs()).text
    assert robust < 0.5 * plain
    learnt = Rarity([shingles(f"{hello}{n}") for n in range(300)])
    assert likeness(one, two, learnt, Knobs()).text < 0.3 * plain


def test_place_time_and_kind_move_it_as_they_should() -> None:
    weights, knobs, here = Rarity(), Knobs(), "/city/street/grid/5/"
    base = demand(LAMP, path=here, days=10.0, kind="light")

    def total(**more: object) -> float:
        values = {"path": here, "days": 10.0, "kind": "light", **more}
        return likeness(base, demand(SAME, **values), weights, knobs).total

    assert total() > total(path="/city/street/grid/6/") > total(path="/city/other/") > 0
    assert total() > total(path="") and total() > total(days=100.0) > 0.4 * total()
    assert total() > total(kind="") and total(kind="water") == total(kind="")


def test_distance_helps_where_the_tree_does_not() -> None:
    one = Demand({"a"}, path="/c/g1/b/", point=(119.600, 32.100))
    across = Demand({"a"}, path="/c/g2/b/", point=(119.6005, 32.100))
    assert sim.metres((119.600, 32.1), (119.601, 32.1)) == pytest.approx(94.2, abs=0.5)
    far = Demand({"a"}, path="/c/g2/b/", point=(119.7, 32.100))
    assert sim.closeness(one, across, Knobs()) > sim.closeness(one, far, Knobs()) >= Knobs().least_place


@given(texts, texts)
def test_symmetric_and_between_nothing_and_one(one: str, two: str) -> None:
    weights = Rarity([shingles(LAMP), shingles(FEES)])
    there = likeness(demand(one), demand(two), weights, Knobs())
    back = likeness(demand(two), demand(one), weights, Knobs())
    assert there.total == pytest.approx(back.total) and 0 <= there.total <= 1
    if shingles(one):
        assert likeness(demand(one), demand(one), weights, Knobs()).words == pytest.approx(1)


@given(texts, texts, st.sampled_from([0.1, 0.25, 0.5]))
def test_the_prefix_loses_nobody_who_shares_enough(one: str, two: str, share: float) -> None:
    """The filter's promise: sharing `share` of the weight means sharing a shingle of the prefix."""
    weights = Rarity([shingles(LAMP), shingles(SAME), shingles(one)], at_least=5)
    a, b = shingles(one), shingles(two)
    if a and weights.total(a & b) >= share * weights.total(a) * (1 + 1e-9):
        assert set(weights.prefix(a, share)) & b


def test_fingerprints_do_as_well_as_letters() -> None:
    weights, blind = Rarity(), {pair: hash(pair) for pair in shingles(LAMP) | shingles(SAME)}
    sealed = [Demand({blind[pair] for pair in shingles(text)}) for text in (LAMP, SAME)]
    assert likeness(*sealed, weights, Knobs()) == likeness(demand(LAMP), demand(SAME), weights, Knobs())


def test_the_labels_are_well_formed() -> None:
    pairs = real_pairs.labelled()
    assert len(pairs) == len({(pair.first, pair.second) for pair in pairs}) == 200
    assert {pair.reason for pair in pairs if pair.same} == {"copy", "matter"}
    assert {pair.reason for pair in pairs if not pair.same} == {"template", "elsewhere", "subject", "unsure"}
    assert {pair.stratum for pair in pairs} == set(real_pairs.POPULATION)


@pytest.fixture(scope="module")
def scorer(real_data: Path) -> real_pairs.Scorer:
    return real_pairs.Scorer(real_pairs.messages(real_data))


@pytest.mark.realdata
def test_the_engine_ranks_the_labelled_pairs_as_when_they_were_drawn(scorer: real_pairs.Scorer) -> None:
    bounds = sorted((float(one) for one in real_pairs.POPULATION), reverse=True)
    for pair in real_pairs.labelled():
        score = scorer.total(pair.first, pair.second)
        drawn = next(bound for bound in bounds if score >= bound - 0.005)
        assert abs(bounds.index(drawn) - bounds.index(float(pair.stratum))) <= 1, pair


@pytest.mark.realdata
@pytest.mark.parametrize("half", ["all", "even", "odd"])
def test_few_false_merges_on_the_desk_fewer_before_a_neighbour(half: str) -> None:
    """The promise: at the desk's threshold at least 4 of 5 offers are right, at the neighbours' 9 of 10."""
    pairs = real_pairs.labelled()
    pairs = pairs if half == "all" else pairs[half == "odd" :: 2]
    desk, neighbours = (real_pairs.precision_and_recall(pairs, one) for one in ("0.14", "0.3"))
    assert desk[0] >= 0.80 and neighbours[0] >= 0.88
    assert desk[1] >= 0.5 and neighbours[1] >= 0.3


@pytest.mark.realdata
@pytest.mark.req("D08")
def test_the_known_hot_topics(real_data: Path, scorer: real_pairs.Scorer) -> None:
    """Without a place words and time alone find more than half; with the compound known, four of five and more.

    Subsidy questions are many different questions about one rule: a topic for insight, not one work order.
    """
    least = {"丽发新城 搅拌站噪音": 0.50, "伊景园滨河苑 捆绑车位": 0.60, "人才购房补贴": 0.15}
    for name, bound in least.items():
        found, wrong, asked = scorer.topic_recall(name, 0.14)
        assert found / asked >= bound and wrong / asked <= 0.15, (name, found, wrong, asked)
    texts = real_pairs.messages(real_data)
    for name, words, bound in (("丽发新城 搅拌站噪音", "丽发", 0.75), ("伊景园滨河苑 捆绑车位", "伊景园|滨河", 0.85)):
        found, wrong, asked = real_pairs.Scorer(texts, located=words).topic_recall(name, 0.14)
        assert found / asked >= bound and wrong / asked <= 0.20, (name, found, wrong, asked)
