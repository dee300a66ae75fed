"""Tables: what neighbours write, who said that it should not stand, what was decided, and appeals."""

from django.db import models
from django.db.models import F, Q

from gongzhi.common.ids import uuid7
from gongzhi.common.text import N_
from gongzhi.people.models import Person, Post, VaultKey
from gongzhi.places.models import Place


class State(models.TextChoices):
    """Where a message stands; the moves are rules.MOVES."""

    WAITING = "waiting", N_("等审核")
    SHOWN = "shown", N_("看得到")
    HIDDEN = "hidden", N_("拿下了")
    REFUSED = "refused", N_("没有通过")
    OVER = "over", N_("到期了")
    WITHDRAWN = "withdrawn", N_("自己撤下了")


class Message(models.Model):
    """帖子 Message: what a verified neighbour writes in the space of a compound, or a reply to it.

    Its words and the byline are sealed under a key of its own; no column says who lives where, and nothing is counted
    by person.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    number = models.CharField(max_length=24, unique=True, help_text="as said on the phone")
    kind = models.CharField(max_length=40, help_text="from the law pack cn.neighbours")
    pack = models.CharField(max_length=120, help_text="the pack whose rules hold for it")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", help_text="the compound; no home")
    path = models.CharField(max_length=300, help_text="of that place: what mandates are held against")
    answers = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replies")
    author = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", help_text="never shown; empty once erased"
    )
    key = models.ForeignKey(VaultKey, on_delete=models.PROTECT, related_name="+")
    words = models.BinaryField(help_text="{title, body, byline}, JSON, sealed")
    about = models.CharField(max_length=60, blank=True, default="", help_text='what it leads to: "vote:…", "course:…"')
    named = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", help_text="who said: this is about me"
    )
    named_words = models.BinaryField(default=b"", help_text="how that person wants to be called, sealed")
    named_at = models.DateTimeField(null=True, help_text="when that person asked for it, consent given")
    name_agreed_at = models.DateTimeField(null=True, help_text="when the author said that it is so; shown from then")
    state = models.CharField(max_length=10, choices=State)
    posted_at = models.DateTimeField()
    expires_on = models.DateField(help_text="first day on which it is not read any more")
    ended_at = models.DateTimeField(null=True, help_text="hidden, refused, over or withdrawn")
    request = models.UUIDField(null=True, unique=True, help_text="of the form: sent twice, written once")

    class Meta:
        constraints = [
            models.CheckConstraint(name="disclosure_message_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(
                name="disclosure_message_ended",
                condition=Q(state__in=["waiting", "shown"], ended_at__isnull=True)
                | ~Q(state__in=["waiting", "shown"]) & Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="disclosure_message_names_who_agreed",
                condition=Q(named__isnull=True, named_words=b"", named_at__isnull=True, name_agreed_at__isnull=True)
                | Q(named__isnull=False, named_at__isnull=False) & ~Q(named_words=b""),
            ),
            models.CheckConstraint(
                name="disclosure_message_names_another",
                condition=Q(named__isnull=True) | Q(author__isnull=True) | ~Q(named=F("author")),
            ),
            models.CheckConstraint(name="disclosure_message_not_its_own_reply", condition=~Q(answers=F("id"))),
        ]
        indexes = [
            models.Index(fields=["place", "-id"], condition=Q(answers__isnull=True), name="disclosure_newest"),
            models.Index(fields=["path"], name="disclosure_path", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["author", "-id"], name="disclosure_own"),
            models.Index(fields=["expires_on"], condition=Q(ended_at__isnull=True), name="disclosure_running"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """How the trail and links name it."""
        return f"message:{self.number}"


class Alert(models.Model):
    """举报 Alert: a reader says that a message should not stand, and why; read by who decides, told to nobody."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="alerts")
    by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", help_text="never told; empty once erased"
    )
    reason = models.CharField(max_length=40, help_text="code of the pack's reasons")
    note = models.BinaryField(default=b"", help_text="sealed")
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message", "by"], condition=Q(answered_at__isnull=True), name="disclosure_alert_once"
            )
        ]
        indexes = [models.Index(fields=["message"], condition=Q(answered_at__isnull=True), name="disclosure_alerted")]

    def __str__(self) -> str:
        return f"alert:{self.pk}"


class Verdict(models.TextChoices):
    """What was decided about a message."""

    ADMITTED = "admitted", N_("审核通过")
    REFUSED = "refused", N_("没有通过")
    HIDDEN = "hidden", N_("拿下")
    KEPT = "kept", N_("看过，留着")
    RESTORED = "restored", N_("申诉成立，放回去")
    UPHELD = "upheld", N_("申诉不成立")


class Moderation(models.Model):
    """处置 Moderation: one decision about a message, with the reason, not by its author. Append-only."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=10, choices=Verdict)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    path = models.CharField(max_length=300, help_text="as far as the mandate reached: an appeal goes above it")
    reason = models.CharField(max_length=40, blank=True, default="", help_text="code of the pack's reasons")
    basis = models.CharField(max_length=200, blank=True, default="", help_text="source and article, as the pack said")
    pack = models.CharField(max_length=120)
    note = models.BinaryField(default=b"", help_text="what the author is told beside the reason, sealed")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="disclosure_verdict_known", condition=Q(verdict__in=Verdict.values)),
            models.CheckConstraint(
                name="disclosure_taken_down_with_reason",
                condition=~Q(verdict__in=["hidden", "refused"]) | ~Q(reason="") & ~Q(basis=""),
            ),
            models.CheckConstraint(
                name="disclosure_appeal_with_words",
                condition=~Q(verdict__in=["restored", "upheld"]) | ~Q(note=b""),
            ),
        ]
        indexes = [models.Index(fields=["-at"], name="disclosure_decided")]

    def __str__(self) -> str:
        return f"moderation:{self.pk}"


class Appeal(models.Model):
    """申诉 Appeal: the author says that a decision was wrong; another person, above, answers until a day."""

    decision = models.OneToOneField(Moderation, on_delete=models.PROTECT, related_name="appeal")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", help_text="the author")
    against = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", help_text="who had decided")
    path = models.CharField(max_length=300, help_text="where a mandate to judge is needed")
    words = models.BinaryField(help_text="sealed under the message's key")
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    urged_at = models.DateTimeField(null=True, help_text="when those who judge were told that it is late")
    outcome = models.ForeignKey(Moderation, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="disclosure_appeal_judged_by_another",
                condition=Q(decided_by__isnull=True)
                | ~Q(decided_by=F("against")) & (Q(by__isnull=True) | ~Q(decided_by=F("by"))),
            ),
            models.CheckConstraint(
                name="disclosure_appeal_whole",
                condition=Q(decided_by__isnull=True, decided_at__isnull=True, outcome__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False, outcome__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(decided_at__isnull=True), name="disclosure_judging")]

    def __str__(self) -> str:
        return f"appeal:{self.pk}"
