"""Events to systems outside, signed like SMS; addresses inside the network are refused (SSRF)."""

from django.conf import settings

from gongzhi.common.errors import Refused
from gongzhi.notifications import rules
from gongzhi.notifications.channels import Outgoing, Rejected
from gongzhi.notifications.channels.signed_post import SignedRequest, post


def send(message: Outgoing) -> None:
    """Raises ChannelDown, Rejected, NotSent."""
    local_allowed = settings.WEBHOOK_LOCAL
    try:
        rules.check_webhook_url(message.to, local_allowed=local_allowed)
    except Refused as error:
        raise Rejected(error.code) from error
    post(
        SignedRequest(
            url=message.to,
            body=message.body,
            secret=message.secret,
            timestamp=int(message.now.timestamp()),
            idempotency_key=message.dedupe_key,
            private_allowed=local_allowed,
        )
    )
