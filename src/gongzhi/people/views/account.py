"""“我的”: what is kept about me, masked until I ask; what I agreed to; how I sign in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.audit.wording import FIELDS
from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import actor_of
from gongzhi.common.clock import local_date
from gongzhi.people import actions, queries, vault
from gongzhi.people.forms import NameForm, NewPasswordForm
from gongzhi.people.models import Person
from gongzhi.people.rules import CONSENTS
from gongzhi.people.views.asking import own_person

FORM = ["GET", "HEAD", "POST"]


@never_cache
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """One's own page; values are masked, because the screen is seen by others too."""
    return _page(request, shown=False)


@never_cache
@require_POST
def show(request: HttpRequest) -> HttpResponse:
    """The same page with one's own values in clear, this once."""
    return _page(request, shown=True)


def _page(request: HttpRequest, *, shown: bool) -> HttpResponse:
    person, actor = own_person(request), actor_of(request)
    posts = list(queries.mandates_of(person.pk, local_date(clock.now())))
    context = {
        "shown": shown,
        "rows": _rows(actor, person, shown),
        "posts": posts,
        "locked_out": bool(posts) and not actor.scopes,
        "consents": _consents(person),
        "bound": person.second_factor is not None,
        "has_password": person.has_usable_password(),
    }
    return render(request, "people/me.html", context)


def _rows(actor: Actor, person: Person, shown: bool) -> list[dict[str, str]]:
    """Name, telephone and mail: what is there, masked unless asked for."""
    values = vault.shown_to(actor, [person.pk], ("name", "phone", "email"), revealed=shown).get(person.pk, {})
    change = {"name": reverse("my-name"), "phone": f"{reverse('my-contact')}?field=phone"}
    change["email"] = f"{reverse('my-contact')}?field=email"
    return [
        {
            "field": field,
            "word": _(FIELDS[field]),
            "value": values.get(field, ""),
            "url": url,
        }
        for field, url in change.items()
    ]


def _consents(person: Person) -> list[dict[str, Any]]:
    given = {row.purpose: row for row in queries.current_consents(person.pk)}
    return [
        {
            "title": _(purpose.title),
            "since": given[code].granted_at if code in given else None,
        }
        for code, purpose in CONSENTS.items()
    ]


@require_http_methods(FORM)
def name(request: HttpRequest) -> HttpResponse:
    person = own_person(request)
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        value = form.cleaned_data["name"]
        actions.set_value(by=actor_of(request), at=clock.now(), person=person, field="name", value=value)
        messages.success(request, _("称呼改好了。"))
        return redirect("me")
    return render(request, "people/name.html", {"form": form})


@never_cache
@sensitive_post_parameters("old", "new")
@require_http_methods(FORM)
def password(request: HttpRequest) -> HttpResponse:
    """Set or change a password; other sessions end, this one goes on."""
    person = own_person(request)
    form = NewPasswordForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        new = form.cleaned_data["new"]
        actions.set_password(by=actor_of(request), at=clock.now(), person=person, password=new)
        update_session_auth_hash(request, person)
        messages.success(request, _("密码设好了。别处登录着的都退出了。"))
        return redirect("me")
    return render(request, "people/password.html", {"form": form})
