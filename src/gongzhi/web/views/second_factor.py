"""The second factor: shown after the first one, bound on the way in, or bound, changed and dropped at home."""

import datetime as dt
import io

import pyotp
import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import actor_of
from gongzhi.common.errors import NotFound, Refused, TooMany
from gongzhi.common.refusals import put_back
from gongzhi.common.text import N_
from gongzhi.people import actions as people
from gongzhi.people.forms import StepForm
from gongzhi.people.models import Person
from gongzhi.people.queries import person_of
from gongzhi.web import nav, signing
from gongzhi.web.views.signing_in import FORM, count_secret, count_try


def _secret(request: HttpRequest) -> str:
    """The secret on offer in this session, made at first sight."""
    kept = signing.open_word(request.session.get(signing.SECRET, ""), signing.SECRET)
    if kept:
        return kept
    fresh = pyotp.random_base32()
    request.session[signing.SECRET] = signing.seal_word(fresh, signing.SECRET)
    return fresh


def _in_fours(secret: str) -> str:
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))


@never_cache
@require_http_methods(FORM)
def check(request: HttpRequest) -> HttpResponse:
    """The six digits that the telephone shows; a right one signs in."""
    now = clock.now()
    who = signing.half_way(request, now)
    if who is None or who.needs != "code":
        return redirect("sign-in")
    form = StepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by = Actor("person", who.person.pk)
        if _right(request, form, who.person, by, now):
            return redirect(signing.enter(request, who.person, at=now, next_page=who.next, one_factor=False))
    return render(request, "web/sign_in/second.html", {"form": form})


def _right(request: HttpRequest, form: StepForm, person: Person, by: Actor, at: dt.datetime) -> bool:
    count_try(request, at)
    count_secret(request, "second-factor", str(person.pk), at)
    try:
        people.check_second_factor(by=by, at=at, person=person, code=form.cleaned_data["code"])
    except TooMany:
        raise
    except Refused as refused:
        put_back(form, refused, "code")
        return False
    return True


def _bound(request: HttpRequest, form: StepForm, person: Person, at: dt.datetime) -> bool:
    count_try(request, at)
    by, secret = Actor("person", person.pk), _secret(request)
    try:
        people.enrol_second_factor(by=by, at=at, person=person, secret=secret, code=form.cleaned_data["code"])
    except Refused as refused:
        put_back(form, refused, "code")
        return False
    request.session.pop(signing.SECRET, None)
    return True


@never_cache
@require_http_methods(FORM)
def enrol(request: HttpRequest) -> HttpResponse:
    """Somebody in a post binds a telephone before the first screen of work."""
    now = clock.now()
    who = signing.half_way(request, now)
    if who is None or who.needs != "enrol":
        return redirect("sign-in")
    form = StepForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _bound(request, form, who.person, now):
        return redirect(signing.enter(request, who.person, at=now, next_page=who.next, one_factor=False))
    context = {"form": form, "secret": _in_fours(_secret(request)), "on_the_way": True}
    return render(request, "web/sign_in/enrol.html", context)


@never_cache
@require_safe
def qr_code(request: HttpRequest) -> HttpResponse:
    """The secret of this session as a QR code for an authenticator; the name in it is the site's, not the person's."""
    kept = signing.open_word(request.session.get(signing.SECRET, ""), signing.SECRET)
    if not kept:
        raise NotFound("no_secret", N_("没有要绑定的口令。请从绑定那一页打开。"))
    address = pyotp.TOTP(kept).provisioning_uri(name=request.get_host(), issuer_name=_("共治"))
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", scale=5, border=4, light="#ffffff", title=_("绑定动态口令"), xmldecl=False
    )
    return HttpResponse(out.getvalue(), content_type="image/svg+xml")


@never_cache
@require_http_methods(FORM)
def mine(request: HttpRequest) -> HttpResponse:
    """Bind a telephone, or another one: then the one bound now must show its digits first."""
    person, now = person_of(actor_of(request)), clock.now()
    changing = person.second_factor is not None and not request.session.get("gz_may_change")
    form = StepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if changing and _right(request, form, person, actor_of(request), now):
            request.session["gz_may_change"] = True
            return redirect("my-second-factor")
        if not changing and _bound(request, form, person, now):
            request.session.pop("gz_may_change", None)
            request.session[signing.ONE_FACTOR] = False
            messages.success(request, _("绑好了。下次登录要看手机上的 6 位数字。"))
            return redirect("me")
    context = {"form": form, "bound": person.second_factor is not None, "changing": changing}
    if not changing:
        context["secret"] = _in_fours(_secret(request))
    return render(request, "web/sign_in/mine.html", context)


@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    """A resident does without again; a right code first."""
    person, now = person_of(actor_of(request)), clock.now()
    form = StepForm(request.POST)
    if not form.is_valid() or not _right(request, form, person, actor_of(request), now):
        context = {"form": form, "bound": True, "changing": True}
        return render(request, "web/sign_in/mine.html", context)
    people.drop_second_factor(by=actor_of(request), at=now, person=person)
    messages.info(request, _("动态口令关了。以后登录只用验证码。"))
    return redirect(nav.address("me"))
