"""一核三体 at one place: who does what, what runs there, and the shortcut that is refused."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gongzhi.ballots.shown import amount
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import actor_of
from gongzhi.common.errors import Refused
from gongzhi.common.text import N_
from gongzhi.deliberation import bodies, queries, rules
from gongzhi.deliberation.views import put_back, shown
from gongzhi.people.models import Organization
from gongzhi.places.models import Kind, Place
from gongzhi.places.queries import get_place_for

NO_MATTER = "none"
OPENERS = ("owners_committee", "residents_committee", "villagers_committee")
ROLES: dict[str, tuple[str, str, str, str]] = {
    "core": (
        N_("一核"),
        N_("党组织"),
        N_("牵头，听各方意见，把大家请到一起。不替业主作决定。"),
        N_("来源文件（S4）"),
    ),
    "committee": (
        N_("议事"),
        N_("业主委员会"),
        N_("研究、起草方案，召集业主大会，执行它的决定。法律列明的九项，委员会不能代替决定。"),
        N_("物业管理条例第15条"),
    ),
    "property": (
        N_("执行"),
        N_("物业服务企业"),
        N_("照决定和合同去做，把做的和花的公开。"),
        N_("来源文件（S4）"),
    ),
    "assembly": (
        N_("决定、监督"),
        N_("业主大会"),
        N_("全体业主共同决定，监督执行，验收结果。"),
        N_("民法典第278条"),
    ),
}
NOBODY = {
    "core": N_("这里还没有登记党组织。"),
    "committee": N_("这里还没有业主委员会。成立有自己的程序：备案在选出来以后 30 日内。"),
    "property": N_("这里还没有登记物业服务企业。"),
}


class CommitteeForm(forms.Form):
    """What somebody wants the owners' committee to decide by itself. Nothing is preselected."""

    about = forms.CharField(
        label=gettext_lazy("想请业委会定什么事"),
        max_length=rules.LONGEST_ABOUT,
        help_text=gettext_lazy("一句话。写事，不写居民的姓名和门牌。"),
        error_messages={"required": gettext_lazy("请用一句话写清要决定什么事。")},
    )
    matter = forms.ChoiceField(
        label=gettext_lazy("是不是下面这些事"),
        error_messages={"required": gettext_lazy("请选。这些事法律规定由专门的会决定。")},
    )

    def __init__(self, *args: Any, matters: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", _("请选")), *matters, (NO_MATTER, _("都不是"))]
        self.fields["matter"].choices = choices  # type: ignore[attr-defined]  # a choice field's own


@require_http_methods(["GET", "HEAD", "POST"])
def one_core(request: HttpRequest, code: str) -> HttpResponse:
    """A POST changes nothing: it asks whether the committee may decide alone, and is refused with the article."""
    actor, on = actor_of(request), clock.local_date(clock.now())
    place = get_place_for(actor, code)
    form = CommitteeForm(request.POST if request.method == "POST" else None, matters=bodies.matters_at(place.path, on))
    instead: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        try:
            bodies.check_committee(said["matter"], place.path, on)
        except Refused as refused:
            put_back(form, refused)
            instead = _instead(actor, place, **said)
        else:
            instead = {"alone": True}
    context = {
        "place": place,
        "held": [_told(one) for one in bodies.held_at(place, on)],
        "owners": _owners(place),
        "form": form,
        **instead,
        "going": shown(_courses(actor, place), on),
    }
    return render(request, "deliberation/one_core.html", context, status=422 if form.errors else 200)


def _told(one: bodies.Held) -> dict[str, Any]:
    part, name, does, basis = (_(word) for word in ROLES[one.role])
    nobody = "" if one.body or one.role == "assembly" else _(NOBODY[one.role])
    return {"role": one.role, "part": part, "name": name, "does": does, "basis": basis, "held": one, "nobody": nobody}


def _owners(place: Place) -> dict[str, str]:
    if place.kind == Kind.DWELLING:
        return {}
    found = bodies.owners_at(place, clock.local_date(clock.now()))
    return {"heads": amount("heads", found.heads), "area": amount("area", found.area)} if found.heads else {}


def _instead(actor: Actor, place: Place, *, about: str, matter: str) -> dict[str, Any]:
    """The lawful way, with its shares, and a door to it for whoever may open one."""
    on = clock.local_date(clock.now())
    near = list(queries.bodies_for(actor)) if actor.paths_for(rules.RUN) else []
    over = [one for one in near if one.place and place.path.startswith(one.place.path)]
    body = min(over, key=_opens, default=None)
    given = urlencode({"about": about, "matter": matter})
    ways = [
        {
            "pack": one.pack,
            "url": f"{reverse('course-open', args=[body.pk, one.pack.over or one.pack.name])}?{given}" if body else "",
        }
        for one in bodies.deciding(matter, place.path, on)
    ]
    return {
        "ways": ways,
        "shares": bodies.thresholds(matter, place.path, on),
        "emergency": bodies.emergency_at(matter, place.path, on),
        "runs": body is not None,
    }


def _opens(body: Organization) -> tuple[int, int]:
    """For which body the course is opened: the committees that may call the owners before all others, the nearest."""
    rank = OPENERS.index(body.kind) if body.kind in OPENERS else len(OPENERS)
    return rank, -len(body.place.path) if body.place else 0


def _courses(actor: Actor, place: Place) -> list[Any]:
    rows = queries.visible_to(actor).filter(path__startswith=place.path, matter__startswith=f"{bodies.LAW}#")
    return list(rows.select_related("organization").order_by("-opened_at", "-id")[:20])
