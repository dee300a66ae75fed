"""What the staff's pages of one case show, and who may open them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.forms import Form
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from gongzhi.audit.actions import log_access
from gongzhi.cases import forms, queries, rules
from gongzhi.cases.models import Case
from gongzhi.cases.queries import CaseView
from gongzhi.cases.queries.mediating import is_mediation
from gongzhi.cases.queries.meeting import audience_of
from gongzhi.cases.queries.redacting import may_redact
from gongzhi.cases.queries.rulings import precedents_for
from gongzhi.cases.queries.suggesting import guessed_words, suggestions_for
from gongzhi.cases.rules.privacy import PRIVATE
from gongzhi.cases.views import telling
from gongzhi.cases.views.joint_parts import boundary_outlines, joint_context
from gongzhi.cases.views.neighbouring import near_context
from gongzhi.common.access import Actor, allows
from gongzhi.documents.models import EvidencePurpose, MediaKind
from gongzhi.documents.queries import evidence_of
from gongzhi.packs import queries as packs

# Private matters get no pin: a dwelling is somebody's home.
UNPINNED = ("dwelling",)
# The lists keep 30 rows a page: a phone shows them without waiting.
PAGE = 30


READERS = ("cases.read", "cases.read_assigned", "cases.handle")


def next_of(request: HttpRequest, fallback: str) -> str:
    """Where to go after a form: the page it stood on, never another site."""
    address = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if safe else fallback


def rows_of(actor: Actor, cases: Sequence[Case], at: dt.datetime) -> list[CaseView]:
    """Rows with their words opened, and one line in the access log for all of them."""
    rows = [queries.row_of(actor, case, at) for case in cases]
    subjects = [row.case.reference for row in rows if not row.hidden]
    log_access(by=actor, at=at, subjects=subjects, fields="words")
    return rows


def case_context(
    actor: Actor,
    case: Case,
    at: dt.datetime,
    *,
    bound: dict[str, Form] | None = None,
    contacts: list[dict[str, str]] | None = None,
    logged: bool = False,
    seen: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """Everything about one case: its words, photos, map, timeline, and the moves allowed to this actor.

    `bound` are forms that came back with something missing; `logged` that the reading was written down already;
    `seen` what else the page shows and has written down.
    """
    view = queries.view_of(actor, case, at)
    case = view.case
    beside = near_context(actor, case, at)
    subjects = [case.reference] if not (logged or view.hidden) else []
    subjects += sorted(set(beside.pop("seen")) - seen)
    log_access(by=actor, at=at, subjects=subjects, fields="words")
    shots, sounds = media_of(case) if not view.hidden else ({}, [])
    entries = queries.timeline_of(case, public_only=False, with_notes=not view.hidden, reader=actor)
    return {
        "view": view,
        "case": case,
        "place": telling.place_words(case),
        "channel": telling.channel_words(case),
        "priority": telling.priority_words(case),
        "steps": telling.steps_of(entries, open_case=view.open),
        "last_event": entries[-1].n if entries else 0,
        "shots": shots,
        "sounds": sounds,
        "private_url": _private_url(actor, case),
        "may_redact": may_redact(actor, case),
        "asked": telling.asked_of(case),
        "map": _map_around(case, view.title),
        "contact": contact_context(actor, case, contacts),
        **joint_context(case),
        **beside,
        **_work_context(actor, view, at, shots, bound or {}),
    }


def _private_url(actor: Actor, case: Case) -> str:
    """The page where a mediation or an appointment is worked on, for those who do."""
    unit = case.unit_id or -1
    if is_mediation(case) and allows(actor, "cases.mediate", organization_id=unit):
        return reverse("mediation-page", args=[case.number])
    if audience_of(case) and allows(actor, "cases.meet", organization_id=unit):
        return reverse("meeting-page", args=[case.number])
    return ""


def _map_around(case: Case, title: str) -> dict[str, Any] | None:
    """Where it lies; at a disputed boundary with the grids on both sides."""
    drawn = map_of([Pin(case, title=title)], under=case.grid.code if case.grid else "", opens=False)
    if drawn is not None and (beside := boundary_outlines(case)):
        drawn["outlines"] += beside
    return drawn


def contact_context(actor: Actor, case: Case, clear: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """Masked names and numbers, or the clear ones just revealed; and whether asking to see them is any use."""
    may_reveal = queries.may_see_contact(actor, case)
    closed = not queries.may_read_words(actor, case) or (case.privacy == "protected" and not may_reveal)
    rows = clear if clear is not None else [] if closed else queries.contacts_for(actor, case)
    form = forms.ContactForm()
    return {"rows": rows, "clear": clear is not None, "closed": closed, "may_reveal": may_reveal, "form": form}


def shots_of(case: Case) -> dict[str, list[dict[str, Any]]]:
    """Photos by what they show: report, before, after and the rest."""
    return media_of(case)[0]


def media_of(case: Case) -> tuple[dict[str, list[dict[str, Any]]], list[dict[str, Any]]]:
    """Photos by what they show, and voice notes, oldest first: one statement."""
    words = {purpose.value: _(str(purpose.label)) for purpose in EvidencePurpose}
    shots: dict[str, list[dict[str, Any]]] = {}
    sounds = []
    for row in evidence_of([case.reference]):
        if row.media.erased_at is not None:
            continue
        shown = {"id": row.media_id, "caption": words[row.purpose], "at": row.media.taken_at or row.added_at}
        if row.media.kind == MediaKind.IMAGE:
            shots.setdefault(row.purpose, []).append(shown)
        else:
            sounds.append(shown)
    return shots, sounds


def _work_context(
    actor: Actor, view: CaseView, at: dt.datetime, shots: dict[str, Any], bound: dict[str, Form]
) -> dict[str, Any]:
    needs = evidence_needs(view.case, shots)
    context: dict[str, Any] = {"moves": _offered(view, bound), "needs": needs}
    for offer in context["moves"]:
        if offer["step"].move == "answer":
            after = [need["ok"] for need in needs if need["kind"] == "photo_after"]
            offer["form"].fields["photos"].required = not all(after)
    if "dispatch" in view.moves:
        context["suggestions"] = suggestions_for(actor, view.case, at)
        context["precedents"] = precedents_for(view.case)
        context["dispatch_form"] = bound.get("dispatch")
    if "dispatch" in view.moves and (not view.hidden or "open_as" in view.case.routing):
        context["category_form"] = forms.CategoryForm(initial={"category": view.case.category}, auto_id="classify-%s")
        guessed = view.case.category_source == "guess" and not view.hidden
        guess = guessed_words(view.text, view.case.category) if guessed else ()
        context["guessed"] = guess
    return context


def _offered(view: CaseView, bound: dict[str, Form]) -> list[dict[str, Any]]:
    """The forms of the allowed moves in the table's order; dispatching has a part of its own."""
    return [
        {"step": step, "form": bound.get(name) or forms.form_for(step, case=view.case), "open": name in bound}
        for name, step in forms.STEPS.items()
        if name in view.moves and name != "dispatch"
    ]


