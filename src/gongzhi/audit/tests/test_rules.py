"""The chain's arithmetic, and how changes are told."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from gongzhi.audit import rules

AT = dt.datetime(2026, 3, 18, 1, tzinfo=dt.UTC)


def digest(**more: object) -> bytes:
    values: dict[str, object] = {
        "at": AT,
        "actor": "system:test",
        "mandate_id": None,
        "action": "test.note",
        "subject": "test:1",
        "purpose": "",
        "changes": {},
    }
    return rules.entry_digest(**{**values, **more})  # type: ignore[arg-type]


def test_every_field_counts() -> None:
    others = [
        digest(at=AT + dt.timedelta(microseconds=1)),
        digest(actor="system:other"),
        digest(mandate_id=1),
        digest(action="test.other"),
        digest(subject="test:2"),
        digest(purpose="x"),
        digest(changes={"status": [None, "reported"]}),
    ]
    assert len({digest(), *others}) == 8


def test_the_same_instant_in_another_zone_is_the_same_entry() -> None:
    assert digest() == digest(at=AT.astimezone(dt.timezone(dt.timedelta(hours=8))))


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=2, max_size=20, unique=True), st.data())
def test_swapping_two_entries_changes_the_head(digests: list[bytes], data: st.DataObject) -> None:
    def head(chain: list[bytes]) -> bytes:
        found = rules.GENESIS
        for one in chain:
            found = rules.next_hash(found, one)
        return found

    i, j = data.draw(st.lists(st.integers(0, len(digests) - 1), min_size=2, max_size=2, unique=True))
    swapped = list(digests)
    swapped[i], swapped[j] = swapped[j], swapped[i]
    assert head(digests) != head(swapped)


def test_changes_are_told_in_lines() -> None:
    assert rules.told({"status": ["reported", "accepted"], "unit": [None, 3], "step": "督办"}) == [
        "status: reported → accepted",
        "unit: — → 3",
        "step: 督办",
    ]
