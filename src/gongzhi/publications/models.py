"""Tables of what is made public: the item, who looked at which version, corrections, and replies."""

from django.db import models
from django.db.models import F, Q

from gongzhi.common.ids import uuid7
from gongzhi.common.text import N_
from gongzhi.duties.models import Duty
from gongzhi.people.models import Organization, Person, Post, VaultKey
from gongzhi.places.models import Place


class State(models.TextChoices):
    """Where an item stands."""

    DRAFT = "draft", N_("草稿")
    STATEMENT = "statement", N_("等对方陈述")
    REVIEW = "review", N_("等审核")
    RELEASED = "released", N_("公开中")
    EXPIRED = "expired", N_("已到期")
    WITHDRAWN = "withdrawn", N_("已撤下")
    DROPPED = "dropped", N_("没有发布")


class SubjectKind(models.TextChoices):
    """What an item is about. There is no value for a person."""

    PLACE = "place", N_("地点")
    FACILITY = "facility", N_("设施")
    ORGANIZATION = "organization", N_("单位")
    MATTER = "matter", N_("事情")
    DUTY = "duty", N_("职责")


class Tone(models.TextChoices):
    """How an item speaks of its subject."""

    POSITIVE = "positive", N_("表扬")
    NEUTRAL = "neutral", N_("中性")
    NEGATIVE = "negative", N_("批评")


WAS_PUBLIC = (State.RELEASED, State.EXPIRED, State.WITHDRAWN)


class Publication(models.Model):
    """公开事项 Publication: anything made public: written, checked by a second person, stamped, corrected, expired.

    Its words are sealed under a key of its own; what was released is kept byte for byte beside its hash, and a
    trigger refuses every change of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    number = models.CharField(max_length=30, unique=True, help_text="as printed on notices")
    key = models.ForeignKey(VaultKey, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=64, help_text="from the model pack")
    pack = models.CharField(max_length=120, help_text="the model pack whose rules hold for it")
    tone = models.CharField(max_length=8, choices=Tone, help_text="of the kind, when it was begun")
    subject_kind = models.CharField(max_length=12, choices=SubjectKind)
    subject_place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    subject_organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    subject_reference = models.CharField(
        max_length=120, blank=True, default="", help_text='the matter or the duty itself: "case:GZ-…", "duty-rule:code"'
    )
    fulfils = models.ForeignKey(
        Duty, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="shown done by its release"
    )
    party = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="the body concerned: notified first, may reply",
    )
    named = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="named with a consent of their own; never on a critical item (by constraint)",
    )
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", help_text="whose residents it is for")
    path = models.TextField(help_text="of that place: what mandates are held against")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    version = models.PositiveSmallIntegerField(default=0, help_text="how often it was sent to review")
    words = models.BinaryField(help_text="the text being written, JSON, sealed")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    author_post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    releaser = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    releaser_post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    noticed_at = models.DateTimeField(null=True, blank=True, help_text="when the body concerned was told")
    statement_until = models.DateTimeField(null=True, blank=True, help_text="end of the statement period")
    wanted_expiry = models.DateField(null=True, blank=True, help_text="as the author asks; empty: the kind's days")
    released_at = models.DateTimeField(null=True, blank=True)
    record = models.BinaryField(default=b"", help_text="the released record, canonical JSON, sealed")
    digest = models.BinaryField(max_length=32, default=b"", help_text="SHA-256 of the opened record")
    expires_on = models.DateField(null=True, blank=True, help_text="first day on which it is public no more")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="expired, withdrawn or dropped")
    pinned_until = models.DateField(null=True, blank=True, help_text="first day on which it stands on top no more")
    reads = models.PositiveIntegerField(default=0, help_text="openings; no table knows whose")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="publication_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(name="publication_subject_known", condition=Q(subject_kind__in=SubjectKind.values)),
            models.CheckConstraint(
                name="publication_never_shames_a_person", condition=~Q(tone=Tone.NEGATIVE) | Q(named__isnull=True)
            ),
            models.CheckConstraint(
                name="publication_two_persons", condition=Q(releaser__isnull=True) | ~Q(releaser=F("author"))
            ),
            models.CheckConstraint(
                name="publication_released_is_whole",
                condition=~Q(state__in=WAS_PUBLIC)
                | (
                    Q(releaser__isnull=False, released_at__isnull=False, expires_on__isnull=False)
                    & ~Q(record=b"")
                    & ~Q(digest=b"")
                ),
            ),
            models.CheckConstraint(
                name="publication_critical_was_heard",
                condition=~Q(state__in=WAS_PUBLIC)
                | ~Q(tone=Tone.NEGATIVE)
                | Q(party__isnull=False, noticed_at__isnull=False, statement_until__lte=F("released_at")),
            ),
            models.CheckConstraint(
                name="publication_subject_is_named",
                condition=~Q(subject_kind="organization") | Q(subject_organization__isnull=False),
            ),
            models.CheckConstraint(
                name="publication_subject_is_real",
                condition=~Q(state__in=(State.REVIEW, *WAS_PUBLIC))
                | Q(subject_kind__in=("place", "facility"), subject_place__isnull=False)
                | Q(subject_kind="duty", subject_reference__startswith="duty-rule:")
                | Q(subject_kind__in=("organization", "matter")),
            ),
            models.CheckConstraint(
                name="publication_subject_is_nobody",
                condition=~Q(subject_reference__startswith="person:") & ~Q(subject_reference__startswith="mandate:"),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-released_at"], name="publication_newest"),
            models.Index(fields=["path"], name="publication_path", opclasses=["text_pattern_ops"]),
            models.Index(fields=["expires_on"], condition=Q(state="released"), name="publication_running"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def reference(self) -> str:
        """How the trail and links name it."""
        return f"publication:{self.number}"

    @property
    def evidence_reference(self) -> str:
        """What was checked with: for staff only, never shown in public."""
        return f"publication-evidence:{self.number}"


class Verdict(models.TextChoices):
    """What was done with a version."""

    COVERED = "covered", N_("遮住了不该公开的")
    NOTIFIED = "notified", N_("告知对方")
    SUBMITTED = "submitted", N_("送审")
    RETURNED = "returned", N_("退回修改")
    RELEASED = "released", N_("审核通过，发布")


class Review(models.Model):
    """审核 Review: one look at one version by one person in one post, with the text as it was then. Append-only."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="reviews")
    version = models.PositiveSmallIntegerField()
    verdict = models.CharField(max_length=10, choices=Verdict)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    words = models.BinaryField(help_text="the whole text of this version, sealed")
    note = models.BinaryField(default=b"", help_text="sealed")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="publications_review_verdict", condition=Q(verdict__in=Verdict.values))
        ]

    def __str__(self) -> str:
        return f"{self.verdict} v{self.version}"


