"""Tables: series of gatherings, gatherings, their agenda, topics, who came, what came out. No workflow here."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from gongzhi.common.ids import uuid7
from gongzhi.people.models import Organization, Person, VaultKey
from gongzhi.places.models import Place


class Every(models.TextChoices):
    """How often a series meets."""

    WEEK = "week", "每周"
    FORTNIGHT = "fortnight", "每两周"
    MONTH = "month", "每月"
    TWO_MONTHS = "two_months", "每两个月"
    QUARTER = "quarter", "每季度"


class Series(models.Model):
    """系列 Series: meetings of one kind of one body that come again and again."""

    kind = models.CharField(max_length=40, help_text="from the model pack")
    title = models.CharField(max_length=80)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    venue = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    every = models.CharField(max_length=12, choices=Every.choices)
    first_at = models.DateTimeField(help_text="the first one: weekday or day of the month, and hour")
    minutes = models.PositiveSmallIntegerField(help_text="how long one is planned to last")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "organization"], condition=Q(ended_at__isnull=True), name="gatherings_series_once"
            )
        ]

    def __str__(self) -> str:
        return f"series:{self.pk}"


class Status(models.TextChoices):
    """Where a gathering stands."""

    PLANNED = "planned", "拟开"
    NOTICED = "noticed", "已通知"
    OPEN = "open", "正在开"
    CLOSED = "closed", "开完了"
    CANCELLED = "cancelled", "不开了"


class _Span(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Gathering(models.Model):
    """聚会 Gathering: one meeting, talk, hearing or fair: who called it, where, when, what was said and decided."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=40, help_text="from the model pack")
    pack = models.CharField(max_length=120, help_text="the version of the model whose numbers hold for it")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, related_name="gatherings")
    title = models.CharField(max_length=80)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=300, help_text="path of the place: who above may see it")
    venue = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    where = models.CharField(max_length=80, help_text="the venue's name, or words")
    platform = models.CharField(max_length=40, blank=True, default="", help_text="named venue, from the pack")
    terms = models.JSONField(
        default=dict, blank=True, help_text="{course, step, notice_days, quorum, figures} of a procedure"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    public = models.BooleanField(help_text="residents see the notice and may come")
    called_by = models.CharField(max_length=80, help_text="who called it, as the trail names them")
    called_at = models.DateTimeField()
    noticed_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    due = models.PositiveIntegerField(default=0, help_text="members due (应到) on the day it opened")
    key = models.ForeignKey(VaultKey, on_delete=models.PROTECT, related_name="+", help_text="seals what was said")
    words = models.BinaryField(help_text="JSON {said, reason}, sealed")
    tasks = models.CharField(max_length=40, blank=True, default="", help_text="number of its list of tasks")

    class Meta:
        constraints = [
            models.CheckConstraint(name="gatherings_ends_after_it_starts", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(
                name="gatherings_open_after_notice",
                condition=Q(opened_at__isnull=True) | Q(noticed_at__isnull=False, opened_at__gte=F("noticed_at")),
            ),
            # A room holds one meeting at a time, whoever books it and from wherever.
            ExclusionConstraint(
                name="gatherings_venue_once",
                expressions=[
                    (_Span("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                    ("venue", RangeOperators.EQUAL),
                ],
                condition=Q(venue__isnull=False) & ~Q(status="cancelled"),
            ),
        ]
        indexes = [
            models.Index(fields=["-starts_at", "-id"], name="gatherings_newest"),
            models.Index(fields=["path"], name="gatherings_path", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["series", "-starts_at"], name="gatherings_of_series"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"gathering:{self.number}"


class AgendaItem(models.Model):
    """议题 AgendaItem: one matter of a gathering, where it came from, how it was voted on and decided."""

    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=[(k, k) for k in ("matter", "motion", "report", "follow_up")])
    title = models.CharField(max_length=120, help_text="the matter; no person")
    matter = models.CharField(
        max_length=80, blank=True, default="", help_text='of a motion: "own", or of a law: "cn.village#matter.1"'
    )
    source = models.CharField(max_length=80, blank=True, default="", help_text='what it came from: "case:PC-…"')
    why = models.CharField(max_length=120, blank=True, default="", help_text="why it stands here, when worked out")
    rows = models.JSONField(default=list, blank=True, help_text="numbers of the cases behind it, as they were then")
    added_by = models.CharField(max_length=80)
    added_at = models.DateTimeField(null=True, help_text="after the notice: it was not announced")
    decision = models.CharField(max_length=12, blank=True, default="", help_text="one of rules.DECISIONS")
    words = models.CharField(max_length=300, blank=True, default="", help_text="the decision in words; no person")
    votes = models.JSONField(default=dict, blank=True, help_text="a show of hands: {for, against, abstained, rule}")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gathering", "position"], name="gatherings_item_place"),
            models.UniqueConstraint(
                fields=["gathering", "source"], condition=~Q(source=""), name="gatherings_item_source_once"
            ),
            models.CheckConstraint(
                name="gatherings_item_decided_whole",
                condition=Q(decision="", decided_at__isnull=True) | ~Q(decision="") & Q(decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"item:{self.pk}"


class Attendance(models.Model):
    """到会 Attendance: who is expected or came, with which voice."""

    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="attendances")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    capacity = models.CharField(
        max_length=10,
        choices=[("chair", "主持"), ("member", "成员"), ("observer", "列席")],
        help_text="an observer speaks and does not vote",
    )
    body = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="+", help_text="for which body they come"
    )
    answer = models.CharField(
        max_length=6, blank=True, default="", choices=[("", "还没答"), ("coming", "会来"), ("away", "来不了")]
    )
    state = models.CharField(
        max_length=10, choices=[("due", "应到"), ("came", "到了"), ("excused", "请假")], default="due"
    )
    how = models.CharField(max_length=6, blank=True, default="", help_text="code or list")
    came_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gathering", "person"], name="gatherings_attendance_once"),
            models.CheckConstraint(
                name="gatherings_came_at_a_time",
                condition=Q(state="came", came_at__isnull=False) | ~Q(state="came") & Q(came_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["person", "gathering"], name="gatherings_of_person")]

    def __str__(self) -> str:
        return f"attendance:{self.pk}"


class Outcome(models.Model):
    """会议结果 Outcome: what an item led to: a task for a unit with a day, or a matter taken elsewhere."""

    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="outcomes")
    target = models.CharField(max_length=80, unique=True, help_text='"case:PC-…": the work order or the case')
    relation = models.CharField(max_length=20, help_text="tasked, escalated")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.target


class Topic(models.Model):
    """征集的议题 Topic: what somebody wants a body to talk about, who joins in, and what the chair answered."""

    number = models.CharField(max_length=24, unique=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=300, help_text="path of the body's place")
    title = models.CharField(max_length=120, help_text="the matter; no person")
    key = models.ForeignKey(VaultKey, on_delete=models.PROTECT, related_name="+", help_text="seals the words")
    words = models.BinaryField(help_text="JSON {why, reason}, sealed")
    source = models.CharField(max_length=80, blank=True, default="", help_text='"hot:2026-03/…", "case:PC-…"')
    rows = models.JSONField(default=list, blank=True, help_text="numbers of the cases behind it")
    proposer = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    wanted = models.PositiveSmallIntegerField(help_text="how many must join in, as the pack said")
    status = models.CharField(
        max_length=10, choices=[("open", "征集"), ("taken", "审定"), ("declined", "没列入")], default="open"
    )
    proposed_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    item = models.OneToOneField(AgendaItem, on_delete=models.SET_NULL, null=True, related_name="topic")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "source"], condition=~Q(source=""), name="gatherings_topic_source_once"
            ),
            models.CheckConstraint(
                name="gatherings_topic_answered_whole",
                condition=Q(status="open", answered_at__isnull=True) | ~Q(status="open") & Q(answered_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["-proposed_at", "-id"], name="gatherings_topic_newest"),
            models.Index(fields=["path"], name="gatherings_topic_path", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"topic:{self.number}"


class TopicSecond(models.Model):
    """附议 TopicSecond: somebody who wants the topic talked about too; each person once."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="seconds")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "person"], name="gatherings_second_once")]

    def __str__(self) -> str:
        return f"second:{self.pk}"
