"""Pages of forms: the list with what it cost, drawing one up, what is missing, approval, results."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.audit.actions import log_access
from gongzhi.common import clock
from gongzhi.common.access import Actor, allows
from gongzhi.common.asking import staff_of
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Forbidden, NotFound, Refused
from gongzhi.common.paging import encode_cursor
from gongzhi.common.personal import Viewer, seen_clear, viewer_of
from gongzhi.common.refusals import put_back, said, worded
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.packs.field_checks import FORBIDDEN
from gongzhi.packs.field_contents import FieldDef
from gongzhi.places.queries import get_place_for
from gongzhi.registers.actions import asking as actions
from gongzhi.registers.forms_facts import ABOUT_WORDS, DecisionForm, FormForm, TaskForm, places_for
from gongzhi.registers.models import Form, FormStatus, Scene
from gongzhi.registers.queries import forms as queries
from gongzhi.registers.queries import progress
from gongzhi.registers.queries.dictionary import Dictionary, dictionary, whole_dictionary
from gongzhi.registers.rules import asking as rules
from gongzhi.registers.rules.asking import Asked
from gongzhi.registers.rules.facts import hours, raw, seconds_saved

SHOWN = 100


@require_safe
def forms(request: HttpRequest) -> HttpResponse:
    """Every form of one's places, the hours that were saved, and whose forms ask how much."""
    actor = staff_of(request, *queries.READING)
    today = local_date(clock.now())
    every, export = queries.forms_visible_to(actor), request.GET.get("export", "")
    if export == "forms":
        return _forms_file(every)
    burden = queries.burden_by_unit(actor)
    if export == "xlsx":
        return _burden_file(burden)
    pack, prefilled = dictionary(today).pack, queries.prefilled_answers(every)
    rows = list(queries.behind_form(every, request.GET.get("after", ""))[: SHOWN + 1])
    context = {
        "rows": [{"form": row, "about": _(ABOUT_WORDS[row.about]), "status": _status(row)} for row in rows[:SHOWN]],
        "count": every.count(),
        "next_url": f"?after={encode_cursor(rows[SHOWN - 1].pk)}" if len(rows) > SHOWN else "",
        "may_ask": allows(actor, "registers.ask"),
        "prefilled": prefilled,
        "seconds": pack.seconds_per_field,
        "saved_hours": hours(seconds_saved(prefilled, pack.seconds_per_field)),
        "burden": burden,
    }
    return render(request, "registers/forms.html", context)


def _forms_file(rows: Iterable[Form]) -> HttpResponse:
    headers = [_("编号"), _("表"), _("问什么对象"), _("几项"), _("哪里"), _("单位"), _("到哪天止"), _("情况")]
    lines = (
        (
            row.code,
            row.title,
            _(ABOUT_WORDS[row.about]),
            len(row.fields),
            row.place.name,
            row.unit.name if row.unit else "",
            row.closes_on,
            _status(row)["word"],
        )
        for row in rows
    )
    return rows_as_xlsx(_("表单"), headers, lines)


def _burden_file(rows: list[Any]) -> HttpResponse:
    headers = [_("单位"), _("表数"), _("问了几项"), _("没再问几项"), _("没再问占百分之")]
    lines = ((row.unit or _("没写单位"), row.forms, row.asked, row.avoided, row.percent_avoided) for row in rows)
    return rows_as_xlsx(_("填表负担"), headers, lines, note=_("没再问：由已有的事实答了，核对无误的。"))


