"""Signing in step by step: where the code goes, the code itself, or a password; and signing out.

Each refusal stands beside its field; nothing says whether an account exists.
"""

import datetime as dt
import hashlib
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from gongzhi.audit.limits import address_of, count_use, limited, visitor
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import actor_of
from gongzhi.common.errors import Refused, TooMany
from gongzhi.common.ids import uuid7
from gongzhi.common.personal import Viewer
from gongzhi.common.refusals import put_back
from gongzhi.common.text import N_
from gongzhi.notifications.actions import send_address
from gongzhi.notifications.queries import channel_is_set
from gongzhi.people import actions as people
from gongzhi.people import vault
from gongzhi.people.actions.accounts import clean_contact, contact_field
from gongzhi.people.forms import CodeForm, ContactForm, PasswordForm
from gongzhi.people.rules import CODE_MINUTES
from gongzhi.web import signing
from gongzhi.web.views import demo

CHANNELS = {"phone": "sms", "email": "mail"}
FORM = ["GET", "HEAD", "POST"]
TRIES, TRIES_SECONDS = 60, 600  # per visitor: a community office shares one address
PASSWORDS, PASSWORDS_SECONDS = 10, 900  # per contact


def count_try(request: HttpRequest, at: dt.datetime) -> None:
    """One step of signing in by this visitor; raises TooMany `rate_limited`."""
    address = address_of(request.META)
    if limited(address):
        count_use(what="sign-in", who=visitor(address), limit=TRIES, seconds=TRIES_SECONDS, at=at)


def count_secret(request: HttpRequest, what: str, about: str, at: dt.datetime) -> None:
    """One guess at a password or code of somebody; raises TooMany `rate_limited`."""
    if limited(address_of(request.META)):
        who = hashlib.sha256(about.encode()).hexdigest()[:20]
        count_use(what=what, who=visitor(who), limit=PASSWORDS, seconds=PASSWORDS_SECONDS, at=at)


def send_code(*, by: Actor, at: dt.datetime, contact: str) -> str:
    """Make a code and put it on its way, both or neither; returns the contact in its stored form.

    Raises Refused `bad_phone`, `bad_email`, `channel_not_set`; TooMany `too_many_codes`.
    """
    field = contact_field(contact)
    clean = clean_contact(field, contact)
    if not channel_is_set(CHANNELS[field]):
        raise Refused("channel_not_set", _NOT_SET[field])
    with transaction.atomic():
        code = people.issue_code(by=by, at=at, contact=clean)
        send_address(
            by=by,
            at=at,
            channel=CHANNELS[field],
            to=clean,
            kind="sign_in_code",
            params={"minutes": CODE_MINUTES},
            secret={"code": code},
            dedupe_key=f"sign-in:{uuid7()}",
            expires_at=at + dt.timedelta(minutes=CODE_MINUTES),
        )
    return clean


_NOT_SET = {
    "phone": N_("这里还没有接通短信。请用邮箱，或用密码登录。"),
    "email": N_("这里还没有接通邮件。请用手机号，或用密码登录。"),
}


def masked(contact: str) -> str:
    return vault.as_seen(contact_field(contact), contact, Viewer(own=True))


def _next(request: HttpRequest) -> str:
    return signing.own_page(request, request.POST.get("next", "") or request.GET.get("next", ""))


def _with_next(address: str, next_page: str) -> str:
    return f"{address}?{urlencode({'next': next_page})}" if next_page else address


def _home(request: HttpRequest) -> HttpResponse:
    roles = [scope.role for scope in actor_of(request).scopes]
    return redirect(_next(request) or signing.landing(roles))


@never_cache
@require_http_methods(FORM)
def sign_in(request: HttpRequest) -> HttpResponse:
    """Where the code goes; in a demo one card per role above it."""
    if actor_of(request).kind == "person" and not settings.DEMO:
        return _home(request)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _sent(request, form):
        return redirect(_with_next("/sign-in/code", _next(request)))
    context: dict[str, Any] = {"form": form, "next": _next(request)}
    if settings.DEMO:
        context["cards"] = demo.cards(clock.now())
        context["model"] = demo.model_title()
    return render(request, "web/sign_in/contact.html", context)


def _sent(request: HttpRequest, form: ContactForm) -> bool:
    now = clock.now()
    count_try(request, now)
    try:
        contact = send_code(by=actor_of(request), at=now, contact=form.cleaned_data["contact"])
    except TooMany:
        raise
    except Refused as refused:
        put_back(form, refused, "contact")
        return False
    signing.keep_contact(request, contact)
    return True


@never_cache
@require_http_methods(FORM)
def code(request: HttpRequest) -> HttpResponse:
    """The code that was sent; a right one signs in."""
    contact = signing.kept_contact(request)
    if not contact:
        return redirect(_with_next("/sign-in", _next(request)))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address = _redeemed(request, form, contact)
        if address:
            return redirect(address)
    context = {"form": form, "next": _next(request), "contact": masked(contact), "minutes": CODE_MINUTES}
    return render(request, "web/sign_in/code.html", context)


def _redeemed(request: HttpRequest, form: CodeForm, contact: str) -> str:
    now = clock.now()
    count_try(request, now)
    try:
        person = people.redeem_code(by=actor_of(request), at=now, contact=contact, code=form.cleaned_data["code"])
    except TooMany:
        raise
    except Refused as refused:
        put_back(form, refused, "code")
        return ""
    return signing.go_on(request, person, at=now, next_page=_next(request))


@require_POST
def send_again(request: HttpRequest) -> HttpResponse:
    """Another code to the same contact."""
    contact = signing.kept_contact(request)
    if not contact:
        return redirect("sign-in")
    now = clock.now()
    count_try(request, now)
    send_code(by=actor_of(request), at=now, contact=contact)
    messages.info(request, _("又发了一个。以最后收到的为准。"))
    return redirect(_with_next("/sign-in/code", _next(request)))


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(FORM)
def password(request: HttpRequest) -> HttpResponse:
    """For those who have set a password."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address = _entered(request, form)
        if address:
            return redirect(address)
    return render(request, "web/sign_in/password.html", {"form": form, "next": _next(request)})


def _entered(request: HttpRequest, form: PasswordForm) -> str:
    now, given = clock.now(), form.cleaned_data
    count_try(request, now)
    count_secret(request, "password", given["contact"].strip().lower(), now)
    try:
        person = people.sign_in_with_password(
            by=actor_of(request), at=now, contact=given["contact"], password=given["password"]
        )
    except Refused as refused:
        put_back(form, refused, "password" if refused.code == "password_wrong" else "contact")
        return ""
    return signing.go_on(request, person, at=now, next_page=_next(request))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.info(request, _("已退出。公用电脑上请再关掉浏览器。"))
    return redirect("home")
