"""A sheet on a page, item by item: what was given last, what was refused."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from gongzhi.common.errors import Refused
from gongzhi.common.refusals import said
from gongzhi.sheets.queries.filled import Filled

Marks = dict[str, str]
Evidence = dict[str, list[str]]


def fill(request: HttpRequest, keep: Callable[[Marks, Evidence], object]) -> dict[str, str]:
    """The refusal by the item that it is about; nothing where all is well."""
    codes = [name.removeprefix("mark-") for name in request.POST if name.startswith("mark-")]
    marks = {code: str(request.POST.get(f"mark-{code}", "")) for code in codes}
    evidence = {code: [str(request.POST.get(f"evidence-{code}", ""))] for code in codes}
    try:
        keep(marks, evidence)
    except Refused as refused:
        if refused.status in (401, 403, 404):
            raise
        return {str(refused.facts.get("field", "")): said(refused)}
    return {}


def rows_of(
    request: HttpRequest, content: dict[str, Any], filled: Filled | None, refused: dict[str, str]
) -> list[dict[str, Any]]:
    """What the page shows of each item: what was typed just now, else what was filled last."""
    entries = {row.item["code"]: row for row in filled.rows} if filled else {}
    found = []
    for item in content["items"]:
        code = item["code"]
        before = entries.get(code)
        entry = before.entry if before else None
        mark = f"{entry.numerator.normalize():f}" if entry else ""
        said = entry.evidence[0] if entry and entry.evidence else ""
        found.append(
            {
                "item": item,
                "mark": request.POST.get(f"mark-{code}", mark),
                "evidence": request.POST.get(f"evidence-{code}", said),
                "points": f"{float(before.points):.1f}" if before and before.points is not None else "",
                "error": refused.get(code, ""),
            }
        )
    return found
