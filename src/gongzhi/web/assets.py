"""The built files and their hashes, read once from static/dist/manifest.json."""

import json
from functools import cache
from pathlib import Path

from django.templatetags.static import static

DIST = Path(__file__).parent / "static" / "dist"


@cache
def hashes() -> dict[str, str]:
    found: dict[str, str] = json.loads((DIST / "manifest.json").read_text())
    return found


@cache
def url(name: str) -> str:
    """The address with the hash of the content; raises KeyError for a file that is not built."""
    return f"{static(f'dist/{name}')}?v={hashes()[name]}"
