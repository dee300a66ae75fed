"""The law on screen: which text was in force in a region on a day, one text in words, two texts side by side."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gongzhi.common import clock
from gongzhi.common.asking import staff_of
from gongzhi.packs import law_words, laws, queries
from gongzhi.packs.contents import LawPack, Rule


class Shown(NamedTuple):
    """One rule in words."""

    rule: Rule
    cite: laws.Cited
    numbers: list[str]
    lists: list[str]
    left: list[str]


class Layer(NamedTuple):
    """One text that applies, and the version before it."""

    pack: LawPack
    older: LawPack | None


def shown(reference: str, pack: LawPack, rule: Rule | None) -> Shown | None:
    if rule is None:
        return None
    return Shown(
        rule,
        laws.cited(reference, pack, rule),
        list(law_words.numbers(rule.params)),
        list(law_words.lists(rule.params)),
        list(law_words.left_to_regions(rule.local)),
    )


def law_context(pack: LawPack) -> dict[str, Any]:
    """What the page of one law pack needs."""
    reference = f"pack:law/{pack.name}/{pack.version}"
    today = clock.local_date(clock.now())
    return {
        "rules": [shown(reference, pack, rule) for rule in pack.rules],
        "state": "over" if pack.effective_to and pack.effective_to <= today else _begun(pack, today),
        "others": [other for other in queries.law_texts(pack.name).values() if other.version != pack.version],
        "unsure": sum((rule.confidence or pack.confidence) in "PMV" for rule in pack.rules),
    }


def _begun(pack: LawPack, today: dt.date) -> str:
    return "now" if pack.effective_from <= today else "later"


@require_GET
def in_force(request: HttpRequest) -> HttpResponse:
    """Which text was in force in a region on a day; the region by its code, the day today unless one is asked for."""
    staff_of(request, "places.read")
    asked = request.GET.get("region", "").strip()
    region = asked if asked.isdigit() and len(asked) in laws.LEVELS else "CN"
    on = _day(request.GET.get("on", "")) or clock.local_date(clock.now())
    kept = queries.law_texts()
    found = queries.laws_at(region=region, on=on)
    context = {
        "rows": [{"law": law, "layers": [_layer(kept, reference) for reference in law.packs]} for law in found],
        "region": "" if region == "CN" else region,
        "wrong": bool(asked) and region == "CN",
        "on": on,
        "regions": _regions(kept),
    }
    return render(request, "packs/laws.html", context)


def _layer(kept: Mapping[str, LawPack], reference: str) -> Layer:
    pack = kept[reference]
    older = [other for other in kept.values() if other.name == pack.name and other.effective_to]
    before = [other for other in older if other.effective_from < pack.effective_from]
    return Layer(pack, max(before, key=lambda other: other.effective_from, default=None))


def _regions(kept: Mapping[str, LawPack]) -> dict[str, str]:
    """Regions that have texts of their own: code → what the text calls them."""
    return {pack.jurisdiction: pack.title.rpartition("：")[2] for pack in kept.values() if pack.over}


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


@require_GET
def compare(request: HttpRequest, name: str, before: str, after: str) -> HttpResponse:
    """Two versions of a law side by side, what differs first."""
    staff_of(request, "places.read")
    old, new = (_law(name, version) for version in (before, after))
    rows = [_row(old, new, row) for row in laws.differences(old, new)]
    context = {
        "old": old,
        "new": new,
        "differing": [row for row in rows if row["what"] != "same"],
        "same": [row for row in rows if row["what"] == "same"],
    }
    return render(request, "packs/law_versions.html", context)


def _law(name: str, version: str) -> LawPack:
    pack = queries.pack_by_reference(f"pack:law/{name}/{version}")
    assert isinstance(pack, LawPack)  # noqa: S101 - the reference's kind says so
    return pack


def _row(old: LawPack, new: LawPack, row: laws.Difference) -> Mapping[str, Any]:
    before = shown(f"pack:law/{old.name}/{old.version}", old, row.before)
    after = shown(f"pack:law/{new.name}/{new.version}", new, row.after)
    return {"code": row.code, "what": row.what, "before": before, "after": after}