class CorrectionKind(models.TextChoices):
    """What is put right."""

    CORRECTED = "corrected", N_("更正")
    WITHDRAWN = "withdrawn", N_("撤下")
    RECTIFIED = "rectified", N_("已整改")


class Correction(models.Model):
    """更正 Correction: what was wrong, what is right, why, who, when; public beside the item, as the old text is.

    A corrected text is proposed by one and released by another; taking down and 已整改 need one person and at once.
    """

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="corrections")
    kind = models.CharField(max_length=10, choices=CorrectionKind)
    words = models.BinaryField(help_text="{wrong, right, why}, sealed")
    record = models.BinaryField(default=b"", help_text="the corrected record, canonical JSON, sealed")
    digest = models.BinaryField(max_length=32, default=b"", help_text="SHA-256 of the opened record")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    releaser = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    releaser_post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="correction_two_persons",
                condition=~Q(kind="corrected") | Q(releaser__isnull=True) | ~Q(releaser=F("by")),
            ),
            models.CheckConstraint(
                name="correction_released_is_whole",
                condition=Q(released_at__isnull=True)
                | Q(releaser__isnull=False) & (~Q(kind="corrected") | (~Q(record=b"") & ~Q(digest=b""))),
            ),
            models.UniqueConstraint(
                fields=["publication"],
                condition=Q(released_at__isnull=True, refused_at__isnull=True),
                name="correction_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def reference(self) -> str:
        """What its new pictures belong to until it is released: for staff only."""
        return f"publication-correction:{self.pk}"


class ReplyState(models.TextChoices):
    """What became of a statement or reply."""

    FILED = "filed", N_("等处理")
    SHOWN = "shown", N_("登在旁边")
    REFUSING = "refusing", N_("提议不登")
    REFUSED = "refused", N_("不登")


class Reply(models.Model):
    """回应 Reply: what the body or person concerned says, beside the item, word for word but for what is covered."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="replies")
    before_release = models.BooleanField(help_text="陈述: filed in the statement period")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="on whose behalf"
    )
    by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="empty: with the word of the notice, without an account",
    )
    state = models.CharField(max_length=8, choices=ReplyState, default=ReplyState.FILED)
    words = models.BinaryField(help_text="as filed, sealed")
    shown = models.BinaryField(default=b"", help_text="as shown, sealed: the same, parts covered")
    reason = models.BinaryField(default=b"", help_text="why it is refused, sealed")
    filed_at = models.DateTimeField()
    proposer = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decider = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decider_post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "replies"
        constraints = [
            models.CheckConstraint(
                name="reply_refused_by_two",
                condition=~Q(state="refused")
                | (Q(proposer__isnull=False, decider__isnull=False) & ~Q(proposer=F("decider")) & ~Q(reason=b"")),
            ),
            models.CheckConstraint(name="reply_shown_is_whole", condition=~Q(state="shown") | ~Q(shown=b"")),
        ]

    def __str__(self) -> str:
        return f"reply:{self.pk}"
