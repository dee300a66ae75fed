"""What residents say on one page: an inquiry, an objection to what a party body posts, what became of theirs."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongzhi.common import clock
from gongzhi.common.access import Actor
from gongzhi.common.asking import signed_in
from gongzhi.common.errors import Refused
from gongzhi.deliberation import actions, inquiries, postings
from gongzhi.deliberation.forms import InquiryForm, ObjectForm
from gongzhi.deliberation.views import put_back, shown


@require_http_methods(["GET", "HEAD", "POST"])
def say(request: HttpRequest) -> HttpResponse:
    """Ask, and see what is posted; one press sends it."""
    actor, now = signed_in(request), clock.now()
    bodies = inquiries.bodies_for(actor, clock.local_date(now))
    form = InquiryForm(request.POST if request.method == "POST" else None, bodies=bodies, auto_id="ask-%s")
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            row = actions.ask_inquiry(by=actor, at=now, body=form.bodies[given["body"]], words=given["words"])
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("质询提出来了。监督的人签收以后，对方按期书面答复。"))
            return redirect("course", row.number)
    return _page(request, actor, form)


def objected_to_posting(request: HttpRequest, actor: Actor, number: str, form: ObjectForm) -> HttpResponse:
    """An objection to what a party body posts; back to the page on which it stands."""
    if form.is_valid():
        try:
            actions.object_to(by=actor, at=clock.now(), number=number, words=form.cleaned_data["words"])
        except Refused as refused:
            put_back(form, refused)
        else:
            messages.success(request, _("异议记下了。答复以前，这一步不会往下走。"))
            return redirect("say")
    return _page(request, actor, None, {number: form})


def _page(
    request: HttpRequest, actor: Actor, ask: InquiryForm | None, wrong: dict[str, ObjectForm] | None = None
) -> HttpResponse:
    today, wrong = clock.local_date(clock.now()), wrong or {}
    bodies = inquiries.bodies_for(actor, today)
    open_ = postings.postings_for(actor, today)
    posted = [
        {"row": one, "form": wrong.get(one.number) or ObjectForm(auto_id=f"object-{one.number}-%s")} for one in open_
    ]
    listed = [one.number for one in open_]
    context = {
        "ask": ask or InquiryForm(bodies=bodies, auto_id="ask-%s"),
        "bodies": bodies,
        "posted": posted,
        "elsewhere": [form for number, form in wrong.items() if number not in listed],
        "asked": shown(inquiries.asked(actor), today),
    }
    failed = bool(ask and ask.errors) or any(form.errors for form in wrong.values())
    return render(request, "deliberation/say.html", context, status=422 if failed else 200)
