"""Pages: one's own notices, deliveries that stopped, and the messages of the demo."""

import secrets
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.common.access import Actor, require
from gongzhi.common.asking import actor_of
from gongzhi.common.clock import now
from gongzhi.common.errors import Forbidden, Refused, SignInRequired
from gongzhi.common.refusals import said
from gongzhi.common.spreadsheets import rows_as_xlsx
from gongzhi.common.text import N_
from gongzhi.notifications import actions, queries
from gongzhi.notifications.forms import WebhookForm

PAGE = 30


def _signed_in(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if actor.person_id is None:
        raise SignInRequired("sign_in_required", N_("看自己的消息要先登录。登录后会回到这里。"))
    return actor


def _next_url(name: str, cursor: str | None) -> str:
    return f"{reverse(name)}?{urlencode({'cursor': cursor})}" if cursor else ""


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    actor = _signed_in(request)
    page, cursor = queries.notice_page(actor, request.GET.get("cursor"), PAGE)
    context = {
        "notices": page,
        "unread": queries.unread_count(actor),
        "next_url": _next_url("notices", cursor),
    }
    return render(request, "notifications/notices.html", context)


@require_POST
def open_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Mark one notice read and go where it leads."""
    actor = _signed_in(request)
    notice = queries.get_notice_for(actor, notice_id)
    actions.mark_read(by=actor, at=now(), notice_id=notice.pk)
    return redirect(notice.message.path or reverse("notices"))


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    actions.mark_all_read(by=_signed_in(request), at=now())
    return redirect("notices")


@require_safe
def deliveries(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    if request.GET.get("export") == "xlsx":
        heads = [_("什么消息"), _("怎么发"), _("试过"), _("原因"), _("什么时候")]
        lines = (
            (row.title, _(row.get_channel_display()), row.attempts, row.last_error, row.created_at)
            for row in queries.all_stuck(actor)
        )
        return rows_as_xlsx(_("没发出去的消息"), heads, lines, title=_("没发出去的消息"))
    stuck, cursor = queries.stuck_page(actor, request.GET.get("cursor"), PAGE)
    context = {
        "deliveries": stuck,
        "events": queries.failing_events(actor),
        "webhooks": queries.webhooks_visible_to(actor),
        "health": queries.delivery_health(),
        "next_url": _next_url("deliveries", cursor),
    }
    return render(request, "notifications/deliveries.html", context)


@require_POST
def retry(request: HttpRequest, delivery_id: int) -> HttpResponse:
    actions.retry_delivery(by=actor_of(request), at=now(), delivery_id=delivery_id)
    messages.info(request, _("已重新排队，几秒后再试。还是没发出去，会带着原因回到这里。"))
    return redirect("deliveries")


@require_POST
def retry_all(request: HttpRequest) -> HttpResponse:
    count = actions.retry_failed(by=actor_of(request), at=now())
    words = ngettext("{count} 条已重新排队。", "{count} 条已重新排队。", count)
    messages.info(request, words.format(count=count))
    return redirect("deliveries")


@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: HttpRequest) -> HttpResponse:
    """Systems outside that are told of events; a new one's secret is shown on this answer and never again."""
    actor = actor_of(request)
    require(actor, queries.MANAGE)
    form, secret = WebhookForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        secret = secrets.token_urlsafe(32)
        try:
            actions.add_webhook(by=actor, at=now(), secret=secret, **form.cleaned_data)
        except Forbidden:
            raise
        except Refused as refused:
            form.add_error("url", said(refused))
            secret = ""
        else:
            form = WebhookForm()
    context = {"form": form, "secret": secret, "webhooks": queries.webhooks_visible_to(actor)}
    answer = render(request, "notifications/webhooks.html", context, status=422 if form.errors else 200)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
def switch(request: HttpRequest, webhook_id: int) -> HttpResponse:
    active = request.POST.get("active") == "1"
    actions.switch_webhook(by=actor_of(request), at=now(), webhook_id=webhook_id, active=active)
    return redirect("webhooks")


@require_POST
def remove(request: HttpRequest, webhook_id: int) -> HttpResponse:
    actions.remove_webhook(by=actor_of(request), at=now(), webhook_id=webhook_id)
    messages.info(request, _("删掉了，不再往那里推送。"))
    return redirect("webhooks")


@require_safe
def demo_messages(request: HttpRequest) -> HttpResponse:
    """In the demo, what would have gone out by SMS or mail; no such page anywhere else."""
    if not settings.DEMO:
        raise Http404
    return render(request, "notifications/demo_messages.html", {"rows": queries.messages_on_screen(now())})
