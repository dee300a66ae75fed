import datetime as dt
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.common.errors import Refused
from gongzhi.notifications import rules


@given(st.integers(1, 30_000), st.floats(0, 1, exclude_max=True))
def test_the_pause_is_never_nothing_and_never_beyond_the_cap(attempts: int, jitter: float) -> None:
    pause = rules.backoff(attempts, jitter)
    assert rules.FIRST_DELAY / 2 <= pause <= rules.LONGEST_DELAY


def test_the_pause_doubles() -> None:
    assert [rules.backoff(n, 0) for n in (1, 2, 3)] == [dt.timedelta(seconds=s) for s in (15, 30, 60)]


def test_tries_end_at_the_twelfth() -> None:
    assert [rules.tries_used_up(n) for n in (11, 12, 13)] == [False, True, True]


def test_a_signature_can_be_checked_with_the_standard_library_alone() -> None:
    body = '{"topic":"案件"}'.encode()
    expected = hmac.new(b"secret", b"1700000000." + body, hashlib.sha256).hexdigest()
    assert rules.signature(b"secret", 1700000000, body) == f"v1={expected}"


def test_message_ids_are_stable_and_differ_by_key() -> None:
    one = rules.message_id("person:1:case:2", "gz.example")
    assert one == rules.message_id("person:1:case:2", "gz.example") != rules.message_id("x", "gz.example")
    assert one.startswith("<") and one.endswith("@gz.example>")


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.8", "169.254.169.254", "::1", "fe80::1", "fd00::1", "0.0.0.0",
     "::ffff:127.0.0.1", "::ffff:10.0.0.1", "100.64.0.1", "224.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1"],
)  # fmt: skip
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not rules.address_is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_outside_are_public(address: str) -> None:
    assert rules.address_is_public(address)


@pytest.mark.parametrize(
    ("url", "local"),
    [("https://example.org/hook", False), ("http://127.0.0.1:9/x", True), ("http://localhost/x", True),
     ("http://[::1]:8/x", True)],
)  # fmt: skip
def test_webhook_urls_that_may_be_called(url: str, local: bool) -> None:
    rules.check_webhook_url(url, local_allowed=local)


@pytest.mark.parametrize(
    ("url", "local"),
    [("http://example.org/", True), ("http://127.0.0.1/", False), ("https://u:p@example.org/", True),
     ("ftp://example.org/", True), ("https:///x", True), ("file:///etc/passwd", True), ("", True)],
)  # fmt: skip
def test_webhook_urls_that_may_not(url: str, local: bool) -> None:
    with pytest.raises(Refused, match="webhook_url"):
        rules.check_webhook_url(url, local_allowed=local)


def test_an_sms_is_one_line_with_full_stops() -> None:
    assert rules.one_line("收到了", "看进度\nhttp://x") == "收到了。看进度 http://x"
    assert rules.one_line("解决了吗？", "请回答") == "解决了吗？请回答"
