"""Tables: agreements, who stands in them, their lines and what was recorded on them, what is lent. No workflow."""

from django.db import models
from django.db.models import F, Q

from gongzhi.common.ids import uuid7
from gongzhi.common.text import N_
from gongzhi.people.models import Organization, Person, VaultKey
from gongzhi.places.models import Place


class State(models.TextChoices):
    """Where an agreement stands; the moves are rules.MOVES."""

    DRAFT = "draft", N_("起草")
    SIGNED = "signed", N_("签好，未生效")
    RUNNING = "running", N_("生效中")
    RENEWED = "renewed", N_("已续签")
    ENDED = "ended", N_("已终止")
    EXPIRED = "expired", N_("已到期")


class Outcome(models.TextChoices):
    """What an evaluation found."""

    MET = "met", N_("做到了")
    PARTLY = "partly", N_("做到一部分")
    UNMET = "unmet", N_("没做到")


LIVE = (State.SIGNED, State.RUNNING)


class Agreement(models.Model):
    """协议 Agreement: who promised what at a place from one day to another, under a kind of a pack."""

    number = models.CharField(max_length=10, unique=True, help_text="XY0001")
    kind = models.CharField(max_length=64, help_text="name of the pack of kind agreement")
    pack = models.CharField(max_length=120, help_text="the version whose roles and lines it was drafted from")
    title = models.CharField(max_length=80)
    about = models.CharField(max_length=500, blank=True, default="", help_text="for everybody; no person")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", help_text="what place it is for")
    path = models.CharField(max_length=300, help_text="of that place: what mandates are held against")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    facet = models.CharField(max_length=64, blank=True, default="", help_text="of the pack: 试点类型, 支持办法")
    anchors = models.JSONField(default=dict, help_text='days its lines are counted from: {"presale": "2026-03-01"}')
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, help_text="the last day on which it holds; none: until it is ended")
    renews = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="renewals")
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True, default="")
    outcome_reason = models.CharField(max_length=300, blank=True, default="")
    outcome_sheet = models.CharField(max_length=80, blank=True, default="", help_text='reference: "sheet:…"')
    outcome_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    ended_reason = models.CharField(max_length=300, blank=True, default="")
    key = models.ForeignKey(VaultKey, on_delete=models.PROTECT, related_name="+", help_text="seals its papers")
    drafted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    request = models.UUIDField(null=True, unique=True, help_text="of the form: sent twice, written once")

    class Meta:
        constraints = [
            models.CheckConstraint(name="partnerships_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(
                name="partnerships_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="partnerships_ended_with_a_day_and_a_reason",
                condition=Q(state="ended", ended_on__isnull=False) & ~Q(ended_reason="")
                | ~Q(state="ended") & Q(ended_on__isnull=True),
            ),
            models.CheckConstraint(
                name="partnerships_outcome_whole",
                condition=Q(outcome="", outcome_on__isnull=True)
                | Q(outcome__in=Outcome.values, outcome_on__isnull=False) & ~Q(outcome_reason=""),
            ),
            models.UniqueConstraint(
                fields=["renews"], condition=~Q(state="ended"), name="partnerships_renewed_once"
            ),
        ]
        indexes = [
            models.Index(fields=["path"], name="partnerships_path", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["ends_on"], condition=Q(state__in=LIVE), name="partnerships_ending"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """How the trail, links and duties name it."""
        return f"agreement:{self.number}"


class Party(models.Model):
    """一方 Party: a body in an agreement, as what, and when it signed."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="parties")
    position = models.PositiveSmallIntegerField()
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=64, help_text="code of the pack's role")
    signed_on = models.DateField(null=True)
    signed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", help_text="who signed here, or showed the paper"
    )
    by_paper = models.BooleanField(default=False, help_text="shown by another on a signed paper")

    class Meta:
        verbose_name_plural = "parties"
        constraints = [
            models.UniqueConstraint(fields=["agreement", "organization"], name="partnerships_party_once"),
            models.UniqueConstraint(fields=["agreement", "position"], name="partnerships_party_position"),
            models.CheckConstraint(
                name="partnerships_signed_by_somebody",
                condition=Q(signed_on__isnull=True, signed_by__isnull=True, by_paper=False)
                | Q(signed_on__isnull=False, signed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"party:{self.pk}"


class AgreementLine(models.Model):
    """条款 AgreementLine: one thing promised: by which party, by when, what shows it, how far it is."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=120)
    owner = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="owned")
    partners = models.ManyToManyField(Party, related_name="helped", help_text="who works on it with the owner")
    evidence = models.CharField(max_length=80, help_text="what shows that it is done")
    facet = models.CharField(max_length=64, blank=True, default="", help_text="code of the pack's facet")
    counted = models.CharField(max_length=8, blank=True, default="", help_text="word of what is counted: 次, 人")
    target = models.PositiveIntegerField(null=True)
    total = models.PositiveBigIntegerField(default=0, help_text="sum of what was recorded; by trigger only")
    progress = models.PositiveSmallIntegerField(default=0, help_text="per cent, as recorded last; by trigger only")
    due_on = models.DateField(null=True)
    illustrative = models.BooleanField(default=False, help_text="the pack's own default, no source has it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "position"], name="partnerships_line_position"),
            models.CheckConstraint(name="partnerships_progress_is_a_share", condition=Q(progress__lte=100)),
            models.CheckConstraint(
                name="partnerships_target_counts_something",
                condition=Q(target__isnull=True) | Q(target__gt=0) & ~Q(counted=""),
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(progress__lt=100), name="partnerships_line_due")]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"agreement_line:{self.pk}"


class Asset(models.Model):
    """场地和资产 Asset: what is lent by an agreement: its area in square metres, exact; free until when, used how."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="assets")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=64, help_text="code of the pack's asset kind")
    name = models.CharField(max_length=80)
    pieces = models.PositiveSmallIntegerField(default=1, help_text="how many rooms or shops the area is of")
    area = models.DecimalField(max_digits=12, decimal_places=2, help_text="square metres of all pieces together")
    purpose = models.CharField(max_length=80, help_text="what it is to be used for")
    facet = models.CharField(max_length=64, blank=True, default="", help_text="which gap in venues it fills")
    free_until = models.DateField(null=True, help_text="last day without rent; none: as long as the agreement")
    used_by = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "position"], name="partnerships_asset_position"),
            models.CheckConstraint(name="partnerships_asset_is_of_something", condition=Q(area__gt=0, pieces__gt=0)),
        ]

    def __str__(self) -> str:
        return f"asset:{self.pk}"


class LineEvent(models.Model):
    """条款记录 LineEvent: what was done on a line or with an asset, and how far it is. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    line = models.ForeignKey(AgreementLine, on_delete=models.PROTECT, null=True, related_name="events")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, null=True, related_name="events")
    on = models.DateField(help_text="the day on which it was done")
    amount = models.PositiveIntegerField(default=0, help_text="of what the line counts; an asset: how many people came")
    progress = models.PositiveSmallIntegerField(null=True, help_text="per cent from now on")
    note = models.CharField(max_length=200, help_text="for everybody; no person")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", help_text="who did it")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    request = models.UUIDField(null=True, unique=True, help_text="of the form: sent twice, written once")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="partnerships_event_of_one",
                condition=Q(line__isnull=False, asset__isnull=True)
                | Q(line__isnull=True, asset__isnull=False, progress__isnull=True),
            ),
            models.CheckConstraint(
                name="partnerships_event_progress", condition=Q(progress__isnull=True) | Q(progress__lte=100)
            ),
        ]
        indexes = [models.Index(fields=["line", "-id"], name="partnerships_event_newest")]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What its papers belong to."""
        return f"agreement_event:{self.pk}"
