"""Tables: courses of procedures, what happened in them, the resolutions that came out. No workflow here."""

from django.db import models
from django.db.models import Q

from gongzhi.common.ids import uuid7
from gongzhi.people.models import Organization, VaultKey
from gongzhi.places.models import Place


class Status(models.TextChoices):
    """Where a course stands."""

    RUNNING = "running", "正在办"
    ENDED = "ended", "办完了"
    ABORTED = "aborted", "停了"
    EXPIRED = "expired", "过期作废"


class Course(models.Model):
    """程序的一次 Course: one matter on its lawful way, under the texts that were in force when it began.

    Where it stands follows from its events alone; `status`, `current`, `ending` and `next_on` repeat that for lists.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    number = models.CharField(max_length=24, unique=True)
    reference = models.CharField(max_length=120, help_text='the pack: "pack:procedure/four_deliberations/1.0"')
    region = models.CharField(max_length=12, help_text="GB/T 2260 code whose local texts apply, or CN")
    opened_on = models.DateField(help_text="the day whose law holds for it")
    texts = models.JSONField(help_text="every text that its numbers come from")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=300, help_text="path of the place: who above may see it")
    public = models.BooleanField(help_text="residents may follow it")
    matter = models.CharField(max_length=80, blank=True, default="", help_text='"cn.village#matter.1"')
    about = models.CharField(max_length=120, help_text="the matter in a line; no person")
    concerns = models.CharField(
        max_length=40, blank=True, default="", help_text='"mandate:12": whose post it is about, or which one was left'
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    current = models.CharField(max_length=40, blank=True, default="", help_text="code of the step at hand")
    ending = models.CharField(max_length=40, blank=True, default="", help_text="code of the ending it reached")
    next_on = models.DateField(null=True, help_text="when somebody can or time will move it next")
    opened_by = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    key = models.ForeignKey(VaultKey, on_delete=models.PROTECT, related_name="+", help_text="seals words and papers")

    class Meta:
        constraints = [
            models.CheckConstraint(name="deliberation_status_known", condition=Q(status__in=Status.values)),
            models.CheckConstraint(
                name="deliberation_running_has_no_ending", condition=~Q(status="running") | Q(ending="")
            ),
        ]
        indexes = [
            models.Index(fields=["status", "next_on"], name="deliberation_next"),
            models.Index(fields=["-opened_at", "-id"], name="deliberation_newest"),
            models.Index(fields=["path"], name="deliberation_path", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["concerns"], name="deliberation_concerns", condition=~Q(concerns="")),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def subject(self) -> str:
        """How the trail and links name it."""
        return f"course:{self.number}"


class ProcedureEvent(models.Model):
    """程序里的一步 ProcedureEvent: what happened, as the engine reads it, and what shows it. Append-only by trigger."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveSmallIntegerField()
    event = models.JSONField(help_text="values of engines.procedure_plain; its note only says that words are sealed")
    evidence = models.JSONField(default=dict, help_text='document: "media:…", "filed" or "publication:…"')
    words = models.BinaryField(default=b"", help_text="JSON {note, filed}, sealed")
    by = models.CharField(max_length=80, help_text="who entered it, as the trail names them")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "sequence"], name="deliberation_event_sequence"),
            models.CheckConstraint(name="deliberation_counts_from_one", condition=Q(sequence__gte=1)),
        ]
        indexes = [models.Index(fields=["by"], name="deliberation_entered_by")]

    def __str__(self) -> str:
        return f"{self.course_id}/{self.sequence}"


class Resolution(models.Model):
    """决议 Resolution: what was decided, by which law with which figures, and what it still has to bring about."""

    number = models.CharField(max_length=24, unique=True)
    course = models.OneToOneField(Course, on_delete=models.PROTECT, related_name="resolution")
    about = models.CharField(max_length=120, help_text="the matter in a line; no person")
    outcome = models.CharField(max_length=40, help_text="code of the outcome at the step that decides")
    record = models.JSONField(help_text="{pack, texts, step, article, inputs, computed}: works the outcome out again")
    decided_on = models.DateField()
    made_at = models.DateTimeField(help_text="when everything after the decision was done too")
    effect = models.CharField(max_length=40, blank=True, default="", help_text="what it brings about, from the pack")
    plan = models.JSONField(
        default=dict, blank=True, help_text="posts that begin or end by it, as references: {end, term_ends} or {begin}"
    )
    asked_by = models.CharField(max_length=80, blank=True, default="", help_text="who wrote the plan: not who confirms")
    done_at = models.DateTimeField(null=True, help_text="when somebody said that it was brought about")
    done_by = models.CharField(max_length=80, blank=True, default="")
    done_as = models.CharField(max_length=120, blank=True, default="", help_text='"instrument:…", or where it was done')

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="deliberation_done_whole",
                condition=Q(done_at__isnull=True, done_by="", done_as="")
                | Q(done_at__isnull=False) & ~Q(done_by="") & ~Q(done_as=""),
            )
        ]
        indexes = [models.Index(fields=["-decided_on", "-id"], name="deliberation_decided")]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"resolution:{self.number}"
