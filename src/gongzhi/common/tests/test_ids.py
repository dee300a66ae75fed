"""Identifiers keep the order in which they were made."""

from gongzhi.common.ids import uuid7


def test_what_one_process_makes_stays_in_its_order() -> None:
    made = [uuid7() for _ in range(20_000)]
    assert made == sorted(made) and len(set(made)) == len(made)


def test_the_form_is_that_of_version_seven() -> None:
    before, one, after = uuid7(), uuid7(), uuid7()
    assert (one.version, one.variant) == (7, "specified in RFC 4122")
    assert before.int >> 80 <= one.int >> 80 <= after.int >> 80
