"""What comes after: papers to an entry that stands, the end of a fund. Who may not is told so before any form."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongzhi.common import clock
from gongzhi.common.access import require
from gongzhi.common.refusals import tried
from gongzhi.ledger import actions, queries, rules, shown
from gongzhi.ledger.forms import PapersForm
from gongzhi.ledger.views import staff


@require_http_methods(["GET", "HEAD", "POST"])
def papers(request: HttpRequest, number: str) -> HttpResponse:
    """补单据: the entry stays as it is."""
    actor = staff(request)
    entry = queries.get_entry_for(actor, number)
    require(actor, rules.PROPOSE, path=entry.fund.path)
    form = PapersForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        given = {"number": number, "uploads": form.cleaned_data["files"]}
        if tried(form, lambda: actions.add_papers(by=actor, at=clock.now(), **given)) is not None:
            messages.success(request, _("单据补上了。要公开的，先遮住人名和号码。"))
            return redirect(f"{reverse('ledger-entry', args=[number])}#papers")
    return render(request, "ledger/papers.html", {"entry": entry, "form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, number: str) -> HttpResponse:
    """停用: what is still in the way, or the button."""
    actor, at = staff(request), clock.now()
    fund = queries.get_fund_for(actor, number)
    require(actor, rules.OPEN, path=fund.path)
    if request.method == "POST":
        actions.close_fund(by=actor, at=at, number=number, on=clock.local_date(at))
        messages.success(request, _("这本账停用了，不能再记。以前的账都留着。"))
        return redirect("fund", number)
    left = [(one, shown.money(rules.natural(one.kind, one.balance), fund.unit)) for one in queries.left_in(fund)]
    waits, unclosed = fund.entries.filter(approval=None).exists(), queries.has_open_entries(fund)
    ready = not (left or waits or unclosed or fund.closed_on)
    context = {"fund": fund, "left": left, "waits": waits, "unclosed": unclosed, "ready": ready}
    return render(request, "ledger/end.html", context)