def _status(form: Form) -> dict[str, str]:
    tone = {"draft": "", "waiting": "wait", "open": "now", "refused": "over", "closed": "done"}[form.status]
    icon = {"draft": "pencil", "waiting": "clock", "open": "circle-check", "refused": "circle-x", "closed": "minus"}
    return {"tone": tone, "icon": icon[form.status], "word": _(str(FormStatus(form.status).label))}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def draw_up(request: HttpRequest, code: str = "") -> HttpResponse:
    """A new form, or one's own draft: fields from the dictionary only, each with its reason."""
    actor = staff_of(request, "registers.ask")
    form = queries.get_form_for(actor, code) if code else None
    about = str(request.POST.get("about") or request.GET.get("about") or (form.about if form else "dwelling"))
    scene = _scene(request, form)
    known = whole_dictionary(local_date(clock.now()), scene)
    page = FormForm(
        request.POST or None,
        places=places_for(actor, "registers.ask"),
        known=known,
        initial=_initial(form, about, scene),
    )
    if request.method == "POST" and page.is_valid() and (made := _drawn(actor, request, page, known, scene, code)):
        return redirect("form", code=made.code)
    chosen = _chosen(request, form)
    context = {
        "page": page,
        "form": form,
        "about": about,
        "about_word": _(ABOUT_WORDS.get(about, about)),
        "abouts": [(key, _(word)) for key, word in ABOUT_WORDS.items()],
        "groups": _groups(known.about(about), chosen),
        "scene": scene,
        "scenes": _scenes(actor),
        "found": _found(request, known),
        "asked_words": request.GET.get("q", ""),
    }
    return render(request, "registers/form_new.html", context, status=422 if page.errors else 200)


def _scene(request: HttpRequest, form: Form | None) -> Scene | None:
    if form is not None and request.method != "POST":
        return form.scene
    given = request.POST.get("scene") or request.GET.get("scene") or ""
    return Scene.objects.filter(pk=given, ended_at__isnull=True).first() if given.isdigit() else None


def _scenes(actor: Actor) -> list[Scene]:
    rows = Scene.objects.filter(ended_at__isnull=True).select_related("place")
    return [row for row in rows if allows(actor, "registers.ask", path=row.path)]


def _initial(form: Form | None, about: str, scene: Scene | None) -> dict[str, Any]:
    today = local_date(clock.now())
    if form is None:
        start: dict[str, Any] = {"opens_on": today, "closes_on": today + dt.timedelta(days=30), "about": about}
        if scene:
            start |= {"basis_kind": "emergency", "basis": scene.basis, "closes_on": scene.until, "scene": scene.pk}
        return start
    names = (*actions.WORDS, *actions.OTHERS)
    return {**{name: getattr(form, name) for name in names}, "place": form.place.code}


def _chosen(request: HttpRequest, form: Form | None) -> dict[str, str]:
    """{code: why} of the fields that are ticked, as sent or as kept."""
    if request.method == "POST":
        ticked = [key.removeprefix("f-") for key in request.POST if key.startswith("f-")]
        return {code: str(request.POST.get(f"w-{code}", "")) for code in ticked}
    return {one["code"]: one["why"] for one in form.fields} if form else {}


def _groups(fields: list[FieldDef], chosen: Mapping[str, str]) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in fields:
        row = {"field": one, "ticked": one.code in chosen, "why": chosen.get(one.code, "")}
        groups.setdefault(one.group or _("其他"), []).append(row)
    return [{"name": name, "rows": rows} for name, rows in groups.items()]


