"""Which systems outside are told of events."""

import datetime as dt

from django.conf import settings
from django.db import transaction

from gongzhi.audit.actions import record
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Conflict, NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.notifications import addresses, queries, rules
from gongzhi.notifications.models import Webhook


@transaction.atomic
def add_webhook(*, by: Actor, at: dt.datetime, url: str, secret: str, topics: list[str]) -> Webhook:
    """Raises Forbidden; Refused `webhook_url`, `webhook_secret`; Conflict `webhook_exists`."""
    require(by, queries.MANAGE)
    rules.check_webhook_url(url, local_allowed=settings.WEBHOOK_LOCAL)
    if len(secret) < 16:
        raise Refused("webhook_secret", N_("签名密钥至少 16 个字符，现在 {length} 个。"), length=len(secret))
    if Webhook.objects.filter(url=url).exists():
        raise Conflict("webhook_exists", N_("这个推送地址已经有了。要改就先删掉，再加一次。"))
    sealed = addresses.seal_secret(url, secret)
    webhook = Webhook.objects.create(url=url, secret_sealed=sealed, topics=topics, created_at=at)
    changes = {"topics": [None, topics]}
    record(by=by, at=at, action="notifications.add_webhook", subject=f"webhook:{webhook.pk}", changes=changes)
    return webhook


@transaction.atomic
def switch_webhook(*, by: Actor, at: dt.datetime, webhook_id: int, active: bool) -> None:
    """Raises Forbidden; NotFound. Switching it on again forgets its failures."""
    require(by, queries.MANAGE)
    changed = Webhook.objects.filter(pk=webhook_id).exclude(active=active)
    if changed.update(active=active, failure_count=0):
        changes = {"active": [not active, active]}
        subject = f"webhook:{webhook_id}"
        record(by=by, at=at, action="notifications.switch_webhook", subject=subject, changes=changes)
    elif not Webhook.objects.filter(pk=webhook_id).exists():
        raise NotFound("webhook_not_found", N_("没有这个推送地址。"))


@transaction.atomic
def remove_webhook(*, by: Actor, at: dt.datetime, webhook_id: int) -> None:
    """With its secret and what still waited to be pushed. Raises Forbidden; NotFound."""
    require(by, queries.MANAGE)
    found = Webhook.objects.filter(pk=webhook_id)
    topics = found.values_list("topics", flat=True).first()
    if topics is None:
        raise NotFound("webhook_not_found", N_("没有这个推送地址。"))
    found.delete()
    changes = {"topics": [topics, None]}
    record(by=by, at=at, action="notifications.remove_webhook", subject=f"webhook:{webhook_id}", changes=changes)
