"""What was built is whole: hashes, packed copies, icons in use, and small enough for a first visit."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest
from django.test import Client

from gongzhi.web import assets, nav, wording
from gongzhi.web.views.errors import ICONS

WEB = Path(assets.__file__).parent
PACKAGE = WEB.parent
FIRST_VISIT = ("app.css", "app.js", "icons.svg")


def test_hashes_are_those_of_the_files() -> None:
    for name, digest in assets.hashes().items():
        assert hashlib.sha256((assets.DIST / name).read_bytes()).hexdigest()[:10] == digest, name


def test_packed_copies_are_equal() -> None:
    packed = sorted(assets.DIST.glob("*.gz"))
    assert packed
    for path in packed:
        assert gzip.decompress(path.read_bytes()) == path.with_suffix("").read_bytes(), path.name


@pytest.mark.django_db
def test_a_first_visit_stays_under_200_kib(client: Client) -> None:
    page = len(gzip.compress(client.get("/").content))
    files = sum((assets.DIST / f"{name}.gz").stat().st_size for name in FIRST_VISIT)
    assert page + files < 200 * 1024


def icons_in_templates() -> set[str]:
    found: set[str] = set()
    for path in PACKAGE.rglob("templates/**/*.html"):
        text = path.read_text("utf-8")
        found |= set(re.findall(r"{% icon [\"']([\w-]+)[\"']", text))
        found |= set(re.findall(r"{% badge [\"']\w*[\"'] [\"']([\w-]+)[\"']", text))
        found |= set(re.findall(r"icon_name=[\"']([\w-]+)[\"']", text))
        found |= set(re.findall(r"\|default:[\"']([\w-]+)[\"'] %}", text)) & listed()
    return found


def icons_in_tables() -> set[str]:
    entries = [entry for group in (*nav.NAV.values(), nav.RESIDENT) for entry in group]
    states = [*wording.STATES.values(), *wording.MINE.values()]
    return {entry.icon for entry in entries} | {shown.icon for shown in states} | set(ICONS.values())


def listed() -> set[str]:
    lines = (WEB / "assets/icons.txt").read_text().splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def test_every_icon_in_use_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'id="i-([\w-]+)"', (assets.DIST / "icons.svg").read_text()))
    lost = (icons_in_templates() | icons_in_tables()) - sprite
    assert not lost, f"Add to web/assets/icons.txt and run tools/build-assets: {sorted(lost)}"
    assert sprite == listed()


def test_the_authors_of_what_is_shipped_are_named() -> None:
    notice = (assets.DIST / "NOTICE.txt").read_text("utf-8")
    for name in ("@tabler/core", "@tabler/icons", "htmx.org", "@alpinejs/csp", "leaflet"):
        assert name in notice


def test_styles_hold_for_old_phones() -> None:
    """Android WebView 90 reads no color-mix(), oklch(), light-dark() and no nested rules."""
    for name in ("app.css", "map.css"):
        css = (assets.DIST / name).read_text("utf-8")
        assert not re.search(r"color-mix\(|oklch\(|light-dark\(|@layer|@container|&", css), name
