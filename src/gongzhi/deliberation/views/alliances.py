"""商户联盟: all of them; one with its members, its pact, how many violations there are and how they ended."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.common import clock
from gongzhi.common.asking import actor_of
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.deliberation import alliances, members
from gongzhi.deliberation.views import shown
from gongzhi.packs import queries as packs


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    rows = alliances.alliances(clock.local_date(clock.now()))
    if request.GET.get("as") == "xlsx":
        lines = [[body.name, body.place.name if body.place else "", count] for body, count in rows]
        return rows_as_xlsx(_("商户联盟"), [_("联盟"), _("在哪里"), _("会员商户")], lines)
    return render(request, "deliberation/alliances.html", {"rows": rows})


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Everybody sees members, the pact and totals; which shop it was only who handles it, and that shop."""
    actor, on = actor_of(request), clock.local_date(clock.now())
    body = alliances.get_alliance(code, on)
    pacts = alliances.pacts(body, on)
    way = next((one.code for one in packs.active_model().channels if one.about and one.entered_by == "anyone"), "")
    context = {
        "body": body,
        "members": list(members.members(body, on)),
        "pact": next((one for one in pacts if one.holds), None),
        "pacts": pacts,
        "counts": alliances.counted(body),
        "violations": shown(alliances.violations(actor, body), on),
        "runs": alliances.may_run(actor, body),
        "reports": alliances.reports(actor, body, on),
        "way": way,
    }
    return render(request, "deliberation/alliance.html", context)
