"""The models that come with the product, and each held against its source: what is served, where, shown by which test.

Staff only, as every page of packs. What it says is read from the last complete test run (packs.coverage).
"""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.common.asking import staff_of
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.packs import coverage as facts
from gongzhi.packs import queries, shipped
from gongzhi.packs.views.packs import READ

STATES = {"works": N_("办得到"), "partly": N_("有一部分"), "not_yet": N_("还没有")}
# What a page shows of a test: its file and name, without the folders above.
LOOKS = {"works": ("done", "circle-check"), "partly": ("soon", "clock"), "not_yet": ("", "circle-x")}


@require_safe
def models(request: HttpRequest) -> HttpResponse:
    """All models with the figures of their names, and how much of each works."""
    staff_of(request, READ)
    known = facts.items()
    rows = [facts.coverage_of(queries.shipped_model(name), known) for name in shipped.model_names()]
    if request.GET.get("format") == "xlsx":
        heads = [_("模式"), _("代码"), _("名称里的数"), _("来源"), *(_(word) for word in STATES.values())]
        lines = [[r.pack.title, r.pack.name, r.figures, r.pack.source, *r.counts.values()] for r in rows]
        return rows_as_xlsx(_("治理模式"), heads, lines, title=_("治理模式"))
    active = queries.active_model().name
    return render(request, "packs/models.html", {"rows": rows, "active": active})


@require_safe
def coverage(request: HttpRequest, name: str) -> HttpResponse:
    """One model item by item. Raises NotFound `unknown_model`."""
    staff_of(request, READ)
    found = facts.coverage_of(queries.shipped_model(name), facts.items())
    if request.GET.get("format") == "xlsx":
        heads = [_("部分"), _("编号"), _("来源里的话"), _("现在"), _("在哪里看"), _("证明它的测试")]
        return rows_as_xlsx(found.pack.title, heads, _lines(found), title=found.pack.title, note=found.pack.source)
    context = {
        "found": found,
        "counts": [(code, _(STATES[code]), n) for code, n in found.counts.items()],
        "states": {code: _(word) for code, word in STATES.items()},
        "looks": LOOKS,
        "pages": {path: path for item in found.items for path in item.where if _is_page(path)},
    }
    return render(request, "packs/coverage.html", context)


def _lines(found: facts.ModelCoverage) -> Iterator[list[object]]:
    for group, named in found.groups:
        for one in named:
            ids = "、".join(item.id for item in one.requirements)
            yield [group.name, ids, one.item.name, _(STATES[one.state]), "", ""]
        if not group.readable:
            yield [group.name, "", group.source, _("来源读不到"), "", ""]
    for part, items in found.parts():
        for item in items:
            yield [
                _(part), item.id, item.term, _(STATES[item.state]), " ".join(item.where), "\n".join(item.tests),
            ]  # fmt: skip


def _is_page(path: str) -> bool:
    """Whether it can be opened as it stands: no gap in it, and somewhere it leads."""
    if "{" in path or not path.startswith("/"):
        return False
    try:
        resolve(path.partition("?")[0])
    except Resolver404:
        return False
    return True