def _found(request: HttpRequest, known: Dictionary) -> list[dict[str, Any]]:
    words = request.GET.get("q", "").strip()[:60]
    if not words:
        return []
    near = rules.closest(words, known.fields.values(), percent=known.pack.similar_percent // 2)
    return [{"field": field, "about": _(ABOUT_WORDS[field.about]), "percent": percent} for field, percent in near]


def _drawn(
    actor: Actor, request: HttpRequest, page: FormForm, known: Dictionary, scene: Scene | None, code: str
) -> Form | None:
    """In the dictionary's order; what is not in it is kept too, so that the check can name it."""
    chosen = _chosen(request, None)
    order = {one: n for n, one in enumerate(known.fields)}
    fields = [Asked(one, chosen[one][:200]) for one in sorted(chosen, key=lambda one: order.get(one, len(order)))]
    values = {key: value for key, value in page.cleaned_data.items() if key not in ("place", "scene")}
    try:
        place = get_place_for(actor, page.cleaned_data["place"])
        return actions.draw_up_form(
            by=actor, at=clock.now(), place=place, values=values, fields=fields, scene=scene, code=code
        )
    except Forbidden:
        raise
    except Refused as refused:
        put_back(page, refused)
        return None


@require_safe
def form_page(request: HttpRequest, code: str) -> HttpResponse:
    """One form: what it asks and why, what is missing, what others ask already, who decided."""
    actor = staff_of(request, *queries.READING)
    return _form_page(request, actor, code)


def _form_page(
    request: HttpRequest, actor: Actor, code: str, *, decision: Any = None, task: Any = None, status: int = 200
) -> HttpResponse:
    form, at = queries.get_form_for(actor, code), clock.now()
    today = local_date(at)
    known = whole_dictionary(today, form.scene)
    mine = form.asked_by == actor.reference
    may_decide = form.status == "waiting" and not mine and allows(actor, "registers.approve", path=form.path)
    may_open = form.status == "open" and allows(actor, "registers.ask", path=form.path)
    needs = rules.needs(queries.draft_of(form), known.fields) if form.status in ("draft", "waiting") else []
    context = {
        "form": form,
        "about": _(ABOUT_WORDS[form.about]),
        "status": _status(form),
        "basis_kind": _(str(form.get_basis_kind_display())) if form.basis_kind else "",
        "purpose_name": known.purposes[form.purpose_code].name if form.purpose_code in known.purposes else "",
        "fields": queries.fields_of(form, known),
        "needs": [{"ok": one.ok, "words": worded(one.words, one.facts)} for one in needs],
        "missing": sum(not one.ok for one in needs),
        "twice": _twice(form, known, today) if form.status in ("draft", "waiting") else [],
        "overlap": _overlap(form, known, today) if form.status in ("draft", "waiting") else None,
        "mine": mine,
        "may_decide": may_decide,
        "may_open": may_open,
        "may_close": form.status == "open" and allows(actor, "registers.approve", path=form.path),
        "own_waiting": form.status == "waiting" and mine,
        "decision": decision or DecisionForm(),
        "task": task
        or (TaskForm(initial={"place": form.place.code, "deadline": form.closes_on}) if may_open else None),
        "tasks": queries.tasks_visible_to(actor).filter(form=form),
    }
    return render(request, "registers/form.html", context, status=status)


def _twice(form: Form, known: Dictionary, on: dt.date) -> list[dict[str, Any]]:
    found = queries.overlap_of(form, on).twice
    titles = dict(Form.objects.filter(code__in=[one.other_form for one in found]).values_list("code", "title"))
    return [
        {
            "name": known.fields[one.field].name,
            "other": known.fields[one.other_field].name if one.other_field in known.fields else one.other_field,
            "form": one.other_form,
            "title": titles.get(one.other_form, one.other_form),
            "percent": one.percent,
        }
        for one in found
    ]


def _overlap(form: Form, known: Dictionary, on: dt.date) -> dict[str, Any]:
    found = queries.overlap_of(form, on)
    seconds = seconds_saved(found.answers_held, known.pack.seconds_per_field)
    return {"found": found, "hours": hours(seconds), "seconds": known.pack.seconds_per_field}


@never_cache
@require_POST
def act_on_form(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """Send in, approve, refuse, close, or send out as a task."""
    actor, at = staff_of(request, "registers.ask", "registers.approve"), clock.now()
    decision = DecisionForm(request.POST) if act in ("approve", "refuse") else None
    task = TaskForm(request.POST) if act == "task" else None
    try:
        if act == "send":
            actions.send_in_form(by=actor, at=at, code=code)
            messages.success(request, _("送去批准了。要由另一位批。"))
        elif act in ("approve", "refuse"):
            reason = request.POST.get("reason", "")
            actions.decide_form(by=actor, at=at, code=code, approved=act == "approve", reason=reason)
            messages.success(request, _("批准了，可以发出去采集。") if act == "approve" else _("退回了，理由已写明。"))
        elif act == "close":
            actions.close_form(by=actor, at=at, code=code)
            messages.success(request, _("停用了。收到的到期自动删除。"))
        elif task is not None:
            return _sent_out(request, actor, code, task)
        else:
            raise NotFound("unknown_act", N_("没有这一步。"))
    except Refused as refused:
        if isinstance(refused, Forbidden | NotFound) or decision is None:
            if isinstance(refused, Forbidden | NotFound):
                raise
            messages.error(request, said(refused))
            return redirect("form", code=code)
        decision.is_valid()
        put_back(decision, refused)
        return _form_page(request, actor, code, decision=decision, status=422)
    return redirect("form", code=code)


def _sent_out(request: HttpRequest, actor: Actor, code: str, task: TaskForm) -> HttpResponse:
    if not task.is_valid():
        return _form_page(request, actor, code, task=task, status=422)
    try:
        place = get_place_for(actor, task.cleaned_data["place"])
        made = actions.open_task(
            by=actor, at=clock.now(), code=code, place=place, deadline=task.cleaned_data["deadline"]
        )
    except Refused as refused:
        if isinstance(refused, Forbidden):
            raise
        put_back(task, refused)
        return _form_page(request, actor, code, task=task, status=422)
    messages.success(request, _("发出去了。"))
    return redirect("collection-task", task=made.pk)


@never_cache
@require_safe
def results(request: HttpRequest, code: str) -> HttpResponse:
    """What stands for the form, a row a subject; taking it along is written down."""
    actor, at = staff_of(request, "registers.approve", "registers.read"), clock.now()
    form = queries.get_form_for(actor, code)
    today = local_date(at)
    known = whole_dictionary(today, form.scene)
    fields = [one for one, _why in queries.fields_of(form, known)]
    rows = progress.results_of(form, actor, today)
    log_access(by=actor, at=at, subjects=[form.reference], fields="results", purpose=form.purpose_code or "results")
    headers = [_("代码"), _("名称"), *(one.name for one in fields), _("最近一次核对")]
    note = _("用途：{purpose}。接收：{receiver}。留 {days} 天。").format(
        purpose=form.purpose, receiver=form.receiver, days=form.retention_days
    )
    viewer = viewer_of(actor)
    lines = (
        (row.code, row.name, *(_cell(one, row.values.get(one.code), viewer) for one in fields), _latest(row))
        for row in rows
    )
    return rows_as_xlsx(form.title, headers, lines, title=form.title, note=note)


def _cell(field: FieldDef, stands: Any, viewer: Viewer) -> Any:
    """What the page would show: a protected value leaves only by an approved export, with its mark."""
    if stands is None:
        return ""
    if not seen_clear(field.level, viewer):
        return "***"
    if not stands.sure:
        return " / ".join(sorted({raw(one.value) for one in stands.disputed}))
    value = stands.fact.value
    return (_("是") if value else _("否")) if isinstance(value, bool) else value


def _latest(row: progress.Row) -> dt.date | None:
    return max((stands.fact.observed_on for stands in row.values.values()), default=None)


@require_safe
def fields(request: HttpRequest) -> HttpResponse:
    """The field dictionary: what may be asked, for what, how sensitive, how long; and what may never be asked."""
    staff_of(request, *queries.READING)
    known = dictionary(local_date(clock.now()))
    if request.GET.get("export") == "xlsx":
        return _fields_file(known)
    groups = [
        {"word": _(word), "code": about, "rows": known.about(about)}
        for about, word in ABOUT_WORDS.items()
        if known.about(about)
    ]
    context = {
        "groups": groups,
        "purposes": {one.code: one.name for one in known.purposes.values()},
        "pack": known.pack,
        "forbidden": [{"theme": _(one.theme), "reason": _(one.reason)} for one in FORBIDDEN],
    }
    return render(request, "registers/fields.html", context)


def _fields_file(known: Dictionary) -> HttpResponse:
    headers = [_("编码"), _("名称"), _("问的对象"), _("级别"), _("用途"), _("最多留几天"), _("别的写法")]
    lines = (
        (
            one.code,
            one.name,
            _(ABOUT_WORDS[one.about]),
            one.level,
            "、".join(known.purposes[code].name for code in one.purposes),
            one.keep_days,
            "、".join(one.synonyms),
        )
        for one in known.fields.values()
    )
    return rows_as_xlsx(_("数据项字典"), headers, lines, note=f"{known.pack.title} {known.pack.version}")
