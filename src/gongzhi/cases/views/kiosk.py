"""A public screen: big buttons, nobody signed in, nothing kept. The receipt is the answer to the form itself."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.audit.limits import Request, address_of
from gongzhi.audit.once import fingerprint
from gongzhi.cases import queries
from gongzhi.cases.actions import Contact, report_case
from gongzhi.cases.forms_channel import answers_given, category_given, questions_of
from gongzhi.cases.forms_resident import ReportForm, new_key
from gongzhi.cases.models import Case
from gongzhi.cases.submitting import caller_name, submit_once
from gongzhi.cases.views import resident_places as choosing
from gongzhi.cases.views.resident_report import FIELDS, sent_context
from gongzhi.common import clock
from gongzhi.common.access import ANONYMOUS
from gongzhi.common.errors import Conflict, Refused
from gongzhi.packs import queries as packs
from gongzhi.packs.model_contents import Channel
from gongzhi.places.models import Place

# After so many seconds an idle screen goes back to its first page: a receipt sooner than a form.
RECEIPT_SECONDS, FORM_SECONDS = 90, 300


def _open_ways() -> list[Channel]:
    """Channels that need no name: nobody signs in on a public screen."""
    ways = packs.active_model().channels
    named = [way for way in ways if way.anonymous and (way.service or way.kind == "suggestion")]
    return [*(way for way in ways if way.code == "kiosk"), *named]


def _place(code: str) -> Place | None:
    try:
        return choosing.scanned_place(code) if code else None
    except Refused:
        return None


@never_cache
@require_safe
def kiosk(request: HttpRequest) -> HttpResponse:
    """The first page: one big button for each way in; `place` is where the screen stands."""
    place = _place(request.GET.get("place", ""))
    return render(request, "cases/resident/kiosk.html", {"ways": _open_ways(), "place": place})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form, then the receipt; whoever is signed in in this browser is not asked and not recorded."""
    given = request.POST if request.method == "POST" else request.GET
    ways = _open_ways()
    way = next((one for one in ways if one.code == given.get("channel", "")), ways[0] if ways else None)
    place, at = _place(given.get("scanned", "") or given.get("place", "")), clock.now()
    places = choosing.choices_near(place) if place else choosing.choices_at_first()
    shape: dict[str, Any] = {"places": places, "questions": questions_of(way, at)}
    first = {"key": new_key(), "channel": way.code if way else "", "scanned": place.code if place else ""}
    if request.method != "POST":
        form = ReportForm(initial={**first, "place": place.code if place else ""}, **shape)
        return _page(request, form, way, place)
    form = ReportForm(given, request.FILES, **shape)
    if form.is_valid():
        try:
            number = _submit(request, form, way)
        except Conflict:
            form.add_error(None, _("这一份刚才已经送达了。要报另一件，请从头再来。"))
        except Refused as refused:
            if refused.status == 429:
                raise
            form.refuse(refused, FIELDS)
        else:
            case = Case.objects.select_related("key", "unit", "place", "grid").get(number=number)
            context = {**sent_context(ANONYMOUS, case, at), "stands": place}
            return _idle(render(request, "cases/resident/kiosk_sent.html", context), RECEIPT_SECONDS)
    return _page(request, form, way, place)


def _page(request: HttpRequest, form: ReportForm, way: Channel | None, place: Place | None) -> HttpResponse:
    context = {"form": form, "way": way, "place": place}
    shown = render(request, "cases/resident/kiosk_report.html", context, status=422 if form.errors else 200)
    return _idle(shown, FORM_SECONDS)


def _idle(response: HttpResponse, seconds: int) -> HttpResponse:
    response.headers["Refresh"] = f"{seconds}; url={reverse('kiosk')}"
    return response


def _submit(request: HttpRequest, form: ReportForm, way: Channel | None) -> str:
    given, at = form.cleaned_data, clock.now()
    asked = Request("kiosk", str(given["key"]), fingerprint(request, leave_out=("csrfmiddlewaretoken",)))

    def write() -> dict[str, Any]:
        return report_case(
            by=ANONYMOUS,
            at=at,
            text=given["text"],
            detail=given["detail"],
            where=queries.locate(place_code=given["place"]),
            channel=way.code if way else "web",
            contact=Contact(given["name"], given["phone"]),
            photos=given["photos"],
            request=asked,
            category=category_given(given, form.questions) if form.questions else "",
            answers=answers_given(given, form.questions) if form.questions else (),
        )

    who, address = caller_name(request, ANONYMOUS), address_of(request.META)
    answer, _replayed = submit_once(asked, who=who, address=address, at=at, write=write)
    return str(answer["number"])
