"""党员登记: how many for who reads people, who only for the branch; one's own line, and whether it is seen."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.common import clock
from gongzhi.common.access import Actor, allows
from gongzhi.common.asking import signed_in
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Forbidden, Refused
from gongzhi.common.refusals import put_back
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.packs import queries as packs
from gongzhi.people import actions
from gongzhi.people.actions.membership import log_reading
from gongzhi.people.forms_party import MemberForm
from gongzhi.people.models import Organization
from gongzhi.people.queries import membership, person_of
from gongzhi.people.views.account import FORM
from gongzhi.people.views.asking import as_file, note_of, reader

MOST_IN_FILE = 5_000


@never_cache
@require_safe
def branches(request: HttpRequest) -> HttpResponse:
    """Branches and how many of each category: small numbers are kept back, nobody is named."""
    actor, day = reader(request), local_date(clock.now())
    kinds, least = membership.categories(), packs.small_cell(day)
    if as_file(request):
        rows = membership.counted(membership.branches(actor)[:MOST_IN_FILE], day)
        hidden = _("不显示")
        told = [
            [row.branch.name, *(hidden if n is None else n for n in (*row.counts, row.total))] for row in rows
        ]
        headers = [_("支部"), *(one.name for one in kinds), _("合计")]
        return rows_as_xlsx(_("党员登记"), headers, told, title=_("党员登记"), note=note_of(day))
    page = membership.page_of_branches(actor, request.GET.get("cursor", ""))
    rows = membership.counted(page.items, day)
    context = {
        "lines": [
            (row, list(zip(kinds, row.counts, strict=True)), _may_keep(actor, row.branch)) for row in rows
        ],
        "kinds": kinds,
        "illustrative": [one.name for one in kinds if one.illustrative],
        "next": page.next_cursor,
        "least": least,
        "day": day,
    }
    return render(request, "people/party/members.html", context)


def _may_keep(actor: Actor, branch: Organization) -> bool:
    return branch.place is not None and allows(actor, membership.KEEP, path=branch.place.path)


@never_cache
@require_http_methods(FORM)
def members(request: HttpRequest, code: str) -> HttpResponse:
    """A branch's own list, and writing one more into it; whoever stands on it sees that it was opened."""
    actor, now = reader(request), clock.now()
    branch = membership.get_branch(actor, code)
    form = MemberForm(request.POST or None, choices=[(one.code, one.name) for one in membership.categories()])
    if request.method == "POST" and form.is_valid():
        try:
            actions.keep_member(by=actor, at=now, branch=branch, **form.cleaned_data)
        except Forbidden:
            raise
        except Refused as refused:
            put_back(form, refused, "contact")
        else:
            messages.success(request, _("登记好了。只有支部和本人看得到。"))
            return redirect("branch-members", code=code)
    page = membership.page_of_members(actor, branch, request.GET.get("cursor", ""))
    log_reading(by=actor, at=now, read=page.items, purpose=_("支部看名单"))
    context = {"branch": branch, "form": form, "rows": page.items, "next": page.next_cursor}
    return render(request, "people/party/branch_members.html", context)


@require_POST
def remove(request: HttpRequest, code: str, member: uuid.UUID) -> HttpResponse:
    actor = reader(request)
    branch = membership.get_branch(actor, code)
    actions.remove_member(by=actor, at=clock.now(), row=membership.get_member(branch, member))
    messages.success(request, _("删掉了，没有留底。"))
    return redirect("branch-members", code=code)


@never_cache
@require_http_methods(FORM)
def mine(request: HttpRequest) -> HttpResponse:
    """What branches keep of me, and whether others see that I am a member: off until I say so."""
    actor = signed_in(request)
    person = person_of(actor)
    if request.method == "POST":
        shown = request.POST.get("shown") == "yes"
        actions.show_membership(by=actor, at=clock.now(), shown=shown)
        messages.success(request, _("亮出来了。随时可以收回。") if shown else _("收回了。别人看不到了。"))
        return redirect("my-party")
    names = {one.code: one.name for one in membership.categories()}
    rows = list(membership.memberships_of(person.pk))
    context = {
        "rows": [(row.organization.name, names.get(row.category, row.category), row.valid_from) for row in rows],
        "shown": any(row.shown_at for row in rows),
    }
    return render(request, "people/my_party.html", context)
