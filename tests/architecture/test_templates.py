"""Pages hold no script or style of their own, point only at what exists, and fetch nothing from elsewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template import TemplateSyntaxError
from django.template.loader import get_template
from django.urls import get_resolver

from tests.architecture.source import PACKAGE, tell, templates

_INLINE = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/(ld\+)?json)[^>]*>", re.I),
    "an inline style": re.compile(r"<style\b|\sstyle\s*=", re.I),
    "an event attribute": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.I),
    "a javascript: address": re.compile(r"javascript:", re.I),
}
_FETCHED = re.compile(r"<(?:script|link|img|iframe|source|use)\b[^>]*\b(?:src|href)\s*=\s*[\"'](https?:)?//", re.I)
_STATIC = re.compile(r"{%-?\s*static\s+[\"']([^\"']+)[\"']")
_URL = re.compile(r"{%-?\s*url\s+[\"']([^\"']+)[\"']")


def inline(text: str) -> Iterator[str]:
    for what, pattern in _INLINE.items():
        for match in pattern.finditer(text):
            yield f"{text.count(chr(10), 0, match.start()) + 1}: {what}"


def in_all(check: "re.Pattern[str]") -> Iterator[tuple[Path, str]]:
    for path in templates():
        for match in check.finditer(path.read_text("utf-8")):
            yield path.relative_to(PACKAGE), match[match.lastindex or 0]


def test_no_template_holds_script_or_style() -> None:
    tell(
        [f"{p.relative_to(PACKAGE)}:{line}" for p in templates() for line in inline(p.read_text("utf-8"))],
        "The content policy refuses it: use a class, a data-* attribute, or a file under static.",
    )


def test_nothing_is_fetched_from_elsewhere() -> None:
    tell(
        [f"{path}: {found}" for path, found in in_all(_FETCHED)],
        "Ship the asset; pages load from this server only.",
    )


def test_every_static_file_exists() -> None:
    lost = [f"{path}: {name}" for path, name in in_all(_STATIC) if not finders.find(name)]
    tell(lost, "No such static file: build the assets (tools/build-assets) or mend the name.")


def url_names() -> set[str]:
    """Every name that can be reversed, with its namespaces."""

    def walk(resolver: object, prefix: str) -> Iterator[str]:
        for pattern in resolver.url_patterns:  # type: ignore[attr-defined]
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
            elif pattern.name:
                yield prefix + pattern.name

    return set(walk(get_resolver(), ""))


def test_every_url_exists() -> None:
    names = url_names()
    lost = [f"{path}: {name}" for path, name in in_all(_URL) if name not in names]
    tell(lost, "No URL has this name.")


def test_every_template_compiles() -> None:
    broken = []
    for path in templates():
        name = path.relative_to(PACKAGE).as_posix().partition("/templates/")[2]
        try:
            get_template(name)
        except TemplateSyntaxError as error:
            broken.append(f"{name}: {error}")
    tell(broken, "Mend the template.")


@pytest.mark.parametrize(
    "text",
    [
        "<script>x()</script>",
        '<p style="color: red">',
        "<style>p{}</style>",
        '<b onclick="x()">',
        '<a href="javascript:x">',
    ],
)
def test_inline_code_is_seen(text: str) -> None:
    assert list(inline(text))


def test_linked_code_is_let_be() -> None:
    text = '<script src="/static/a.js" defer></script><script type="application/json" id="d">{}</script>'
    assert not list(inline(text))
    assert not list(inline('<button data-on="1" aria-disabled="true" hx-on-off="x">'))
