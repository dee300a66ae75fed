"""The demo's doors: one card per role, each opening on a screen with work. Nowhere else, and only from this machine."""

import datetime as dt
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gongzhi.audit.limits import address_of
from gongzhi.cases.models import OPEN, Case, Reporter
from gongzhi.cases.queries import desk
from gongzhi.cases.queries.listing import morning_numbers, to_decide
from gongzhi.cases.queries.residents import waiting_for_my_word
from gongzhi.cases.rules.privacy import PRIVATE
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.ids import readable_code
from gongzhi.common.text import N_
from gongzhi.packs.queries import active_model
from gongzhi.people import vault
from gongzhi.people.models import Mandate, Person
from gongzhi.people.queries import actor_for, in_force
from gongzhi.web import nav, signing

ICONS = {
    "resident": "home",
    "grid_member": "map-pin",
    "patch_lead": "layout-grid",
    "secretary": "sun",
    "dispatcher": "inbox",
    "department": "building-bank",
    "mediator": "messages",
    "lawyer": "calendar-event",
    "counsellor": "calendar-event",
    "supervisor": "chart-dots",
    "auditor": "shield-check",
    "privacy_officer": "lock",
    "administrator": "settings",
}


@dataclass(frozen=True, slots=True)
class Card:
    """One role of the chosen model, and what waits for it this morning."""

    role: str
    word: str
    icon: str
    waits: str


def demo_token(role: str) -> str:
    """Fixed for one instance, so that the address printed at the start stays good."""
    return readable_code(vault.keyring().derive("demo-sign-in"), role)


def model_title() -> str:
    try:
        return active_model().title
    except Refused:
        return ""


def demo_person(role: str, at: dt.datetime) -> Person | None:
    """The made-up person of a role who has the most to do."""
    return _busiest_resident() if role == "resident" else _busiest_holder(role, at)


def _busiest_resident() -> Person | None:
    """Whoever reported most: those with something to confirm come first."""
    mine = Reporter.objects.filter(person_id=OuterRef("pk"))
    waiting, all_of_them = _how_many(mine.filter(case__status="verified")), _how_many(mine)
    residents = Person.objects.filter(is_demo=True, is_active=True, kind="person", mandates__isnull=True)
    return residents.annotate(waiting=waiting, reported=all_of_them).order_by("-waiting", "-reported", "id").first()


def _busiest_holder(role: str, at: dt.datetime) -> Person | None:
    day = local_date(at)
    mandates = Mandate.objects.filter(in_force(day), in_force(day, "post__"), post__role=role)
    mandates = mandates.filter(person__is_demo=True, person__is_active=True, substitute_for__isnull=True)
    busiest = mandates.annotate(work=_how_many(_work_of(role))).order_by("-work", "post__place__path", "id")
    found = busiest.select_related("person").first()
    return found.person if found else None


def _work_of(role: str) -> QuerySet[Case]:
    """The cases that a mandate of the outer query has on its screen."""
    if role in _IN_UNITS:
        return Case.objects.filter(unit_id=OuterRef("post__organization_id"), status__in=desk.IN_HAND)
    near = Case.objects.filter(path__startswith=OuterRef("post__place__path"), main=None).exclude(privacy__in=PRIVATE)
    return near.filter(status__in=["reported", "answered"] if role == "grid_member" else OPEN)


# Who works on what lies with their own unit, wherever it came from.
_IN_UNITS = ("department", "mediator", "lawyer", "counsellor")


def _how_many(rows: QuerySet[Any]) -> Any:
    counted = rows.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def cards(at: dt.datetime) -> list[Card]:
    """One card for each role that somebody made up holds, in the order of the morning."""
    found = []
    for role, icon in ICONS.items():
        person = demo_person(role, at)
        if person is not None:
            actor = actor_for(person, at=at, purpose="demo")
            word = _(nav.ROLES[role]) if role in nav.ROLES else _("居民")
            found.append(Card(role, word, icon, WAITS[role](actor, at)))
    return found


