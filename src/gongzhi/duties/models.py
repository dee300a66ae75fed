"""The one table of this room: Duty. What a rule asks is read from its pack version; the state is worked out."""

from django.db import models
from django.db.models import F, Q

from gongzhi.common.ids import uuid7
from gongzhi.people.models import Mandate, VaultKey

OPEN = Q(fulfilled_at__isnull=True, excused_at__isnull=True)


class Duty(models.Model):
    """职责周期 Duty: one thing due once, by one rule of one pack version, for one subject and period."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    rule = models.CharField(max_length=64, help_text="code of the schedule rule")
    pack = models.CharField(max_length=120, help_text='the version that asked: "pack:schedules/cn.offices/1.0"')
    subject = models.CharField(max_length=80, help_text='whom it binds: "organization:7", "mandate:3", "place:PC-1"')
    path = models.CharField(max_length=300, help_text="path of the place: who above may see it")
    period = models.CharField(max_length=20, help_text="2026-W47, 2026-11, 2026-Q4, 2026-H2, 2026 or a first day")
    ordinal = models.IntegerField(help_text="numbers the periods of a rule without gaps: missed ones in a row")
    opens_on = models.DateField(help_text="from when it can be done")
    closes_on = models.DateField(help_text="last day of the period")
    due_on = models.DateField(help_text="last day on which it is in time, moved by the working calendar if so ruled")
    holder = models.ForeignKey(
        Mandate, on_delete=models.PROTECT, null=True, related_name="duties", help_text="who does it; none: vacant"
    )
    step = models.PositiveSmallIntegerField(default=0, help_text="steps of the alarm ladder that are behind")
    next_alarm_on = models.DateField(null=True, help_text="day of the next step; none: no more")
    evidence = models.CharField(max_length=120, blank=True, default="", help_text='what shows it: "case:GZ-…"')
    note = models.CharField(max_length=300, blank=True, default="", help_text="a line about the work, no person")
    fulfilled_at = models.DateTimeField(null=True)
    fulfilled_by = models.CharField(max_length=80, blank=True, default="", help_text="who, as the trail names them")
    excuse = models.CharField(max_length=300, blank=True, default="", help_text="why it need not be done this time")
    excuse_asked_at = models.DateTimeField(null=True)
    excuse_asked_by = models.CharField(max_length=80, blank=True, default="")
    excused_at = models.DateTimeField(null=True)
    excused_by = models.CharField(max_length=80, blank=True, default="", help_text="the second person")
    key = models.ForeignKey(
        VaultKey, on_delete=models.PROTECT, null=True, related_name="+", help_text="seals the files that show it"
    )
    made_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "duties"
        constraints = [
            models.UniqueConstraint(fields=["rule", "subject", "period"], name="duty_once_a_period"),
            models.CheckConstraint(
                name="duty_opens_before_it_is_due",
                condition=Q(opens_on__lte=F("due_on")) & Q(opens_on__lte=F("closes_on")),
            ),
            models.CheckConstraint(
                name="duty_done_is_shown",
                condition=Q(fulfilled_at__isnull=True, evidence="", fulfilled_by="")
                | Q(fulfilled_at__isnull=False) & ~Q(evidence="") & ~Q(fulfilled_by=""),
            ),
            models.CheckConstraint(
                name="duty_excuse_has_two",
                condition=Q(excused_at__isnull=True, excused_by="")
                | Q(excused_at__isnull=False, excuse_asked_at__isnull=False, fulfilled_at__isnull=True)
                & ~Q(excuse="")
                & ~Q(excused_by="")
                & ~Q(excused_by=F("excuse_asked_by")),
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], name="duty_open_by_day", condition=OPEN),
            models.Index(
                fields=["next_alarm_on", "id"], name="duty_alarms", condition=OPEN & Q(next_alarm_on__isnull=False)
            ),
            models.Index(fields=["subject", "opens_on"], name="duty_of_subject"),
            models.Index(fields=["path", "due_on"], name="duty_below", opclasses=["varchar_pattern_ops", "date_ops"]),
        ]

    def __str__(self) -> str:
        return f"duty:{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.fulfilled_at is None and self.excused_at is None
