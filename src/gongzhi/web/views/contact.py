"""A new telephone number or mail address of one's own: a code goes there, and comes back from there."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import actor_of
from gongzhi.common.errors import Refused, TooMany
from gongzhi.common.refusals import put_back
from gongzhi.notifications.actions import send_address
from gongzhi.notifications.queries import channel_is_set
from gongzhi.people import actions as people
from gongzhi.people.forms import CodeForm, ContactForm
from gongzhi.people.models import Person
from gongzhi.people.queries import person_of
from gongzhi.people.rules import CODE_MINUTES
from gongzhi.web import signing
from gongzhi.web.views.signing_in import CHANNELS, FORM, count_try, masked, send_code

NEW = "gz_new_contact"


@never_cache
@require_http_methods(FORM)
def change(request: HttpRequest) -> HttpResponse:
    """Where the code goes."""
    person_of(actor_of(request))
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _sent(request, form):
        return redirect("my-contact-code")
    wanted = "email" if request.GET.get("field") == "email" else "phone"
    return render(request, "web/contact/change.html", {"form": form, "wanted": wanted})


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
    signing.keep_contact(request, contact, NEW)
    return True


@never_cache
@require_http_methods(FORM)
def confirm(request: HttpRequest) -> HttpResponse:
    """The code that was sent to the new address; a right one keeps it."""
    person, contact = person_of(actor_of(request)), signing.kept_contact(request, NEW)
    if not contact:
        return redirect("my-contact")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _kept(request, form, person, contact):
        request.session.pop(NEW, None)
        messages.success(request, _("改好了。以后用 {contact} 登录。").format(contact=masked(contact)))
        return redirect("me")
    context = {"form": form, "contact": masked(contact), "minutes": CODE_MINUTES}
    return render(request, "web/contact/code.html", context)


def _kept(request: HttpRequest, form: CodeForm, person: Person, contact: str) -> bool:
    now, actor = clock.now(), actor_of(request)
    count_try(request, now)

    def tell(field: str, old: str) -> None:
        _tell_old(by=actor, at=now, person=person, field=field, old=old)

    try:
        people.change_contact(
            by=actor, at=now, person=person, contact=contact, code=form.cleaned_data["code"], tell=tell
        )
    except TooMany:
        raise
    except Refused as refused:
        put_back(form, refused, "code")
        return False
    return True


def _tell_old(*, by: Actor, at: dt.datetime, person: Person, field: str, old: str) -> None:
    """The old address hears that it no longer counts; the new one is not named there."""
    if channel_is_set(CHANNELS[field]):
        send_address(
            by=by,
            at=at,
            channel=CHANNELS[field],
            to=old,
            kind="contact_changed",
            params={},
            subject=f"person:{person.pk}",
            dedupe_key=f"contact-changed:{person.pk}:{at.isoformat()}",
            key=person.key,
        )
