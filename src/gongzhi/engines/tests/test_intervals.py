"""Wilson's interval against published values and a search of its definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.engines.intervals import Z95, wilson


def test_published_values() -> None:
    # R: prop.test(81, 263, correct = FALSE); Newcombe 1998, Statistics in Medicine 17, 857–872, table I
    low, high = wilson(81, 263) or (0, 0)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    low, high = wilson(0, 20) or (1, 1)
    assert (round(low, 4), round(high, 4)) == (0.0, 0.1611)


@given(st.integers(1, 400), st.data())
def test_the_bounds_are_where_the_score_test_just_accepts(trials: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, trials))
    share = successes / trials
    for bound in wilson(successes, trials) or ():
        if 1e-9 < bound < 1 - 1e-9:
            assert abs(share - bound) / (bound * (1 - bound) / trials) ** 0.5 == pytest.approx(Z95, rel=1e-6)


def test_out_of_nothing_there_is_no_interval() -> None:
    assert wilson(0, 0) is None
    with pytest.raises(ValueError, match="between"):
        wilson(3, 2)
