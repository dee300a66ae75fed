"""到期清理: what would go now, and the button that lets it go."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongzhi.audit.models import Entry
from gongzhi.common import clock
from gongzhi.privacy.actions.retention import count_due, forget_due
from gongzhi.privacy.views.register import officer


@require_http_methods(["GET", "HEAD", "POST"])
def retention(request: HttpRequest) -> HttpResponse:
    """A dry run on the page; the worker does the same every day."""
    actor, at = officer(request), clock.now()
    if request.method == "POST":
        done = forget_due(by=actor, at=at)
        messages.success(request, _("清理了 {n} 条。").format(n=sum(done.values())))
        return redirect("privacy-retention")
    rows = count_due(by=actor, at=at)
    past = Entry.objects.filter(subject__in=[f"retention:{row.code}" for row in rows]).order_by("-id")[:20]
    titles = {f"retention:{row.code}": _(row.title) for row in rows}
    context = {
        "rows": [{"title": _(row.title), "days": row.days, "count": row.count} for row in rows],
        "total": sum(row.count for row in rows),
        "past": [(titles[entry.subject], entry.changes.get("count"), entry.at) for entry in past],
    }
    return render(request, "privacy/retention.html", context)
