"""Every answer carries the strict headers; nothing inline, nothing from elsewhere."""

import pytest
from django.test import Client, override_settings

from gongzhi.web.middleware import SecurityHeaders, content_security_policy

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/", "/healthz", "/no-such-page"])
def test_pages_are_strict(client: Client, address: str) -> None:
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=(self)" in headers["Permissions-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"


def test_only_the_configured_tiles_may_be_fetched() -> None:
    assert "img-src 'self' data: blob:;" in content_security_policy("")
    policy = content_security_policy("https://{s}.tiles.example/{z}/{x}/{y}.png")
    assert "img-src 'self' data: blob: https://*.tiles.example;" in policy


def test_a_view_may_set_its_own_policy() -> None:
    from django.http import HttpResponse

    with override_settings(MAP_TILES=""):
        answer = SecurityHeaders(lambda _: HttpResponse(headers={"Content-Security-Policy": "sandbox"}))(None)
    assert answer.headers["Content-Security-Policy"] == "sandbox"
