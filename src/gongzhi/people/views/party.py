"""Party organizations on the ground: coverage with what is missing, joint branches, 包片 and 包栋; all as .xlsx.

Places and bodies only: who is a party member stands nowhere here.
"""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.people import actions, branches
from gongzhi.people.forms_party import BranchForm
from gongzhi.people.models import Charge
from gongzhi.people.queries import party
from gongzhi.people.views.asking import as_file, may_manage, note_of, reader
from gongzhi.places.models import Place
from gongzhi.places.queries import level_names

SHOWN = 200


@never_cache
@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """党组织覆盖: places with a party organization out of all, for each cover that the model names."""
    actor, day = reader(request), local_date(clock.now())
    rows = [party.covered(actor, cover, day) for cover in party.party().covers]
    if as_file(request):
        headers = [_("覆盖"), _("应有"), _("自己有"), _("和别处联合"), _("还没有"), _("有的占比"), _("组织数")]
        lines = [[r.cover.name, r.total, r.own, r.shared, r.without, r.rate, r.bodies] for r in rows]
        return rows_as_xlsx(_("党组织覆盖"), headers, lines, title=_("党组织覆盖"), note=note_of(day))
    context = {"rows": rows, "day": day, "names": level_names()}
    return render(request, "people/party/coverage.html", context)


@never_cache
@require_safe
def uncovered(request: HttpRequest, code: str) -> HttpResponse:
    """Which places have none, and which share one."""
    actor, day, cover = reader(request), local_date(clock.now()), party.cover_named(code)
    places, joint = party.uncovered(actor, cover, day), party.joint_charges(actor, cover, day)
    if as_file(request):
        lines = [[p.code, p.name, p.parent.name if p.parent else "", _("还没有")] for p in places]
        lines += [[c.place.code, c.place.name, c.organization.name, _("联合")] for c in joint if c.organization]
        headers = [_("代码"), _("地点"), _("属于，或由谁联合"), _("怎么样")]
        return rows_as_xlsx(cover.name, headers, lines, title=cover.name, note=note_of(day))
    found = list(places[: SHOWN + 1])
    context = {
        "row": party.covered(actor, cover, day),
        "places": found[:SHOWN],
        "more": len(found) > SHOWN,
        "joint": list(joint[:SHOWN]),
        "may_join": bool(set(cover.kinds) & set(party.party().branches)) and may_manage(actor),
        "may_manage": may_manage(actor),
        "day": day,
    }
    return render(request, "people/party/uncovered.html", context)


@never_cache
@require_safe
def branch_form(request: HttpRequest) -> HttpResponse:
    """设哪一种支部: what the numbers suggest, with the text that says so; a person decides, nothing is kept."""
    reader(request)
    law = party.branch_law(local_date(clock.now()))
    own, joint, size = law.rule("own"), law.rule("joint"), law.rule("size")
    form = BranchForm(request.GET if "members" in request.GET else None, initial={"units": 1})
    advice, limits = None, branches.thresholds_of(own.params, joint.params, size.params)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        advice = branches.branch_form(members=given["members"], units=given["units"], law=limits)
    shown = {"independent": own, "joint": joint, "functional": law.rule("functional")}
    context = {
        "form": form,
        "advice": advice,
        "limits": limits,
        "rule": shown[advice.form] if advice else None,
        "rules": [own, joint, size, shown["functional"]],
        "cautions": [cite.caution for cite in own.cites if cite.caution],
    }
    return render(request, "people/party/form.html", context)


@never_cache
@require_safe
def areas(request: HttpRequest) -> HttpResponse:
    """包片、包栋: how many places somebody answers for; one level opens its places."""
    actor, day = reader(request), local_date(clock.now())
    counts = [party.area_count(actor, area, day) for area in party.party().areas]
    level = request.GET.get("level") or counts[-1].area.level
    show = request.GET.get("show", "without")
    lines = _area_lines(actor, level, show, day, most=None if as_file(request) else SHOWN + 1)
    if as_file(request):
        headers = [_("代码"), _("地点"), _("属于"), _("谁负责（岗位）"), _("几个")]
        rows = [
            [place.code, place.name, place.parent.name if place.parent else "", "、".join(titles), n]
            for place, titles, _ended, n in lines
        ]
        return rows_as_xlsx(_("责任区"), headers, rows, title=_("责任区"), note=note_of(day))
    context = {
        "counts": counts,
        "area": party.area_at(level),
        "show": show,
        "shows": [("without", _("没有人的")), ("several", _("不止一个人的")), ("all", _("全部"))],
        "lines": lines[:SHOWN],
        "more": len(lines) > SHOWN,
        "may_manage": may_manage(actor),
        "day": day,
    }
    return render(request, "people/party/areas.html", context)


_SHOW: dict[str, dict[str, int]] = {"without": {"holders": 0}, "several": {"holders__gt": 1}}


def _area_lines(
    actor: Actor, level: str, show: str, day: dt.date, *, most: int | None
) -> list[tuple[Place, list[str], list[Charge], int]]:
    """Each place with the titles of those who answer for it, what of that was taken on, and how many they are."""
    area = party.area_at(level)
    rows = party.area_places(actor, area, day).filter(**_SHOW.get(show, {}))
    places = list(rows.select_related("parent").defer("polygon", "parent__polygon").order_by("path")[:most])
    held = party.holders_of(places, area, day)
    found = []
    for place in places:
        some = held.get(place.pk, [])
        charges = [one for one in some if isinstance(one, Charge)]
        titles = [one.mandate.post.title if isinstance(one, Charge) else one.post.title for one in some]  # type: ignore[union-attr]  # all of one kind
        found.append((place, titles, charges, len(some)))
    return found


@require_POST
def end_charge(request: HttpRequest, charge_id: int) -> HttpResponse:
    """The place is no longer answered for by this body or post."""
    actor = reader(request)
    charge = party.get_charge(actor, charge_id)
    actions.end_charge(by=actor, at=clock.now(), charge=charge)
    messages.success(request, _("结束了。以前有过的还查得到。"))
    return redirect("party" if charge.organization_id else "areas")
