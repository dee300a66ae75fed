"""Tables: volunteers, teams and their badges, activities, sign-ups, back-entries, service records, certificates."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from gongzhi.common.ids import uuid7
from gongzhi.gatherings.models import Gathering
from gongzhi.people.models import Organization, Person


class Volunteer(models.Model):
    """志愿者 Volunteer: one person's registration, from–to; freely made and freely ended."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    of_age = models.BooleanField(help_text="said to be of the pack's age")
    guardian_agreed = models.BooleanField(default=False)
    since = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(left_at__isnull=True), name="volunteering_registered_once"
            ),
            models.CheckConstraint(name="volunteering_guardian", condition=Q(of_age=True) | Q(guardian_agreed=True)),
        ]

    def __str__(self) -> str:
        return f"volunteer:{self.pk}"


class Team(models.Model):
    """志愿服务队 Team: a body that volunteers, with the badge of what it does."""

    organization = models.OneToOneField(Organization, on_delete=models.PROTECT, related_name="+")
    badge = models.CharField(max_length=40, help_text="from the pack: 红袖标, 红马褂, 小红帽")

    def __str__(self) -> str:
        return f"team:{self.pk}"


class TeamMember(models.Model):
    """队员 TeamMember: a volunteer in a team, from–to."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")
    since = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer", "team"], condition=Q(left_at__isnull=True), name="volunteering_in_team_once"
            )
        ]

    def __str__(self) -> str:
        return f"membership:{self.pk}"


class Activity(models.Model):
    """志愿活动 Activity: what a gathering needs beside itself for people to serve at it."""

    gathering = models.OneToOneField(Gathering, on_delete=models.PROTECT, related_name="activity")
    capacity = models.PositiveSmallIntegerField(help_text="how many volunteers are wanted")
    services = models.JSONField(default=list, blank=True, help_text="codes of booths of a fair, from the pack")
    risky = models.BooleanField(default=False, help_text="somebody could be hurt")
    insurance = models.CharField(max_length=120, blank=True, default="", help_text="insurer, policy, until when")

    class Meta:
        verbose_name_plural = "activities"
        constraints = [
            models.CheckConstraint(name="volunteering_some_places", condition=Q(capacity__gt=0)),
            # 志愿服务条例 17: insured before it is published, where somebody could be hurt.
            models.CheckConstraint(name="volunteering_risky_is_insured", condition=Q(risky=False) | ~Q(insurance="")),
        ]

    def __str__(self) -> str:
        return f"activity:{self.gathering_id}"


class SignUp(models.Model):
    """报名 SignUp: a volunteer who wants to come, came and left."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="signups")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    service = models.CharField(max_length=40, blank=True, default="", help_text="which booth, at a fair")
    at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    came_at = models.DateTimeField(null=True)
    late = models.BooleanField(default=False)
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "person"], condition=Q(cancelled_at__isnull=True), name="volunteering_signed_once"
            ),
            models.CheckConstraint(
                name="volunteering_left_after_coming",
                condition=Q(left_at__isnull=True) | Q(came_at__isnull=False, left_at__gte=F("came_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"signup:{self.pk}"


class BackEntry(models.Model):
    """补录 BackEntry: a service entered afterwards; it is nothing until somebody else approves it."""

    signup = models.ForeignKey(SignUp, on_delete=models.PROTECT, related_name="back_entries")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    host = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=300)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=200, help_text="why there was no code; no person")
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True)

    class Meta:
        verbose_name_plural = "back entries"
        constraints = [
            models.CheckConstraint(
                name="volunteering_second_person",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("entered_by")) & ~Q(decided_by=F("person")),
            ),
            models.UniqueConstraint(
                fields=["signup"], condition=Q(approved__isnull=True), name="volunteering_back_entry_waits_once"
            ),
        ]

    def __str__(self) -> str:
        return f"back_entry:{self.pk}"


class _Span(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class ServiceRecord(models.Model):
    """服务记录 ServiceRecord: one person's service, from–to, and who said so. Never changed, only reversed."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, null=True, related_name="records")
    host = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=300)
    kind = models.CharField(max_length=40, help_text="the gathering's kind when it was recorded")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    how = models.CharField(max_length=6, choices=[("codes", "签到签退"), ("staff", "补录")])
    confirmed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    reversed_at = models.DateTimeField(null=True, help_text="written by the database with the reversal")

    class Meta:
        constraints = [
            models.CheckConstraint(name="volunteering_ends_after", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="volunteering_not_by_oneself", condition=~Q(confirmed_by=F("person"))),
            ExclusionConstraint(
                name="volunteering_one_place_at_a_time",
                expressions=[
                    (_Span("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                    ("person", RangeOperators.EQUAL),
                ],
                condition=Q(reversed_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-starts_at"], name="volunteering_of_person"),
            models.Index(fields=["path"], name="volunteering_path", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return f"service:{self.pk}"


class Reversal(models.Model):
    """冲销 Reversal: a record that was wrong, why, and who said so."""

    record = models.OneToOneField(ServiceRecord, on_delete=models.PROTECT, related_name="reversal")
    reason = models.CharField(max_length=200, help_text="no person")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"reversal:{self.record_id}"


class Certificate(models.Model):
    """志愿服务记录证明 Certificate: a number given out for a person's minutes in a period."""

    code = models.CharField(max_length=24, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    host = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    first_on = models.DateField()
    last_on = models.DateField()
    minutes = models.PositiveIntegerField()
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"certificate:{self.code}"
