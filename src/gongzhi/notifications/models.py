"""Tables of the outbox and of what goes out: OutboxEvent, Notice, Delivery, Webhook."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.utils.functional import cached_property

from gongzhi.common.text import N_
from gongzhi.notifications import rendering


def empty_list() -> Value:
    return Value([], models.JSONField())


def empty_object() -> Value:
    return Value({}, models.JSONField())


class OutboxEvent(models.Model):
    """待发事件: what happened, written in the transaction in which it happened. References and codes only."""

    id = models.BigAutoField(primary_key=True)
    topic = models.CharField(max_length=60, help_text='room and past participle: "case.reported"')
    payload = models.JSONField(db_default=empty_object(), help_text="references and codes; no personal value")
    created_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(db_default=0)
    next_try_at = models.DateTimeField(help_text="not before; moved on by every failure")
    finished = models.JSONField(db_default=empty_list(), help_text="names of the receivers that are done")
    last_error = models.TextField(db_default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_try_at", "id"], name="outbox_due", condition=Q(processed_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.topic} #{self.pk}"


class Notice(models.Model):
    """消息: one line in a person's own list inside the product; the words are rendered when it is read."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40, help_text="name of the message template")
    params = models.JSONField(default=dict, help_text="references and codes for the template")
    subject = models.CharField(max_length=80, blank=True, help_text='what it is about: "case:GZ-…"')
    dedupe_key = models.CharField(max_length=160)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "dedupe_key"], name="notice_once")]
        indexes = [
            models.Index(fields=["person", "-created_at", "-id"], name="notice_newest"),
            models.Index(fields=["person"], name="notice_unread", condition=Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @cached_property
    def message(self) -> rendering.Message:
        return rendering.render(self.kind, self.params)


class Webhook(models.Model):
    """推送地址: a system outside that is told of events, with signed requests."""

    url = models.CharField(max_length=500)
    secret_sealed = models.BinaryField(help_text="signing secret, sealed under the house key")
    topics = models.JSONField(help_text='list of topics, or ["*"]')
    active = models.BooleanField(default=True)
    failure_count = models.PositiveIntegerField(default=0, help_text="failures in a row")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["url"], name="webhook_url_once")]

    def __str__(self) -> str:
        return f"webhook #{self.pk}"

    def wants(self, topic: str) -> bool:
        return self.active and ("*" in self.topics or topic in self.topics)


class DeliveryStatus(models.TextChoices):
    WAITING = "waiting", N_("等着发")
    SENT = "sent", N_("已送达")
    FAILED = "failed", N_("没发出去，可以再试")
    GIVEN_UP = "given_up", N_("不再发")


class DeliveryChannel(models.TextChoices):
    MAIL = "mail", N_("邮件")
    SMS = "sms", N_("短信")
    WEBHOOK = "webhook", N_("推送")


class Delivery(models.Model):
    """投递: one message to one receiver over one channel, kept until it went out or a person let it go.

    The receiver is a person (the address is read from the vault when sending), or an address sealed under a
    vault key or the house key, or a webhook.
    """

    id = models.BigAutoField(primary_key=True)
    channel = models.CharField(max_length=10, choices=DeliveryChannel)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="deliveries")
    sealed = models.BinaryField(null=True, help_text="address and one-time words, sealed; emptied when sent")
    key = models.ForeignKey(
        "people.VaultKey", null=True, on_delete=models.PROTECT, help_text="null: sealed under the house key"
    )
    webhook = models.ForeignKey(Webhook, null=True, on_delete=models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=60, help_text="message template, or the topic for a webhook")
    params = models.JSONField(default=dict, help_text="references and codes; the body for a webhook")
    subject = models.CharField(max_length=80, blank=True, help_text='what it is about: "case:GZ-…"')
    dedupe_key = models.CharField(max_length=200, unique=True)
    status = models.CharField(max_length=10, choices=DeliveryStatus, default=DeliveryStatus.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, help_text="of no use after this: a sign-in code")
    last_error = models.TextField(default="", blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                name="delivery_one_receiver",
                condition=(
                    Q(person__isnull=False, sealed__isnull=True, webhook__isnull=True)
                    | Q(person__isnull=True, webhook__isnull=False, sealed__isnull=True)
                    | Q(person__isnull=True, webhook__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="delivery_sent_has_time",
                condition=Q(status="sent", sent_at__isnull=False) | (~Q(status="sent") & Q(sent_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at", "id"], name="delivery_due", condition=Q(status="waiting")),
            models.Index(
                fields=["-created_at", "-id"],
                name="delivery_stuck",
                condition=Q(status__in=["failed", "given_up"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.kind} #{self.pk}"

    @property
    def title(self) -> str:
        """What it says, without what only its receiver may read."""
        return self.kind if self.webhook_id else rendering.render(self.kind, self.params).subject

    @property
    def body(self) -> dict[str, Any]:
        """What a webhook receives: stable, so that a second copy is byte for byte the first."""
        return {"id": self.dedupe_key, "topic": self.kind, **self.params}
