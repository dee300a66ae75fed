"""One rights request on the officer's desk: what is asked, who asks (for a purpose), and the one way to answer it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.errors import Refused
from gongzhi.common.refusals import put_back
from gongzhi.privacy.actions import rights as acts
from gongzhi.privacy.forms import AnswerForm, PurposeForm
from gongzhi.privacy.queries import rights as reads
from gongzhi.privacy.views.register import OPEN_STATES, officer


def _page(request: HttpRequest, number: str, **more: Any) -> HttpResponse:
    actor = officer(request, "privacy.rights")
    case = reads.get_request_for(actor, number)
    person = reads.requester_of(case)
    context = {
        "case": case,
        "right": reads.right_of(case),
        "word": _(reads.right_word(case)),
        "text": reads.text_of(case),
        "open": case.status in OPEN_STATES,
        "gone": person is None,
        "stays": [(_(one.title), _(one.why)) for one in reads.what_stays(person)] if person else [],
        "explained": reads.explanations(person)[:10] if person and reads.right_of(case) == "explain" else [],
        "purpose_form": PurposeForm(),
        "form": AnswerForm(),
        **more,
    }
    wrong = any(one.errors for one in (context["form"], context["purpose_form"]) if one.is_bound)
    return render(request, "privacy/request.html", context, status=422 if wrong else 200)


@never_cache
@require_safe
def request_page(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, number)


@never_cache
@require_POST
def show(request: HttpRequest, number: str) -> HttpResponse:
    """Who asks, in clear, this once."""
    actor, form = officer(request, "privacy.rights"), PurposeForm(request.POST)
    if not form.is_valid():
        return _page(request, number, purpose_form=form)
    try:
        found = acts.reveal_requester(by=actor, at=clock.now(), number=number, purpose=form.cleaned_data["purpose"])
    except Refused as refused:
        put_back(form, refused)
        return _page(request, number, purpose_form=form)
    return _page(request, number, shown=[found.get(name, "") for name in ("name", "phone", "email")])


@require_POST
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """`do` is copy, erase, correct or reply: what the request asks for, or an answer with its reason."""
    actor, at, form = officer(request, "privacy.rights"), clock.now(), AnswerForm(request.POST)
    form.is_valid()
    given, wanted = form.cleaned_data, request.POST.get("do", "reply")
    common: dict[str, Any] = {"by": actor, "at": at, "number": number}
    try:
        if wanted == "copy":
            acts.give_copy(**common)
        elif wanted == "erase":
            acts.erase_requester(**common)
        elif wanted == "correct":
            acts.correct_value(
                **common, field=given.get("field", ""), value=given.get("value", ""), note=given.get("note", "")
            )
        else:
            acts.answer_request(**common, note=given.get("note", ""))
    except Refused as refused:
        put_back(form, refused)
        return _page(request, number, form=form)
    messages.success(request, _("办好了，答复送到了。"))
    return redirect("privacy-desk")
