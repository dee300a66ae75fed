"""Taking one's data along, and leaving (个人信息保护法 45, 47)."""

import json

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.asking import signed_in
from gongzhi.common.errors import Refused
from gongzhi.common.refusals import put_back
from gongzhi.people import actions
from gongzhi.people.forms import EraseForm
from gongzhi.people.views.account import FORM
from gongzhi.people.views.asking import own_person


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """What the file holds, and the button."""
    signed_in(request)
    return render(request, "people/export.html", {})


@never_cache
@require_POST
def export_file(request: HttpRequest) -> HttpResponse:
    """Everything every room holds about me, as JSON."""
    found = actions.export_account(by=signed_in(request), at=clock.now())
    body = json.dumps(found, ensure_ascii=False, indent=2, default=str)
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="gongzhi-my-data.json"'
    return response


@never_cache
@require_http_methods(FORM)
def erase(request: HttpRequest) -> HttpResponse:
    """What goes and what stays; typing the word does it."""
    person = own_person(request)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.erase_account(by=signed_in(request), at=clock.now(), person=person)
        except Refused as refused:
            put_back(form, refused, None)
        else:
            logout(request)
            messages.success(request, _("账号注销了。姓名和号码的钥匙已经销毁，谁也读不出来了。"))
            return redirect("home")
    return render(request, "people/erase.html", {"form": form})
