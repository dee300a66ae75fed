"""Who owns or lives in which dwelling, and what a list brought in that contradicts it."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from gongzhi.common.ids import uuid7
from gongzhi.common.text import N_
from gongzhi.people.models import Organization, Person, VaultKey
from gongzhi.places.models import Place


class Capacity(models.TextChoices):
    """As what somebody is at a dwelling; the words shown come from the pack."""

    OWNER = "owner", N_("业主")
    TENANT = "tenant", N_("租客")
    FAMILY = "family", N_("家人")
    USER = "user", N_("使用人")


class Status(models.TextChoices):
    """Where a tenure stands: nothing counts before somebody else has approved it."""

    DECLARED = "declared", N_("待审核")
    APPROVED = "approved", N_("已认定")
    REFUSED = "refused", N_("没通过")
    ENDED = "ended", N_("已结束")


_LIVING = (Status.DECLARED, Status.APPROVED, Status.ENDED)


class Tenure(models.Model):
    """住户身份 Tenure: this person, body or number of people is at this dwelling as owner, tenant, family or user."""

    dwelling = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="tenures", help_text="a dwelling")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="tenures")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="tenures", help_text="a developer, a company"
    )
    heads = models.PositiveSmallIntegerField(null=True, help_text="how many people nobody names; tenants by default")
    stand_in = models.UUIDField(
        null=True, help_text="an erased holder: the same for all their tenures, leading to nobody"
    )
    capacity = models.CharField(max_length=8, choices=Capacity.choices)
    share_numerator = models.PositiveIntegerField(null=True, help_text="an owner's share; empty: joint (共同共有)")
    share_denominator = models.PositiveIntegerField(null=True)
    lives_here = models.BooleanField(default=True, help_text="whether the dwelling is lived in by virtue of this")
    valid_from = models.DateField(help_text="first day")
    valid_to = models.DateField(null=True, help_text="first day on which it no longer holds")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DECLARED)
    proof = models.CharField(max_length=40, blank=True, default="", help_text="kind of proof, a code of the pack")
    key = models.ForeignKey(
        VaultKey, on_delete=models.PROTECT, null=True, related_name="+", help_text="seals the papers and the note"
    )
    declared_by = models.CharField(max_length=80, help_text="who, as the trail names them; a list: import:…")
    declared_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, blank=True, default="", help_text="never who declared it")
    decided_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(
        null=True, help_text="when the holder, named by somebody else, said yes; what one declares of oneself: at once"
    )
    reason = models.CharField(max_length=40, blank=True, default="", help_text="why refused or ended, a code")
    note = models.BinaryField(null=True, help_text="the reason in words, sealed")
    expires_on = models.DateField(null=True, help_text="first day after the contract; asked again before")
    reminded_on = models.DateField(null=True, help_text="when the holder was told that it expires")
    contract_number = models.CharField(max_length=60, blank=True, default="", help_text="filing number of the lease")
    transferred_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="transferred_to", help_text="ends with this approval"
    )
    chooses = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="chosen_by", help_text="whom this one wants to speak"
    )
    representative = models.BooleanField(default=False, help_text="speaks for the household")
    moved_out_on = models.DateField(null=True, help_text="since when nobody lives here by virtue of this")

    class Meta:
        verbose_name = "住户身份"
        indexes = [
            models.Index(fields=["dwelling", "status"], name="tenure_of_dwelling"),
            models.Index(fields=["declared_at"], condition=Q(status="declared"), name="tenure_waiting"),
            models.Index(fields=["expires_on"], condition=Q(status="approved"), name="tenure_expiring"),
        ]
        constraints = [
            models.CheckConstraint(
                name="tenure_one_holder",
                condition=Q(person__isnull=False, organization__isnull=True, heads__isnull=True)
                | Q(person__isnull=True, organization__isnull=False, heads__isnull=True)
                | Q(person__isnull=True, organization__isnull=True, heads__isnull=False),
            ),
            models.CheckConstraint(name="tenure_heads", condition=Q(heads__isnull=True) | Q(heads__range=(1, 99))),
            models.CheckConstraint(
                name="tenure_stand_in_is_nobody", condition=Q(stand_in__isnull=True) | Q(heads__isnull=False)
            ),
            models.CheckConstraint(
                name="tenure_owner_is_somebody",
                condition=~Q(capacity="owner") | Q(heads__isnull=True) | Q(stand_in__isnull=False),
            ),
            models.CheckConstraint(
                name="tenure_share",
                condition=Q(share_numerator__isnull=True, share_denominator__isnull=True)
                | Q(
                    capacity="owner",
                    share_numerator__gt=0,
                    share_denominator__gt=0,
                    share_numerator__lte=F("share_denominator"),
                ),
            ),
            models.CheckConstraint(
                name="tenure_dates", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            ),
            models.CheckConstraint(name="tenure_capacity_known", condition=Q(capacity__in=Capacity.values)),
            models.CheckConstraint(
                name="tenure_four_eyes",
                condition=~Q(status__in=["approved", "refused"])
                | (Q(decided_at__isnull=False) & ~Q(decided_by="") & ~Q(decided_by=F("declared_by"))),
            ),
            models.CheckConstraint(
                name="tenure_named_agreed",
                condition=~Q(status="approved")
                | Q(capacity="owner")
                | Q(person__isnull=True)
                | Q(confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="tenure_refused_with_reason", condition=~Q(status="refused") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="tenure_ended_with_day",
                condition=~Q(status="ended") | Q(valid_to__isnull=False),
            ),
            models.CheckConstraint(
                name="tenure_speaker_is_approved",
                condition=Q(representative=False) | Q(status="approved", person__isnull=False, lives_here=True),
            ),
            models.UniqueConstraint(
                fields=["dwelling"], condition=Q(representative=True), name="tenure_one_representative"
            ),
            ExclusionConstraint(
                name="tenure_person_once",
                expressions=[
                    ("dwelling", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("capacity", RangeOperators.EQUAL),
                    (Func(F("valid_from"), F("valid_to"), function="daterange"), RangeOperators.OVERLAPS),
                ],
                condition=Q(person__isnull=False, status__in=_LIVING),
            ),
            ExclusionConstraint(
                name="tenure_body_once",
                expressions=[
                    ("dwelling", RangeOperators.EQUAL),
                    ("organization", RangeOperators.EQUAL),
                    ("capacity", RangeOperators.EQUAL),
                    (Func(F("valid_from"), F("valid_to"), function="daterange"), RangeOperators.OVERLAPS),
                ],
                condition=Q(organization__isnull=False, status__in=_LIVING),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """How the trail and links name this tenure."""
        return f"tenure:{self.pk}"


DECISIONS = [
    ("kept", N_("保留原来的")),
    ("took", N_("改用表里的")),
    ("same", N_("是同一个人")),
    ("other", N_("是另一个人")),
]


class RegisterConflict(models.Model):
    """名册出入 RegisterConflict: a row of a list that contradicts the register; kept sealed until somebody picks."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    dwelling = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    held = models.ForeignKey(
        Tenure, on_delete=models.CASCADE, null=True, related_name="conflicts", help_text="what the register holds"
    )
    kind = models.CharField(max_length=20, help_text="other_name, shares, other_count, area")
    key = models.ForeignKey(VaultKey, on_delete=models.PROTECT, related_name="+")
    row = models.BinaryField(help_text="the row as it was written, sealed; empty once decided")
    brought_by = models.CharField(max_length=80)
    brought_at = models.DateTimeField()
    decision = models.CharField(max_length=10, blank=True, default="", choices=DECISIONS)
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "名册出入"
        indexes = [models.Index(fields=["dwelling"], condition=Q(decision=""), name="conflict_open")]
        constraints = [
            models.CheckConstraint(
                name="conflict_decided_whole",
                condition=Q(decision="", decided_at__isnull=True) | ~Q(decision="") & Q(decided_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"conflict:{self.pk}"
