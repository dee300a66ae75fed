"""The only writes, by story: telling, reading, retrying, webhooks; handling and delivering for the job."""

from gongzhi.notifications.actions.reading import erase_notifications, forget_old, mark_all_read, mark_read
from gongzhi.notifications.actions.retrying import retry_delivery, retry_failed
from gongzhi.notifications.actions.telling import emit, notify_person, push_event, send_address
from gongzhi.notifications.actions.webhooks import add_webhook, remove_webhook, switch_webhook

__all__ = [
    "add_webhook",
    "emit",
    "erase_notifications",
    "forget_old",
    "mark_all_read",
    "mark_read",
    "notify_person",
    "push_event",
    "remove_webhook",
    "retry_delivery",
    "retry_failed",
    "send_address",
    "switch_webhook",
]
