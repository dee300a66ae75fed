"""Words in texts: the same as looking for each by itself."""

from hypothesis import given
from hypothesis import strategies as st

from gongzhi.engines.wordscan import WordScan

LETTERS = st.text(alphabet="甲乙丙[]^-\\a", max_size=12)


@given(st.lists(LETTERS, max_size=12), st.text(alphabet="甲乙丙[]^-\\a", max_size=60))
def test_every_word_is_found_and_nothing_else(words: list[str], text: str) -> None:
    assert WordScan(words).words_in(text) == {word for word in words if len(word) > 1 and word in text}


@given(st.lists(LETTERS, max_size=12), st.text(alphabet="甲乙丙[]^-\\a", max_size=60))
def test_the_longest_words_do_not_overlap_and_stand_where_they_say(words: list[str], text: str) -> None:
    end = 0
    for start, word in WordScan(words).longest_in(text):
        assert start >= end and text.startswith(word, start)
        assert not any(text.startswith(other, start) and len(other) > len(word) for other in words)
        end = start + len(word)


def test_at_each_place_the_longest_word_counts() -> None:
    scan = WordScan(["柳园", "柳园小区", "小区门口"])
    assert scan.longest_in("柳园小区门口，柳园") == [(0, "柳园小区"), (7, "柳园")]
    assert scan.words_in("柳园小区门口") == {"柳园", "柳园小区", "小区门口"}
    assert WordScan([]).words_in("柳园") == set() and len(scan) == 3
