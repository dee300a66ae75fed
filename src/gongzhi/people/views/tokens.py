"""One's own tokens for programs: made, shown once, seen by their first signs, withdrawn."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gongzhi.common import clock
from gongzhi.common.asking import signed_in
from gongzhi.common.errors import Refused
from gongzhi.common.refusals import said
from gongzhi.people import actions, queries
from gongzhi.people.forms import TokenForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """Those in use; a new one stands on the answer to its making, and nowhere else."""
    actor = signed_in(request)
    person = queries.person_of(actor)
    form, made = TokenForm(request.POST if request.method == "POST" else None), ""
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_own_token(by=actor, at=clock.now(), purpose=form.cleaned_data["purpose"])
        except Refused as refused:
            form.add_error("purpose", said(refused))
        else:
            form = TokenForm()
    context = {"form": form, "made": made, "rows": queries.own_tokens(person.pk), "posts": bool(actor.roles)}
    return render(request, "people/tokens.html", context, status=422 if form.errors else 200)


@require_POST
def revoke(request: HttpRequest, token: int) -> HttpResponse:
    actions.revoke_own_token(by=signed_in(request), at=clock.now(), token_id=token)
    messages.success(request, _("停用了。用它的程序马上不能再用。"))
    return redirect("my-tokens")