def _for_resident(actor: Actor, at: dt.datetime) -> str:
    n = len(waiting_for_my_word(actor))
    return _("报一件事；{n} 件修好了等确认，自己报的都查得到").format(n=n)


def _for_grid_member(actor: Actor, at: dt.datetime) -> str:
    n = desk.worked_by(actor).filter(status__in=["reported", "answered"]).count()
    return _("今天 {n} 件要去看，一张小地图；替不会用手机的邻居报事").format(n=n)


def _for_patch_lead(actor: Actor, at: dt.datetime) -> str:
    n = desk.worked_by(actor).filter(status__in=OPEN).count()
    return _("片里 {n} 件没办完，哪件快到时一眼看到").format(n=n)


def _for_secretary(actor: Actor, at: dt.datetime) -> str:
    return _("今天要定的 {n} 件；昨天收了多少、办了多少").format(n=len(to_decide(actor, at)))


def _for_dispatcher(actor: Actor, at: dt.datetime) -> str:
    return _("三栏工作台，{n} 件待分拨，每条建议都写明理由").format(n=desk.tab_counts(actor, at)["todo"])


def _for_department(actor: Actor, at: dt.datetime) -> str:
    return _("{n} 张工单按时限排；退单要写清单条款").format(n=_in_hand(actor))


def _for_mediator(actor: Actor, at: dt.datetime) -> str:
    return _("{n} 件纠纷等着谈；笔录另用一把钥匙封，分拨和书记都看不到").format(n=_in_hand(actor))


def _for_adviser(actor: Actor, at: dt.datetime) -> str:
    return _("{n} 个约见；谈的内容只有您看得到").format(n=_in_hand(actor))


def _in_hand(actor: Actor) -> int:
    units = actor.organizations_for("cases.handle")
    return desk.worked_by(actor).filter(unit_id__in=units, status__in=desk.IN_HAND).count()


def _for_supervisor(actor: Actor, at: dt.datetime) -> str:
    return _("{n} 件超期没办完；居民不同意的由这里复核").format(n=morning_numbers(actor, at).over)


def _for_auditor(actor: Actor, at: dt.datetime) -> str:
    return _("只读查询：谁做了什么、谁看过什么，自己验一遍")


def _for_privacy_officer(actor: Actor, at: dt.datetime) -> str:
    waiting = desk.worked_by(actor).filter(status__in=desk.TO_DISPATCH).count()
    return _("{n} 件请求等着办；登记、导出审批和泄露处置").format(n=waiting)


def _for_administrator(actor: Actor, at: dt.datetime) -> str:
    return _("开站步骤、组织和任职、模式包、运行状况")


WAITS: dict[str, Callable[[Actor, dt.datetime], str]] = {
    "resident": _for_resident,
    "grid_member": _for_grid_member,
    "patch_lead": _for_patch_lead,
    "secretary": _for_secretary,
    "dispatcher": _for_dispatcher,
    "department": _for_department,
    "mediator": _for_mediator,
    "lawyer": _for_adviser,
    "counsellor": _for_adviser,
    "supervisor": _for_supervisor,
    "auditor": _for_auditor,
    "privacy_officer": _for_privacy_officer,
    "administrator": _for_administrator,
}


def _only_here(request: HttpRequest) -> None:
    """Raises Http404 outside a demo, and for whoever is not at this machine."""
    address = address_of(request.META)
    if not settings.DEMO or not (address.startswith("127.") or address == "::1"):
        raise Http404


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_as(request: HttpRequest, role: str) -> HttpResponse:
    """Sign in as the made-up person of a role: by the card's button, or by the address with its token."""
    _only_here(request)
    given = request.GET.get("token", "").encode()
    if request.method != "POST" and not hmac.compare_digest(given, demo_token(role).encode()):
        raise NotFound("no_such_card", N_("这个演示入口不对。请从登录页选一个角色。"))
    now = clock.now()
    person = demo_person(role, now) if role in ICONS else None
    if person is None:
        raise NotFound("no_such_role", N_("演示里没有这个角色的人。请从登录页选一个角色。"))
    logout(request)
    return redirect(signing.enter(request, person, at=now, next_page="", one_factor=False))
