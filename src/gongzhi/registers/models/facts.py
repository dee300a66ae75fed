"""Facts entered once, the forms that ask for them, who re-asks, who reads them from outside, and scenes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from gongzhi.common.text import N_
from gongzhi.people.models import Organization, Person, VaultKey
from gongzhi.places.models import Place


class Basis(models.TextChoices):
    """Why it is lawful to ask (个人信息保护法 13)."""

    CONSENT = "consent", N_("本人同意")
    DUTY = "duty", N_("法定职责")
    CONTRACT = "contract", N_("履行合同")
    EMERGENCY = "emergency", N_("突发事件")


class How(models.TextChoices):
    """How a fact came in."""

    ASKED = "asked", N_("问来的")
    CONFIRMED = "confirmed", N_("核对无误")
    CORRECTED = "corrected", N_("核对后改")
    CHOSEN = "chosen", N_("两说取一")
    BROUGHT = "brought", N_("导入的")


class FormStatus(models.TextChoices):
    """Where a form stands; it is asked by nobody before a second person has approved it."""

    DRAFT = "draft", N_("在拟")
    WAITING = "waiting", N_("待批准")
    OPEN = "open", N_("已批准")
    REFUSED = "refused", N_("没批准")
    CLOSED = "closed", N_("已停用")


class Scene(models.Model):
    """应急场景 Scene: extra fields allowed by an order over a place until a day; ending it deletes what was asked."""

    code = models.CharField(max_length=64, help_text="name of the scene pack")
    pack = models.CharField(max_length=120, help_text="pack and version it was switched on with")
    order = models.CharField(max_length=200, help_text="the order's title and number")
    basis = models.CharField(max_length=300, help_text="law and article")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    path = models.TextField(help_text="path of the place")
    begun_at = models.DateTimeField()
    begun_by = models.CharField(max_length=80)
    until = models.DateField(help_text="last day; the scene ends by itself after it")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, blank=True, default="")
    deleted = models.PositiveIntegerField(null=True, help_text="how many facts its end deleted")

    class Meta:
        constraints = [
            models.CheckConstraint(name="registers_scene_ordered", condition=~Q(order="") & ~Q(basis="")),
            models.CheckConstraint(
                name="registers_scene_ended_whole",
                condition=Q(ended_at__isnull=True, deleted__isnull=True)
                | Q(ended_at__isnull=False, deleted__isnull=False) & ~Q(ended_by=""),
            ),
            models.UniqueConstraint(
                fields=["code", "place"], condition=Q(ended_at__isnull=True), name="registers_scene_once"
            ),
        ]

    def __str__(self) -> str:
        return f"scene:{self.pk}"


class Form(models.Model):
    """表单 Form: a query over facts. It asks only what the store does not hold, for one purpose, until a day."""

    code = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=100)
    about = models.CharField(max_length=12, help_text="dwelling, building, grid, region, organization or person")
    fields = models.JSONField(default=list, help_text="[{code, why}] in the order in which they are asked")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    path = models.TextField(help_text="path of the place: as far as it may be sent out")
    purpose_code = models.CharField(max_length=64, blank=True, default="", help_text="of the field dictionary")
    purpose = models.CharField(max_length=300, blank=True, default="", help_text="what it is for, in plain words")
    basis_kind = models.CharField(max_length=10, choices=Basis.choices, blank=True, default="")
    basis = models.CharField(max_length=300, blank=True, default="", help_text="law and article, or the contract")
    for_government = models.BooleanField(default=False, help_text="asked on behalf of a government body")
    authority = models.CharField(max_length=300, blank=True, default="", help_text="by which power (art. 37)")
    retention_days = models.PositiveIntegerField(null=True, help_text="how long answers are kept")
    receiver = models.CharField(max_length=200, blank=True, default="", help_text="who gets the answers")
    notice = models.TextField(blank=True, default="", help_text="what is said to whoever is asked (art. 17)")
    opens_on = models.DateField(null=True)
    closes_on = models.DateField(null=True, help_text="last day; no form is without an end")
    status = models.CharField(max_length=8, choices=FormStatus.choices, default=FormStatus.DRAFT)
    scene = models.ForeignKey(Scene, on_delete=models.PROTECT, null=True, related_name="forms")
    unit = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="+", help_text="for whom it is asked"
    )
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=300, blank=True, default="")
    overlap = models.JSONField(default=dict, help_text="what others already ask, as it stood when it was sent in")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="registers_form_whole_before_it_is_asked",
                condition=Q(status__in=["draft", "refused"])
                | (
                    ~Q(fields=[])
                    & ~Q(purpose_code="")
                    & ~Q(purpose="")
                    & ~Q(basis_kind="")
                    & ~Q(basis="")
                    & Q(retention_days__gt=0)
                    & ~Q(receiver="")
                    & ~Q(notice="")
                    & Q(opens_on__isnull=False, closes_on__isnull=False)
                    & (Q(for_government=False) | ~Q(authority=""))
                    & (~Q(basis_kind="emergency") | Q(scene__isnull=False))
                ),
            ),
            models.CheckConstraint(
                name="registers_form_four_eyes",
                condition=~Q(status__in=["open", "closed", "refused"])
                | (Q(decided_at__isnull=False) & ~Q(decided_by="") & ~Q(decided_by=F("asked_by"))),
            ),
            models.CheckConstraint(
                name="registers_form_dates",
                condition=Q(opens_on__isnull=True) | Q(closes_on__isnull=True) | Q(closes_on__gte=F("opens_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def codes(self) -> list[str]:
        return [one["code"] for one in self.fields]

    @property
    def reference(self) -> str:
        return f"form:{self.code}"


class CollectionTask(models.Model):
    """采集任务 CollectionTask: an approved form sent out over a place with a day to finish (a trigger holds it)."""

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="tasks")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    path = models.TextField()
    deadline = models.DateField()
    opened_by = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    draw = models.JSONField(default=dict, help_text="of the re-check: seed, population's digest and size, pack")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["form", "place"], condition=Q(closed_at__isnull=True), name="registers_task_once"
            )
        ]

    def __str__(self) -> str:
        return f"task:{self.pk}"


class Fact(models.Model):
    """事实 Fact: one value of one field about one subject, with source, date and basis. Append-only, by trigger.

    About a person the value is sealed under that person's vault key. Confirming, correcting and choosing write a new
    fact that quotes the older ones.
    """

    subject = models.CharField(max_length=80, help_text="place:kind/code, organization:code or person:id")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="facts")
    path = models.TextField(help_text="where it belongs: what mandates are held against")
    field = models.CharField(max_length=64, help_text="code in the field dictionary")
    value = models.JSONField(null=True, help_text="canonical; decimals as text")
    sealed = models.BinaryField(null=True, help_text="the value as JSON, sealed; about a person only")
    observed_on = models.DateField(help_text="the day it was true")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, help_text="first day on which it is no longer true, where that is known")
    source = models.CharField(max_length=80, help_text="form:code, import:number, register:name, sensor:code")
    how = models.CharField(max_length=10, choices=How.choices)
    basis = models.CharField(max_length=300)
    purpose = models.CharField(max_length=64)
    quotes = ArrayField(models.BigIntegerField(), default=list, help_text="the facts that it confirms or replaces")
    task = models.ForeignKey(CollectionTask, on_delete=models.PROTECT, null=True, related_name="facts")
    form = models.ForeignKey(Form, on_delete=models.PROTECT, null=True, related_name="facts")
    scene = models.ForeignKey(Scene, on_delete=models.PROTECT, null=True, related_name="facts")
    entry = models.UUIDField(null=True, help_text="the page it was sent with; a page sent twice counts once")
    recorded_by = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()
    keep_until = models.DateField(help_text="last day it is kept")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="registers_fact_person_sealed",
                condition=Q(person__isnull=True, sealed__isnull=True, value__isnull=False)
                | Q(person__isnull=False, sealed__isnull=False, value__isnull=True),
            ),
            models.CheckConstraint(
                name="registers_fact_sourced", condition=~Q(source="") & ~Q(basis="") & ~Q(purpose="")
            ),
            models.CheckConstraint(
                name="registers_fact_dates",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
            models.UniqueConstraint(
                fields=["entry", "subject", "field"], condition=Q(entry__isnull=False), name="registers_fact_sent_once"
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "field", "-id"], name="registers_fact_newest"),
            models.Index(
                fields=["field", "path"], opclasses=["varchar_ops", "text_pattern_ops"], name="registers_fact_where"
            ),
            models.Index(fields=["keep_until"], name="registers_fact_age"),
        ]

    def __str__(self) -> str:
        return f"fact:{self.pk}"


class Recheck(models.Model):
    """抽查 Recheck: one answer drawn by lot, asked again by a second person."""

    task = models.ForeignKey(CollectionTask, on_delete=models.CASCADE, related_name="rechecks")
    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="rechecks")
    drawn_at = models.DateTimeField()
    agrees = models.BooleanField(null=True)
    checked_by = models.CharField(max_length=80, blank=True, default="")
    checked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "fact"], name="registers_recheck_once"),
            models.CheckConstraint(
                name="registers_recheck_whole",
                condition=Q(agrees__isnull=True, checked_at__isnull=True, checked_by="")
                | Q(agrees__isnull=False, checked_at__isnull=False) & ~Q(checked_by=""),
            ),
        ]

    def __str__(self) -> str:
        return f"recheck:{self.pk}"


class ExchangeGrant(models.Model):
    """共享授权 ExchangeGrant: another system may read these fields there, for one purpose, until a day."""

    consumer = models.CharField(max_length=100, help_text="the body that reads")
    account = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    fields = models.JSONField(default=list, help_text="codes of the dictionary")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    path = models.TextField()
    purpose = models.CharField(max_length=64, help_text="code of the dictionary")
    basis = models.CharField(max_length=300, help_text="consent or law, with the article")
    until = models.DateField(help_text="last day")
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    approved_by = models.CharField(max_length=80, blank=True, default="")
    approved_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="registers_grant_whole",
                condition=~Q(fields=[]) & ~Q(purpose="") & ~Q(basis="") & ~Q(consumer=""),
            ),
            models.CheckConstraint(
                name="registers_grant_four_eyes",
                condition=Q(approved_at__isnull=True, account__isnull=True)
                | (Q(approved_at__isnull=False) & ~Q(approved_by="") & ~Q(approved_by=F("asked_by"))),
            ),
        ]

    def __str__(self) -> str:
        return f"grant:{self.pk}"


class IncomingEvent(models.Model):
    """来件 IncomingEvent: what another system sent under its own number, once; its words are sealed."""

    class State(models.TextChoices):
        """Whether it waits for a person, became a demand, or was put aside."""

        WAITING = "waiting", N_("等人看")
        OPENED = "opened", N_("已成诉求")
        DISMISSED = "dismissed", N_("不办")

    source = models.CharField(max_length=64, help_text="name of the event pack")
    external_id = models.CharField(max_length=80)
    digest = models.BinaryField(max_length=32, help_text="SHA-256 of what was sent last")
    key = models.ForeignKey(VaultKey, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField(null=True, help_text="the event as JSON; gone once it is put aside")
    path = models.TextField(blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    case = models.CharField(max_length=40, blank=True, default="", help_text="number of the demand it became")
    received_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    updates = models.PositiveIntegerField(default=0)
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="registers_event_once"),
            models.CheckConstraint(name="registers_event_case", condition=~Q(state="opened") | ~Q(case="")),
        ]
        indexes = [
            models.Index(fields=["source", "updated_at", "id"], name="registers_event_since"),
            models.Index(fields=["case"], condition=~Q(case=""), name="registers_event_of_case"),
        ]

    def __str__(self) -> str:
        return f"event:{self.source}/{self.external_id}"