def evidence_needs(case: Case, shots: dict[str, Any]) -> list[dict[str, Any]]:
    """What the category wants shown before an answer is taken, and what is there already."""
    category = packs.find_category(case.category)
    kinds = category.evidence if category else ()
    wanted = [(kind, *rules.EVIDENCE[kind]) for kind in kinds if kind in rules.EVIDENCE]
    return [
        {"kind": kind, "ok": any(shots.get(one) for one in counts), "words": _(words)} for kind, words, counts in wanted
    ]


def point_of(case: Case) -> tuple[float, float] | None:
    """(latitude, longitude) for a pin; none at somebody's home."""
    place = case.place or case.grid
    if (case.place and case.place.kind in UNPINNED) or case.privacy in PRIVATE:
        return None
    if case.latitude is not None and case.longitude is not None:
        return case.latitude, case.longitude
    if place and place.latitude is not None and place.longitude is not None:
        return place.latitude, place.longitude
    return None


@dataclass(frozen=True, slots=True)
class Pin:
    """A row on the map: its number in the list, its words, the tone of its clock."""

    case: Case
    n: str = ""
    title: str = ""
    tone: str = ""


def map_of(pins: Sequence[Pin], *, under: str = "", opens: bool = True) -> dict[str, Any] | None:
    """The map's data: the grids outlined, what lies in `under` as a backdrop, one pin a point.

    Rows are sorted by urgency: at one point the first gives the number and the tone, the title names all.
    """
    points: dict[tuple[float, float], list[Pin]] = {}
    outlines = {}
    for pin in pins:
        if point := point_of(pin.case):
            points.setdefault(point, []).append(pin)
        if (grid := pin.case.grid) and grid.polygon:
            about = {"current": True, "name": grid.name}
            outlines[grid.pk] = {"type": "Feature", "geometry": grid.polygon, "properties": about}
    drawn = [_drawn(point, there, opens) for point, there in points.items()]
    if not drawn and not outlines:
        return None
    backdrop = f"{reverse('place-outlines')}?{urlencode({'under': under})}" if under else ""
    return {"pins": drawn, "outlines": list(outlines.values()), "backdrop": backdrop}


def _drawn(point: tuple[float, float], there: list[Pin], opens: bool) -> dict[str, Any]:
    first = there[0]
    return {
        "n": first.n,
        "lat": point[0],
        "lng": point[1],
        "state": first.tone,
        "title": "；".join(f"{pin.n} {pin.title}".strip() for pin in there),
        "url": reverse("case-page", args=[first.case.number]) if opens else "",
    }
