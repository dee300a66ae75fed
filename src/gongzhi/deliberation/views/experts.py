"""专家智库: the roster by profession with what each follows and advised; choosing one for a matter."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import staff_of
from gongzhi.common.errors import Refused
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.deliberation import actions, experts, invited, queries, rules
from gongzhi.deliberation.views import page_of, put_back
from gongzhi.people.models import Mandate
from gongzhi.people.queries.staffing import names_for

FIGURES = ("advice", "opinions", "adopted", "partly", "declined")


@never_cache
@require_safe
def roster(request: HttpRequest) -> HttpResponse:
    """Experts by profession; names as the reader may see them."""
    actor, on = staff_of(request, experts.READ), clock.local_date(clock.now())
    rows = _told(actor, experts.roster(actor, on))
    if request.GET.get("as") == "xlsx":
        return _table(rows)
    words = experts.professions()
    groups = [(words[code], [one for one in rows if one["code"] == code]) for code in words]
    others = [one for one in rows if one["code"] not in words]
    context = {
        "groups": [group for group in [*groups, (_("没写专业"), others)] if group[1]],
        "empty": [word for word, found in groups if not found],
        "count": len(rows),
    }
    return render(request, "deliberation/experts.html", context)


def _told(actor: Actor, rows: list[Mandate]) -> list[dict[str, Any]]:
    names, follows = names_for(actor, rows), experts.following(actor, rows)
    titles = queries.steps_of([one.course for found in follows.values() for one in found])
    words = experts.professions()
    return [
        {
            "code": row.post.profession,
            "profession": words.get(row.post.profession, ""),
            "mandate": row,
            "name": names.get(row.person_id, ""),
            "follows": [_matter(one, titles) for one in follows.get(row.pk, [])],
        }
        for row in rows
    ]


def _matter(one: experts.Followed, titles: dict[str, Any]) -> dict[str, Any]:
    pack, steps = titles[one.course.reference]
    log = [
        {
            "step": steps.get(said.step, said.step),
            "on": said.on,
            "figures": [(pack.names.get(name, name), said.figures[name]) for name in FIGURES if name in said.figures],
        }
        for said in one.advice
    ]
    return {"course": one.course, "step": steps.get(one.course.current or one.course.ending, ""), "log": log}


def _table(rows: list[dict[str, Any]]) -> HttpResponse:
    heads = [_("专业"), _("岗位"), _("专家"), _("跟踪的事"), _("哪一步"), _("哪天"), _("建议")]
    lines = []
    for row in rows:
        start = [row["profession"], row["mandate"].post.title, row["name"]]
        entries = [(matter["course"].about, log) for matter in row["follows"] for log in matter["log"]]
        for about, log in entries:
            figures = "，".join(f"{name} {value}" for name, value in log["figures"])
            lines.append([*start, about, log["step"], log["on"].isoformat(), figures])
        if not entries:
            lines.append([*start, "、".join(one["course"].about for one in row["follows"]), "", "", ""])
    return rows_as_xlsx(_("专家智库"), heads, lines)


@require_POST
def choose(request: HttpRequest, number: str) -> HttpResponse:
    actor, now = staff_of(request, rules.RUN), clock.now()
    course = queries.followed(actor, number, clock.local_date(now))
    form = invited.form_for(actor, course, request.POST)
    if form.is_valid():
        try:
            actions.choose_expert(by=actor, at=now, number=number, mandate_id=form.cleaned_data["expert"])
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("选上了。没有查到利害关系；本人每次提建议前还要再声明。"))
            return redirect("course", number)
    return page_of(request, number, "expert", form)
