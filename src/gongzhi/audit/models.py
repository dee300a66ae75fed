"""Tables of the trail. All append-only (see migrations); personal values never enter."""

from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models


class Entry(models.Model):
    """留痕 Entry: one act, by whom, as what, why; changes by reference ({"status": ["reported", "accepted"]})."""

    at = models.DateTimeField(help_text="when it was done")
    actor = models.CharField(max_length=80, help_text="person:UUID, system:job, token:name, anonymous:-")
    mandate_id = models.BigIntegerField(null=True, help_text="the mandate it was done under")
    action = models.CharField(max_length=60, help_text="room.verb")
    subject = models.CharField(max_length=80, help_text="type:id")
    purpose = models.CharField(max_length=80, blank=True, default="")
    changes = models.JSONField(default=dict, help_text="codes and references only")
    digest = models.BinaryField(max_length=32, help_text="SHA-256 over the fields above")

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"], name="audit_entry_subject"),
            models.Index(fields=["actor", "id"], name="audit_entry_actor"),
            # Rows lie in the order of time: a few pages of index, and nothing to pay for each entry.
            BrinIndex(fields=["at"], name="audit_entry_at"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


class Seal(models.Model):
    """封存 Seal: an entry's place in the chain; hash over the previous hash and the entry's digest; mac keyed."""

    position = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    hash = models.BinaryField(max_length=32)
    mac = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"seal:{self.position}"


class Access(models.Model):
    """查看记录 Access: who read which protected values, for what purpose."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    purpose = models.CharField(max_length=80)
    subjects = models.JSONField(help_text="list of type:id")
    fields = models.CharField(max_length=120, help_text="which fields, by name")

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="audit_access_at"),
            models.Index(fields=["actor", "id"], name="audit_access_actor"),
            GinIndex(fields=["subjects"], name="audit_access_subjects", opclasses=["jsonb_path_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.fields}"


class Link(models.Model):
    """关联 Link: from – relation – to, between any two objects, so that the loop can be walked in both directions."""

    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    source = models.CharField(max_length=80)
    relation = models.CharField(max_length=40)
    target = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "relation", "target"], name="audit_link_once")]
        indexes = [models.Index(fields=["target"], name="audit_link_target")]

    def __str__(self) -> str:
        return f"{self.source} {self.relation} {self.target}"


class RequestKey(models.Model):
    """请求凭据 RequestKey: an idempotency key with the answer it got; the same request later gets the same answer."""

    caller = models.CharField(max_length=80, help_text="actor reference, or a fingerprint of the visitor")
    key = models.CharField(max_length=80)
    fingerprint = models.BinaryField(max_length=32, help_text="SHA-256 of the request body")
    answer = models.JSONField(help_text="codes and references only")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="audit_requestkey_once")]
        indexes = [models.Index(fields=["created_at"], name="audit_requestkey_age")]

    def __str__(self) -> str:
        return f"request:{self.pk}"


class RateWindow(models.Model):
    """限流窗口 RateWindow: how often one bucket (what + a keyed fingerprint of who) was used in one window of time."""

    bucket = models.CharField(max_length=100)
    window = models.BigIntegerField(help_text="seconds since 1970, floored to the window's length")
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bucket", "window"], name="audit_ratewindow_once")]

    def __str__(self) -> str:
        return f"{self.bucket} {self.count}"
