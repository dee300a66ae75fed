"""Every line of both texts stands in the comparison once, in order; what is marked is what changed."""

from hypothesis import given
from hypothesis import strategies as st

from gongzhi.documents.differences import compare, counted, merged

LINES = st.lists(st.text(alphabet="居民公约楼道堆物不得停车。", min_size=1, max_size=12), max_size=12)


@given(LINES, LINES)
def test_both_texts_can_be_read_back(old: list[str], new: list[str]) -> None:
    pairs = compare("\n".join(old), "\n".join(new))
    left = ["".join(piece.text for piece in pair.old) for pair in pairs if pair.old_number]
    right = ["".join(piece.text for piece in pair.new) for pair in pairs if pair.new_number]
    assert (left, right) == (old, new)
    assert [pair.old_number for pair in pairs if pair.old_number] == list(range(1, len(old) + 1))
    assert [pair.new_number for pair in pairs if pair.new_number] == list(range(1, len(new) + 1))
    for pair in pairs:
        marked = any(piece.marked for piece in (*pair.old, *pair.new))
        assert marked == (pair.change != "same")
        runs = merged(pair)
        assert "".join(text for kind, text in runs if kind != "new") == "".join(piece.text for piece in pair.old)
        assert "".join(text for kind, text in runs if kind != "gone") == "".join(piece.text for piece in pair.new)


@given(LINES)
def test_a_text_does_not_differ_from_itself(lines: list[str]) -> None:
    pairs = compare("\n".join(lines), "\n".join(lines))
    assert counted(pairs) == {"changed": 0, "added": 0, "removed": 0}


def test_a_changed_line_shows_the_signs_that_changed() -> None:
    pairs = compare("一、楼道不堆物。\n二、养狗牵绳。", "一、楼道和门厅不堆物。\n二、养狗牵绳。\n三、电动车不上楼。")
    assert [pair.change for pair in pairs] == ["changed", "same", "added"]
    assert merged(pairs[0]) == [("same", "一、楼道"), ("new", "和门厅"), ("same", "不堆物。")]
    assert counted(pairs) == {"changed": 1, "added": 1, "removed": 0}


def test_lines_with_nothing_in_common_are_one_gone_and_one_new() -> None:
    assert [pair.change for pair in compare("楼道不堆物", "按时交费")] == ["removed", "added"]
