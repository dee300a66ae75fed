"""Persons without personal values, the vault that holds those, and who may act as what."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from gongzhi.common.ids import uuid7
from gongzhi.common.text import N_
from gongzhi.places.models import Place


class VaultKey(models.Model):
    """保管库密钥 VaultKey: one subject's key, wrapped by a master key; destroying it erases all that it sealed."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    subject_kind = models.CharField(max_length=20, help_text="person, case, address")
    master_id = models.CharField(max_length=20)
    wrapped = models.BinaryField(help_text="empty once destroyed")
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="people_vaultkey_destroyed_is_empty",
                condition=Q(destroyed_at__isnull=True) | Q(wrapped=b""),
            )
        ]

    def __str__(self) -> str:
        return f"key:{self.pk}"


class PersonManager(BaseUserManager["Person"]):
    """Django's own look-ups by the key; signing in finds people through the vault's blind index instead."""


class Person(AbstractBaseUser):
    """人 Person: an account. Name, telephone and mail live in the vault; nothing here describes the person."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    key = models.ForeignKey(VaultKey, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(
        max_length=10,
        choices=[("person", "人"), ("service", "接口账号")],
        default="person",
    )
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False, help_text="演示数据")
    language = models.CharField(max_length=10, blank=True, default="")
    text_size = models.CharField(max_length=5, blank=True, default="", help_text="'', 'large' or 'max'")
    saved_filters = models.JSONField(
        default=list, blank=True, help_text="filters of the list of cases: {name, address}, the person's own"
    )
    second_factor = models.BinaryField(null=True, help_text="TOTP secret, sealed")
    second_factor_step = models.BigIntegerField(default=0, help_text="last TOTP step used; no code works twice")
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "id"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = PersonManager()

    def __str__(self) -> str:
        return f"person:{self.pk}"


class VaultValue(models.Model):
    """保管库的值 VaultValue: one personal value, sealed under its person's key, found by blind index only."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="vault_values")
    field = models.CharField(max_length=20, choices=[(f, f) for f in ("name", "phone", "email", "address")])
    sealed = models.BinaryField()
    blind_index = models.BinaryField(max_length=32, null=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "field"], name="people_vaultvalue_one_per_field"),
            models.UniqueConstraint(fields=["field", "blind_index"], name="people_vaultvalue_index_once"),
        ]

    def __str__(self) -> str:
        return f"{self.field} of person:{self.person_id}"


class SignInCode(models.Model):
    """登录验证码 SignInCode: a one-time code for a telephone or mail address known only by blind index."""

    blind_index = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["blind_index", "-created_at"], name="people_code_newest")]

    def __str__(self) -> str:
        return f"code:{self.pk}"


class ApiToken(models.Model):
    """接口令牌 ApiToken: a bearer token of a service account, or of somebody's own account; kept as a digest."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    digest = models.BinaryField(max_length=32, unique=True)
    own = models.BooleanField(default=False, help_text="made by its holder: their own matters, none of their posts")
    purpose = models.CharField(max_length=40, blank=True, default="", help_text="what its holder calls it")
    prefix = models.CharField(max_length=12, blank=True, default="", help_text="its first signs, to tell it apart")
    created_at = models.DateTimeField()
    used_on = models.DateField(null=True, help_text="the day of its last use; the hour is not kept")
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"token:{self.pk}"


class Organization(models.Model):
    """组织 Organization: any body; the kind comes from packs; earlier names and parents are OrganizationVersions."""

    code = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=40, help_text="from the model pack")
    name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="organizations")
    serves = models.JSONField(default=list, help_text="category codes it handles")
    features = models.JSONField(default=dict, help_text="statutory attributes, validated by the pack")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="people_organization_dates",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            )
        ]

    def __str__(self) -> str:
        return self.name


class OrganizationVersion(models.Model):
    """组织沿革 OrganizationVersion: the name and parent an organization had between two dates."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="versions")
    name = models.CharField(max_length=120)
    parent = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "valid_from"], name="people_orgversion_once")
        ]

    def __str__(self) -> str:
        return self.name


class Relation(models.Model):
    """关系 Relation: one organization leads, guides, works with, supervises, serves or is paired with another."""

    kind = models.CharField(max_length=20, help_text="from the model pack: 领导 指导 协作 监督 服务 结对 驻区 包保")
    source = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="relations_out")
    target = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="relations_in")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source", "target"], condition=Q(valid_to__isnull=True), name="people_relation_once"
            ),
            models.CheckConstraint(name="people_relation_not_self", condition=~Q(source=F("target"))),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"


