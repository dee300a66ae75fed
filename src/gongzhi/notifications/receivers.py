"""What this room itself does with every event: queue it for the webhooks that asked for its topic."""

from gongzhi.notifications import actions, registry
from gongzhi.notifications.models import Webhook
from gongzhi.notifications.outgoing import SENDER


@registry.receive(registry.EVERY_TOPIC)
def push_to_webhooks(event: registry.Event) -> None:
    for webhook in Webhook.objects.filter(active=True):
        if webhook.wants(event.topic):
            actions.push_event(by=SENDER, at=event.now, webhook=webhook, event=event)
