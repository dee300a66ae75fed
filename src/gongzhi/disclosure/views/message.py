"""One message: its words, pictures, replies, and what the reader may do with it."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import actor_of, signed_in
from gongzhi.common.errors import NotFound
from gongzhi.common.refusals import tried
from gongzhi.common.text import N_
from gongzhi.disclosure import actions, queries, words
from gongzhi.disclosure.forms import AppealForm, NameForm, ReasonForm, ReplyForm
from gongzhi.disclosure.models import Message
from gongzhi.disclosure.queries import Item, moderating
from gongzhi.disclosure.views.space import badge_of

FORMS = {"reply": ReplyForm, "alert": ReasonForm, "appeal": AppealForm, "ask-name": NameForm}
DECIDING = {"hide": actions.hide, "refuse": actions.refuse}
WITHOUT_WORDS = {
    "withdraw": actions.withdraw,
    "agree-name": actions.agree_name,
    "drop-name": actions.drop_name,
    "admit": actions.admit,
    "keep": actions.keep,
}
SAID = {
    "reply": N_("回复发出去了。"),
    "alert": N_("收到了，会有人看。不会告诉别人是您报的。"),
    "appeal": N_("申诉收到了。结果会告诉您。"),
    "ask-name": N_("记下了。等发的人点一下“就是这位”。"),
    "withdraw": N_("撤下了，内容已经删除。"),
    "agree-name": N_("写上名字了。"),
    "drop-name": N_("名字拿掉了。"),
    "admit": N_("通过了，大家看得到。"),
    "keep": N_("看过了，留着。"),
    "hide": N_("拿下了。发的人会收到理由。"),
    "refuse": N_("没有通过。发的人会收到理由。"),
}


def _form(act: str, today: dt.date, *given: Any) -> forms.Form:
    """The form of a step, empty or with what was sent."""
    if act in DECIDING or act == "alert":
        return ReasonForm(*given, reasons=queries.reasons(today), prefix=act)
    made: forms.Form = FORMS[act](*given, prefix=act)
    return made


@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    actor, at = actor_of(request), clock.now()
    return _shown(request, actor, queries.get_message_for(actor, number, at), at)


def _shown(
    request: HttpRequest, actor: Actor, message: Message, at: dt.datetime, wrong: dict[str, forms.Form] | None = None
) -> HttpResponse:
    today = clock.local_date(at)
    kind = queries.kinds(today).get(message.kind)
    may = queries.may(actor, message)
    lives = queries.lives_at(actor, message.path, today)
    standing = message.state == "shown"
    taken = moderating.last_taken_down(message) if may["own"] and message.state in ("hidden", "refused") else None
    able = {
        "reply": standing and lives and kind is not None and kind.replies and message.answers_id is None,
        "alert": standing and lives and not may["own"],
        "appeal": taken is not None and not hasattr(taken, "appeal"),
        "ask-name": _nameable(message, kind, lives, may["own"]),
        "hide": standing and may["moderate"],
        "refuse": message.state == "waiting" and may["moderate"],
    }
    steps = {name.replace("-", "_"): _form(name, today) for name, may_do in able.items() if may_do}
    steps |= {name.replace("-", "_"): form for name, form in (wrong or {}).items() if able[name]}
    alerts = moderating.open_alerts(message) if may["moderate"] else []
    item = queries.items_of([message], today)[0]
    context = {
        "item": item,
        "message": message,
        "kind": kind,
        "own": may["own"],
        "named": message.named_id is not None and message.named_id == actor.person_id,
        "asked_name": words.name_of(message) if may["own"] and message.named_id and not message.name_agreed_at else "",
        "badge": badge_of(message),
        "pictures": queries.pictures_of(message),
        "leads": queries.leads_to(actor, message),
        "replies": queries.replies_to(message, at) if message.answers_id is None else [],
        "taken": _told(taken, today),
        "alerts": [(one, queries.reasons(today).get(one.reason), words.alert_note(one)) for one in alerts],
        "moderates": may["moderate"],
        "decisions": _decided(message) if may["moderate"] else [],
        **steps,
    }
    return render(request, "disclosure/message.html", context, status=422 if wrong else 200)


def _nameable(message: Message, kind: Any, lives: bool, own: bool) -> bool:
    """Whether this reader may say: it is about me."""
    open_to = kind is not None and kind.names and message.answers_id is None and message.state == "shown"
    return bool(open_to and lives and not own and message.named_id is None and message.author_id is not None)


def _told(taken: Any, today: dt.date) -> dict[str, Any] | None:
    """What the author reads about why it was taken down, and about the appeal."""
    if taken is None:
        return None
    reason, asked = queries.reasons(today).get(taken.reason), getattr(taken, "appeal", None)
    found = {"one": taken, "reason": reason.name if reason else taken.reason, "note": words.note_of(taken)}
    outcome = words.note_of(asked.outcome) if asked and asked.outcome else ""
    return {**found, "appeal": asked, "outcome": outcome, "until": taken.at + _days(today)}


def _days(today: dt.date) -> dt.timedelta:
    return dt.timedelta(days=queries.numbers(today).appeal_days)


def _decided(message: Message) -> list[tuple[Any, str]]:
    return [(one, words.note_of(one)) for one in moderating.decisions_of(message)]


@require_POST
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """One step; what was wrong stands in its form with what was written."""
    actor, at = signed_in(request), clock.now()
    common: dict[str, Any] = {"by": actor, "at": at, "number": number}
    if act in WITHOUT_WORDS:
        WITHOUT_WORDS[act](**common)
        messages.success(request, _(SAID[act]))
        return redirect("neighbours") if act == "withdraw" else redirect("neighbours-message", number)
    if act not in FORMS and act not in DECIDING:
        raise NotFound("page_not_found", N_("没有这一页。"))
    form = _form(act, clock.local_date(at), request.POST)
    if form.is_valid() and tried(form, lambda: _done(act, common, form)) is not None:
        messages.success(request, _(SAID[act]))
        return redirect("neighbours-message", number)
    return _shown(request, actor, queries.get_message_for(actor, number, at), at, {act: form})


def _done(act: str, common: dict[str, Any], form: Any) -> Any:
    if act == "reply":
        return actions.reply(**common, **form.given())
    if act == "alert":
        return actions.alert(**common, **form.given())
    if act == "appeal":
        return actions.appeal(**common, text=form.cleaned_data["text"])
    if act == "ask-name":
        return actions.ask_name(**common, name=form.cleaned_data["name"])
    return DECIDING[act](**common, **form.given())


def shown_item(message: Message, today: dt.date) -> Item:
    return queries.items_of([message], today)[0]
