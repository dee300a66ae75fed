"""SMS through a signed POST to the gateway in GONGZHI_SMS_URL; the wire format is docs/reference/sms.md."""

import json

from django.conf import settings

from gongzhi.notifications import rules
from gongzhi.notifications.channels import Outgoing
from gongzhi.notifications.channels.signed_post import SignedRequest, post


def send(message: Outgoing) -> None:
    """Raises ChannelDown, Rejected, NotSent. The operator chose the gateway: it may be on the inside."""
    body = {"to": message.to, "text": rules.one_line(message.subject, message.text), "kind": message.kind}
    post(
        SignedRequest(
            url=settings.SMS_URL,
            body=json.dumps(body, ensure_ascii=False, sort_keys=True).encode(),
            secret=settings.SMS_SECRET.encode(),
            timestamp=int(message.now.timestamp()),
            idempotency_key=message.dedupe_key,
            private_allowed=True,
        )
    )