class Post(models.Model):
    """职位 Post: a role over a place, in an organization, with a number of seats."""

    code = models.CharField(max_length=80, unique=True)
    role = models.CharField(max_length=20)
    title = models.CharField(max_length=60)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="posts")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="posts")
    seats = models.PositiveSmallIntegerField(default=1)
    eligibility = models.CharField(max_length=120, blank=True, default="")
    profession = models.CharField(
        max_length=40, blank=True, default="", help_text="of an expert's post: a code of the model pack's professions"
    )
    incompatible = models.JSONField(default=list, help_text="roles the holder may not also hold")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    def __str__(self) -> str:
        return self.title


class Employment(models.TextChoices):
    """How the holder of a post is employed; what is paid is free text, no rule follows from it."""

    FULL_TIME = "full_time", "专职"
    PART_TIME = "part_time", "兼职"
    OFFICE = "office", "因职务"
    VOLUNTEER = "volunteer", "志愿"


class Entry(models.TextChoices):
    """How the holder came to the post: what is counted as recruited is said here, not read out of a decision."""

    RECRUITED = "recruited", N_("招聘")
    ELECTED = "elected", N_("选举")
    SELECTED = "selected", N_("推选")
    APPOINTED = "appointed", N_("组织任命")
    TRANSFERRED = "transferred", N_("调任")


class Mandate(models.Model):
    """任职 Mandate: this person acts in this post from–to, by this decision; or stands in for another mandate."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="mandates")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="mandates")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, help_text="the first day on which it no longer holds")
    decision = models.CharField(max_length=120, help_text="by which decision or document")
    substitute_for = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="substitutes")
    handed_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    employment = models.CharField(
        max_length=12, choices=Employment.choices, blank=True, default="", help_text="how the holder is employed"
    )
    entry = models.CharField(
        max_length=12, choices=Entry.choices, blank=True, default="", help_text="how the holder came to the post"
    )
    terms = models.JSONField(
        default=dict, blank=True, help_text="stipend in the office's own words, committee_path true or false"
    )
    roster = models.JSONField(default=list, blank=True, help_text="shifts on duty: {from, to}, times with zone")
    households = models.JSONField(
        default=list, blank=True, help_text="codes of the dwellings that a neighbour keeps contact with"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="people_mandate_dates",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
            models.UniqueConstraint(
                fields=["person", "post"], condition=Q(valid_to__isnull=True), name="people_mandate_once"
            ),
        ]

    def __str__(self) -> str:
        return f"mandate:{self.pk}"


class Charge(models.Model):
    """责任范围 Charge: a place that a body or somebody in a post answers for beside its own: the further compounds of a
    joint branch, the 片 or 栋 that a secretary or member has taken on. It gives no permission.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="charges")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True, related_name="charges")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="charges")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, help_text="the first day on which it no longer holds")
    decision = models.CharField(max_length=120, help_text="by which decision or document")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="people_charge_of_one",
                condition=Q(organization__isnull=False, mandate__isnull=True)
                | Q(organization__isnull=True, mandate__isnull=False),
            ),
            models.CheckConstraint(
                name="people_charge_dates",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
            models.UniqueConstraint(
                fields=["organization", "place"], condition=Q(valid_to__isnull=True), name="people_charge_body_once"
            ),
            models.UniqueConstraint(
                fields=["mandate", "place"], condition=Q(valid_to__isnull=True), name="people_charge_holder_once"
            ),
        ]

    def __str__(self) -> str:
        return f"charge:{self.pk}"


class Membership(models.Model):
    """党员登记 Membership: somebody belongs to a party branch. Whose it is stands sealed; no other table tells."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="memberships")
    category = models.CharField(max_length=40, help_text="from the model pack")
    key = models.ForeignKey(VaultKey, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField(help_text="whose it is")
    holder_index = models.BinaryField(max_length=32, help_text="blind index of whose it is")
    valid_from = models.DateField()
    shown_at = models.DateTimeField(null=True, help_text="since when its holder shows it, by their own choice")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "holder_index"], name="people_membership_once")
        ]
        indexes = [models.Index(fields=["holder_index"], name="people_membership_holder")]

    def __str__(self) -> str:
        return f"membership:{self.pk}"


class ConsentRecord(models.Model):
    """同意记录 ConsentRecord: one person's consent to one purpose and version; withdrawing is as easy as granting."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    text_hash = models.CharField(
        max_length=64, blank=True, default="", db_default="", help_text="SHA-256 of the words that were agreed to"
    )
    how = models.CharField(
        max_length=10,
        choices=[("self", "本人"), ("guardian", "监护人")],
        default="self",
        db_default="self",
        help_text="who agreed",
    )
    guardian = models.BinaryField(null=True, help_text="JSON {name, relation}, sealed under the person's key")
    by = models.CharField(
        max_length=80, blank=True, default="", db_default="", help_text="whose account did it, as the trail names it"
    )
    granted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, help_text="the one column that changes, and once")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"], condition=Q(withdrawn_at__isnull=True), name="people_consent_current"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.version}"
