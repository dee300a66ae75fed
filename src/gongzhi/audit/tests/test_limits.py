"""Rate limits and idempotency keys: shared by all processes, kept without addresses."""

import datetime as dt

import pytest

from gongzhi.audit import limits
from gongzhi.audit.models import RateWindow
from gongzhi.common.errors import Conflict, TooMany
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def use(n: int, who: str = "a", at: dt.datetime = NOW, limit: int = 3) -> None:
    for _ in range(n):
        limits.count_use(what="test", who=who, limit=limit, seconds=60, at=at)


def test_the_limit_itself_is_still_allowed():
    use(3)
    with pytest.raises(TooMany) as slowed:
        use(1)
    assert slowed.value.code == "rate_limited"
    assert 0 < slowed.value.facts["retry_after"] <= 60


def test_others_and_later_windows_are_free():
    use(3)
    use(3, who="b")
    use(3, at=NOW + dt.timedelta(seconds=60))


def test_no_address_is_stored():
    who = limits.visitor("203.0.113.77")
    use(1, who=who)
    assert who != limits.visitor("203.0.113.78")
    assert "203.0.113.77" not in RateWindow.objects.latest("id").bucket


@pytest.mark.parametrize(
    ("setting", "address", "limited"),
    [
        ("on", "127.0.0.1", True),
        ("on", "203.0.113.5", True),
        ("off", "127.0.0.1", False),
        ("off", "::1", False),
        ("off", "203.0.113.5", True),
    ],
)
def test_limits_are_off_on_this_machine_only(settings, setting, address, limited):
    settings.RATE_LIMIT = setting
    assert limits.limited(address) is limited


@pytest.mark.parametrize(
    ("trusted", "meta", "address"),
    [
        ([], {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.5"}, "10.0.0.1"),
        (["10.0.0.1"], {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.5"}, "203.0.113.5"),
        (["10.0.0.1"], {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1, 203.0.113.5"}, "203.0.113.5"),
        (["10.0.0.1"], {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_FORWARDED_FOR": "127.0.0.1"}, "203.0.113.9"),
    ],
)
def test_only_a_trusted_proxy_says_who_is_behind_it(settings, trusted, meta, address):
    settings.TRUSTED_PROXIES = trusted
    assert limits.address_of(meta) == address


def begin(fingerprint: bytes, key: str = "k", limit: int = 0):
    request = limits.Request("person:1", key, fingerprint)
    return limits.begin_request(request, what="test", who="a", limit=limit, seconds=60, at=NOW)


def test_the_same_request_gets_the_same_answer_and_another_body_is_refused():
    from gongzhi.audit.models import RequestKey

    assert begin(bytes(32)) is None
    answer = {"number": "GZ-1"}
    RequestKey.objects.create(caller="person:1", key="k", fingerprint=bytes(32), answer=answer, created_at=NOW)
    assert begin(bytes(32)) == answer
    with pytest.raises(Conflict) as refused:
        begin(b"x" * 32)
    assert refused.value.code == "idempotency_conflict"
    assert begin(b"x" * 32, key="other") is None
