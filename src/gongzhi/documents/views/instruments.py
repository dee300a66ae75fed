"""文本: what holds here, for everybody; versions and what changed between them; drafting and adopting."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import actor_of
from gongzhi.common.errors import Forbidden, NotFound, Refused, SignInRequired
from gongzhi.common.refusals import put_back
from gongzhi.common.text import N_
from gongzhi.documents import actions, differences, instruments
from gongzhi.documents.forms import AdoptForm, DraftForm
from gongzhi.documents.models import Instrument, InstrumentKind
from gongzhi.documents.templating import FORMATS, as_download
from gongzhi.places.models import Place


def _writer(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if actor.kind == "anonymous":
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    if not actor.paths_for(instruments.ADOPT):
        raise Forbidden("forbidden", N_("章程、公约、制度由管这里的书记写进来。您可以看。"))
    return actor


def _base(actor: Actor) -> str:
    """Staff see it in their shell, everybody else in the residents'."""
    return "web/base_staff.html" if actor.scopes else "web/base_resident.html"


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What holds here."""
    actor, today = actor_of(request), clock.local_date(clock.now())
    rows = [
        {"one": one, "kind": _(InstrumentKind(one.kind).label), "holds": instruments.holds(one, today)}
        for one in instruments.newest_of_each(actor, today)
    ]
    context = {"rows": rows, "base": _base(actor), "may_write": bool(actor.paths_for(instruments.ADOPT))}
    return render(request, "documents/instruments.html", context)


@require_safe
def reading(request: HttpRequest, code: str) -> HttpResponse:
    """One text: the version in force, or `?version=`."""
    return _reading(request, code)


def _reading(request: HttpRequest, code: str, adopt: Form | None = None) -> HttpResponse:
    actor, today = actor_of(request), clock.local_date(clock.now())
    versions = instruments.versions_of(actor, code)
    if wanted := request.GET.get("version"):
        one = instruments.version_of(versions, wanted)
    else:
        one = instruments.in_force(versions, today) or versions[0]
    may_write = instruments.may_write(actor, one)
    draft = one.adopted_at is None
    context = {
        "one": one,
        "kind": _(InstrumentKind(one.kind).label),
        "parts": [(part.heading, instruments.lines_of(part)) for part in instruments.sections(one.text)],
        "versions": [{"one": each, "holds": instruments.holds(each, today)} for each in versions],
        "before": next((each for each in versions if each.version < one.version), None),
        "holds": instruments.holds(one, today),
        "draft": draft,
        "base": _base(actor),
        "may_write": may_write,
        "adopt": adopt or (AdoptForm() if may_write and draft else None),
        "forms": list(FORMATS)[:2],
    }
    return render(request, "documents/instrument.html", context, status=422 if adopt and adopt.errors else 200)


@require_safe
def changes(request: HttpRequest, code: str) -> HttpResponse:
    """What changed from `?from=` to `?to=` (else: to the newest, from the one before), beside or inside each other."""
    actor = actor_of(request)
    versions = instruments.versions_of(actor, code)
    new = instruments.version_of(versions, request.GET["to"]) if request.GET.get("to") else versions[0]
    older = [each for each in versions if each.version < new.version]
    if request.GET.get("from"):
        old = instruments.version_of(versions, request.GET["from"])
    elif older:
        old = older[0]
    else:
        raise NotFound("one_version", N_("只有一版，没有可比的。"))
    pairs = differences.compare(old.text, new.text)
    context = {
        "old": old,
        "new": new,
        "versions": versions,
        "lines": _numbered(pairs),
        "counts": differences.counted(pairs),
        "inline": request.GET.get("view") == "inline",
        "base": _base(actor),
    }
    return render(request, "documents/changes.html", context)


def _numbered(pairs: list[differences.Pair]) -> list[dict[str, Any]]:
    """Lines with the number of their change (0: none) and of the one after it (0: the last)."""
    last = sum(1 for pair in pairs if pair.change != "same")
    lines, n = [], 0
    for pair in pairs:
        n += pair.change != "same"
        number = n if pair.change != "same" else 0
        following = number + 1 if 0 < number < last else 0
        lines.append({"pair": pair, "runs": differences.merged(pair), "n": number, "following": following})
    return lines


@require_safe
def printing(request: HttpRequest, code: str, version: int, form: str) -> HttpResponse:
    """One version as a paper."""
    one = instruments.version_of(instruments.versions_of(actor_of(request), code), str(version))
    if form not in FORMATS:
        raise NotFound("paper_format", N_("没有这种格式。能出的：docx、pdf、xlsx。"))
    return as_download(instruments.paper_of(one), form, file=f"{one.title}（第{one.version}版）")


def _places(actor: Actor) -> list[tuple[str, str]]:
    shown = Place.objects.current().filter(kind__in=("region", "grid")).order_by("path").defer("polygon")
    near = [place for path in actor.paths_for(instruments.ADOPT) for place in shown.filter(path__startswith=path)[:200]]
    return list({place.code: place.name for place in near}.items())


@require_http_methods(["GET", "HEAD", "POST"])
def drafting(request: HttpRequest, code: str = "") -> HttpResponse:
    """A new text, or the next version of one."""
    actor = _writer(request)
    last = instruments.versions_of(actor, code)[0] if code else None
    if last and not instruments.may_write(actor, last):
        raise Forbidden("forbidden", N_("章程、公约、制度由管这里的书记写进来。您可以看。"))
    given = request.POST if request.method == "POST" else None
    initial = {"title": last.title, "kind": last.kind, "text": last.text} if last else {}
    form = DraftForm(given, initial=initial, places=_places(actor), fixed=last is not None)
    if given is not None and form.is_valid() and (one := _draft(actor, form, last)) is not None:
        messages.success(request, _("草稿存好了。会议通过后，回到这一页写上。"))
        return redirect(f"/instruments/{one.code}?version={one.version}")
    context = {"form": form, "last": last}
    return render(request, "documents/draft.html", context, status=422 if form.errors else 200)


def _draft(actor: Actor, form: DraftForm, last: Instrument | None) -> Instrument | None:
    values = form.cleaned_data
    place = (
        last.place
        if last
        else Place.objects.current().defer("polygon").get(code=values["place"], kind__in=("region", "grid"))
    )
    told: dict[str, Any] = {"kind": values["kind"], "title": values["title"], "text": values["text"]}
    try:
        code = last.code if last else values["code"]
        return actions.draft_instrument(by=actor, at=clock.now(), code=code, place=place, **told)
    except Refused as refused:
        put_back(form, refused)
        return None


@require_POST
def adopting(request: HttpRequest, code: str) -> HttpResponse:
    actor, form = _writer(request), AdoptForm(request.POST)
    if form.is_valid():
        try:
            one = actions.adopt_instrument(by=actor, at=clock.now(), code=code, **form.cleaned_data)
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("写上了：第 {n} 版通过。").format(n=one.version))
            return redirect(f"/instruments/{code}?version={one.version}")
    return _reading(request, code, form)


@require_POST
def ending(request: HttpRequest, code: str) -> HttpResponse:
    """废止 from today on."""
    at = clock.now()
    actions.end_instrument(by=_writer(request), at=at, code=code, on=clock.local_date(at))
    messages.success(request, _("从今天起不再用了，各版都还能看。"))
    return redirect("instrument", code)
