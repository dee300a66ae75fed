"""来龙去脉 in words: each link of the chain with its day, its line and, for whoever may open it, its address."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gongzhi.audit.models import Link
from gongzhi.cases.models import Case
from gongzhi.cases.queries.campaigning import sum_at
from gongzhi.common.access import Actor
from gongzhi.deliberation.models import Course, Resolution
from gongzhi.duties.registry import resolve
from gongzhi.gatherings.models import Topic
from gongzhi.ledger.models import Unit
from gongzhi.ledger.rules import amount_text
from gongzhi.packs import queries as packs
from gongzhi.places.models import Place
from gongzhi.projects import chain, queries
from gongzhi.projects.models import FundingLine, Project
from gongzhi.publications.models import Publication

Ring = dict[str, Any]


def point_of(place: Place) -> tuple[float, float] | None:
    """Its own point; else the middle of the box around its outline."""
    if place.longitude is not None and place.latitude is not None:
        return place.longitude, place.latitude
    corners = [point for ring in _rings(place.polygon or {}) for point in ring]
    if not corners:
        return None
    across, up = [point[0] for point in corners], [point[1] for point in corners]
    return (min(across) + max(across)) / 2, (min(up) + max(up)) / 2


def _rings(shape: dict[str, Any]) -> list[list[list[float]]]:
    """The rings of a GeoJSON Polygon or MultiPolygon."""
    found: list[Any] = shape.get("coordinates", [])
    return found if shape.get("type") == "Polygon" else [ring for part in found for ring in part]


def chain_of(actor: Actor, project: Project, lines: Sequence[FundingLine]) -> list[Ring]:
    """需求 → 议题 → 决议 → 项目 → 经费 → 验收 → 账目 → 公开; what is not there yet is not shown."""
    by_kind: dict[str, list[str]] = {}
    for reference in chain.origins(project):
        kind, _sep, identifier = reference.partition(":")
        by_kind.setdefault(kind, []).append(identifier)
    rings = [
        *_cases(by_kind.get("case", [])),
        *_campaigns(project, by_kind.get("campaign", [])),
        *_topics(actor, by_kind.get("topic", [])),
        *_decided(actor, by_kind.get("resolution", []), by_kind.get("course", [])),
        _project(project),
        *_money(lines),
        *_accepted(project),
        *_account(project),
        *_published(project),
    ]
    return rings


def _ring(icon: str, word: str, line: str, small: str = "", url: str = "", on: Any = None) -> Ring:
    return {"icon": icon, "word": word, "line": line, "small": small, "url": url, "on": on}


def _cases(numbers: Sequence[str]) -> list[Ring]:
    """How many reports, and since when: no number, nothing that somebody wrote."""
    rows = Case.objects.filter(number__in=numbers).order_by("received_at")
    found = list(rows.values_list("received_at", flat=True))
    if not found:
        return []
    return [_ring("speakerphone", _("需求"), _("{n} 次反映").format(n=len(found)), on=found[0])]


def _campaigns(project: Project, codes: Sequence[str]) -> list[Ring]:
    """What was counted at the place and how much of it is closed: the same number before and after."""
    found = []
    for code in codes:
        campaign = packs.active_model().campaign(code)
        if campaign is not None:
            here = sum_at(campaign, project.path)
            line = _("摸底 {n} 件，办结 {closed} 件").format(n=here.baseline, closed=here.closed)
            found.append(_ring("list-check", _("专项"), line, small=campaign.title, on=campaign.first_day))
    return found


def _topics(actor: Actor, numbers: Sequence[str]) -> list[Ring]:
    rows = Topic.objects.filter(number__in=numbers).order_by("proposed_at")
    found = []
    for one in rows:
        known = resolve(actor, one.reference)
        found.append(_ring("messages", _("议题"), one.title, url=known.url if known else "", on=one.proposed_at))
    return found


def _decided(actor: Actor, resolutions: Sequence[str], courses: Sequence[str]) -> list[Ring]:
    """Resolutions of public courses; a course without one yet stands for itself."""
    rows = Resolution.objects.filter(number__in=resolutions, course__public=True)
    found = []
    for one in rows.select_related("course__organization"):
        url, body = reverse("resolution", args=[one.number]), one.course.organization.name
        small = f"{body} {one.number}"
        found.append(_ring("list-check", _("决议"), one.about, small=small, url=url, on=one.decided_on))
    running = Course.objects.filter(number__in=courses, public=True, resolution=None)
    found += [
        _ring("list-check", _("在议"), one.about, url=reverse("course", args=[one.number]), on=one.opened_on)
        for one in running
    ]
    return found


def _project(project: Project) -> Ring:
    day = project.approved_at or project.proposed_at
    return _ring("building-community", _("项目"), project.number, small=project.owner.name, on=day)


def _money(lines: Sequence[FundingLine]) -> list[Ring]:
    money = queries.money_of(lines)
    planned, paid = sum(one.amount for one in money), sum(one.paid for one in money)
    things = sum(1 for one in lines if one.thing)
    if not lines:
        return []
    line = _("{paid} 元").format(paid=amount_text(paid or planned, Unit.FEN)) if money else _("出物、出力")
    small = _("付了") if paid else _("说好的")
    small = _("{small}，另有 {n} 样出物、出力").format(small=small, n=things) if things and money else small
    return [_ring("building-bank", _("经费"), line, small=small, url="#money")]


def _accepted(project: Project) -> list[Ring]:
    voices = queries.voices_of(project)
    if not voices.all:
        return []
    line = _("{all} 人验收，{yes} 人满意").format(all=voices.all, yes=voices.satisfied)
    return [_ring("checkbox", _("验收"), line, url="#accept")]


def _account(project: Project) -> list[Ring]:
    if project.closed_at is None:
        return []
    count = queries.entries_about(project).count()
    line = _("账目 {n} 笔，和经费一致").format(n=count)
    return [_ring("note", _("账目"), line, url="#money", on=project.closed_at)]


def _published(project: Project) -> list[Ring]:
    links = Link.objects.filter(source=project.reference, relation="published_as").values_list("target", flat=True)
    numbers = [one.removeprefix("publication:") for one in links]
    rows = Publication.objects.filter(number__in=numbers, state="released").order_by("released_at")
    return [
        _ring("news", _("公开"), one.number, url=reverse("publication", args=[one.number]), on=one.released_at)
        for one in rows
    ]
