"""The draw, repeated by a program that shares nothing with it."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.engines.sampling import draw, population_digest, sample_size

NAMES = st.lists(st.text("ABC0123456789-", min_size=1, max_size=12), max_size=40)


def test_the_draw_is_what_sha256sum_says() -> None:
    names = [f"PC-260318-{n:04d}" for n in range(30)]
    lots = {}
    for name in names:
        summed = subprocess.run(["sha256sum"], input=f"week 12\n{name}".encode(), capture_output=True, check=True)
        lots[summed.stdout.split()[0].decode()] = name
    expected = [lots[key] for key in sorted(lots)][:7]
    assert draw(names, seed="week 12", size=7) == expected


@given(NAMES, st.integers(0, 50), st.randoms())
def test_order_and_repetition_change_nothing(names: list[str], size: int, random: object) -> None:
    mixed = [*names, *names]
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert draw(names, seed="s", size=size) == draw(mixed, seed="s", size=size)
    assert population_digest(names) == population_digest(mixed)


@given(NAMES, st.integers(0, 20))
def test_a_smaller_sample_begins_the_larger_one(names: list[str], size: int) -> None:
    assert draw(names, seed="s", size=size + 1)[:size] == draw(names, seed="s", size=size)


def test_another_seed_draws_others() -> None:
    names = [str(n) for n in range(200)]
    assert draw(names, seed="a", size=20) != draw(names, seed="b", size=20)


def test_each_name_is_drawn_about_as_often_as_any_other() -> None:
    names, drawn = [f"n{n}" for n in range(10)], dict.fromkeys([f"n{n}" for n in range(10)], 0)
    for seed in range(2000):
        for name in draw(names, seed=str(seed), size=3):
            drawn[name] += 1
    assert all(500 < count < 700 for count in drawn.values())  # 600 each, five standard deviations are 102


@pytest.mark.parametrize(
    ("population", "size"), [(0, 0), (3, 3), (9, 5), (50, 5), (51, 6), (100, 10), (400, 40), (1000, 60)]
)
def test_the_size_lies_between_its_limits(population: int, size: int) -> None:
    assert sample_size(population, percent=10, least=5, most=60) == size


def test_a_draw_needs_a_seed() -> None:
    with pytest.raises(ValueError, match="seed"):
        draw(["a"], seed="", size=1)
