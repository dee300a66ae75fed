"""Tables of the loop: the case with its current pointers, and the append-only facts it grew from."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value

from gongzhi.common.text import N_
from gongzhi.people.models import Organization, Person, VaultKey
from gongzhi.places.models import Place


class Status(models.TextChoices):
    """The states of the public contract; how they are called in front of people comes from the model pack."""

    REPORTED = "reported", N_("等分拨")
    ACCEPTED = "accepted", N_("已受理")
    DISPATCHED = "dispatched", N_("已派单")
    IN_PROGRESS = "in_progress", N_("正在办")
    ANSWERED = "answered", N_("等核查")
    VERIFIED = "verified", N_("等您确认")
    CONFIRMED = "confirmed", N_("已确认")
    CLOSED = "closed", N_("已办结")
    CLOSED_SILENT = "closed_silent", N_("超期默认")
    RETURNED = "returned", N_("退回")
    DEFERRED = "deferred", N_("挂账")
    REWORK = "rework", N_("返工")
    REFERRED = "referred", N_("已转介")


OPEN = [
    Status.REPORTED,
    Status.ACCEPTED,
    Status.DISPATCHED,
    Status.IN_PROGRESS,
    Status.ANSWERED,
    Status.VERIFIED,
    Status.RETURNED,
    Status.DEFERRED,
    Status.REWORK,
]
# States in which the promised date still runs for somebody of ours.
TIMED = (
    Status.REPORTED,
    Status.ACCEPTED,
    Status.REWORK,
    Status.RETURNED,
    Status.DISPATCHED,
    Status.IN_PROGRESS,
    Status.ANSWERED,
)


class Case(models.Model):
    """诉求 Case: what someone raised, who must answer, and by when. Its words are sealed under a key of its own."""

    number = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=14, choices=Status)
    channel = models.CharField(max_length=40, help_text="from the model pack")
    category = models.CharField(max_length=64, blank=True, default="", help_text="code; empty: not yet known")
    category_source = models.CharField(max_length=10, default="guess", help_text="guess, reporter or staff")
    priority = models.CharField(max_length=10)
    privacy = models.CharField(max_length=14, default="named")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    grid = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    path = models.TextField(help_text="path of grid or place: what mandates are held against")
    location = models.CharField(max_length=12, default="unknown", help_text="how the place was found")
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    key = models.ForeignKey(VaultKey, on_delete=models.PROTECT, related_name="+")
    words = models.BinaryField(help_text="JSON {text, detail}, sealed")
    result = models.BinaryField(null=True, help_text="the answer given, sealed")
    unit = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="cases")
    routing = models.JSONField(default=dict, help_text="why this unit: code, clause, pack and version")
    about_unit = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField()
    first_contact_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, help_text="to be resolved by; the promise made to the reporter")
    due_certain = models.BooleanField(default=True, help_text="false: past the known holiday table")
    next_clock = models.CharField(max_length=14, blank=True, default="")
    next_clock_at = models.DateTimeField(null=True, help_text="the one moment at which a job must look again")
    escalation = models.PositiveSmallIntegerField(default=0)
    returns = models.PositiveSmallIntegerField(default=0)
    reopens = models.PositiveSmallIntegerField(default=0)
    extensions = models.PositiveSmallIntegerField(default=0)
    pending = models.JSONField(default=dict, help_text="an extension or deferral asked for, not yet decided")
    deferred_until = models.DateField(null=True)
    heard = models.BooleanField(null=True, help_text="响应: did anyone get in touch")
    solved = models.CharField(max_length=10, blank=True, default="", help_text="解决: yes, partly, no, disagree")
    satisfied = models.PositiveSmallIntegerField(null=True, help_text="满意: 1–5")
    external_id = models.CharField(max_length=80, blank=True, default="", help_text="number in the system it came from")
    main = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="merged",
        help_text="并案: the case it was merged into",
    )
    first_unit = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="首接: who received it first and stays answerable",
    )
    occasion = models.CharField(
        max_length=80,
        blank=True,
        default="",
        db_default="",
        help_text="the talk, list, campaign or batch it came from: kind:code",
    )
    outcome = models.CharField(
        max_length=14,
        blank=True,
        default="",
        db_default="",
        help_text="what came of it in the channel's own words: adopted, declined, agreed…",
    )
    uncounted = models.CharField(
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text="reason code that two people gave; the record stays",
    )
    grams = ArrayField(models.IntegerField(), null=True, help_text="blind bigrams of the words, for search")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="cases_case_not_its_own_main", condition=Q(main__isnull=True) | ~Q(main=F("id"))
            ),
            models.CheckConstraint(name="cases_case_status", condition=Q(status__in=Status.values)),
            models.CheckConstraint(
                name="cases_case_satisfied", condition=Q(satisfied__isnull=True) | Q(satisfied__range=(1, 5))
            ),
            models.CheckConstraint(
                name="cases_case_never_about_itself",
                condition=Q(about_unit__isnull=True) | Q(unit__isnull=True) | ~Q(unit=F("about_unit")),
            ),
            models.UniqueConstraint(
                fields=["channel", "external_id"], condition=~Q(external_id=""), name="cases_case_external_once"
            ),
        ]
        indexes = [
            models.Index(fields=["next_clock_at"], condition=Q(next_clock_at__isnull=False), name="cases_clock_due"),
            models.Index(fields=["status", "-id"], name="cases_status_newest"),
            models.Index(fields=["unit", "status", "due_at"], name="cases_unit_inbox"),
            models.Index(fields=["path", "-id"], opclasses=["text_pattern_ops", "int8_ops"], name="cases_path"),
            models.Index(fields=["received_at"], name="cases_received"),
            models.Index(fields=["occasion", "-id"], condition=~Q(occasion=""), name="cases_occasion"),
            models.Index(fields=["main"], condition=Q(main__isnull=False), name="cases_merged"),
            GinIndex(fields=["grams"], name="cases_grams"),
            models.Index(
                fields=["due_at"],
                include=["path", "unit"],
                condition=Q(
                    status__in=["reported", "accepted", "returned", "rework", "dispatched", "in_progress", "answered"],
                    main__isnull=True,
                    uncounted="",
                    privacy__in=["open", "named"],
                ),
                name="cases_owed",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def reference(self) -> str:
        return f"case:{self.number}"


class Reporter(models.Model):
    """反映人 Reporter: who raised a case, or for whom; a contact without account is sealed under the case's key."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reporters")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    helper = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    assisted = models.BooleanField(default=False, help_text="代办: someone helped to report")
    contact = models.BinaryField(null=True, help_text="JSON {name, phone}, sealed")
    phone_index = models.BinaryField(max_length=32, null=True)
    reported_at = models.DateTimeField()
    erased = models.BooleanField(default=False, help_text="the account behind it was erased")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person"], condition=Q(person__isnull=False), name="cases_reporter_once"
            )
        ]
        indexes = [
            models.Index(fields=["person", "-case"], name="cases_reporter_mine"),
            models.Index(fields=["phone_index"], condition=Q(phone_index__isnull=False), name="cases_reporter_phone"),
        ]

    def __str__(self) -> str:
        return f"reporter:{self.pk}"


class WorkOrder(models.Model):
    """工单 WorkOrder: a case given to one unit, until it answers, returns it or it is taken back."""

    class Role(models.TextChoices):
        """What the unit is asked for: to lead, to help, to come when whistled for, to call back, to lend a hand."""

        LEAD = "lead", N_("主办")
        CO = "co", N_("协办")
        WHISTLE = "whistle", N_("吹哨")
        CALLBACK = "callback", N_("回访")
        PARTNER = "partner", N_("共建认领")

    role = models.CharField(max_length=10, choices=Role, default=Role.LEAD, db_default="lead")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="orders")
    unit = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="orders")
    assigned_at = models.DateTimeField()
    assigned_by = models.CharField(max_length=80)
    due_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    handler = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    return_reason = models.CharField(max_length=64, blank=True, default="", help_text="reason code with its clause")
    ended_at = models.DateTimeField(null=True)
    facts = models.JSONField(
        default=dict,
        db_default=Value({}, models.JSONField()),
        help_text="arrival, absence, evaluation, funding line; no personal data",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="cases_workorder_role", condition=Q(role__in=["lead", "co", "whistle", "callback", "partner"])
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at__isnull=True, role="lead"), name="cases_workorder_one_lead"
            ),
            models.UniqueConstraint(
                fields=["case", "unit", "role"],
                condition=Q(ended_at__isnull=True),
                name="cases_workorder_once_a_role",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "due_at"], condition=Q(ended_at__isnull=True), name="cases_workorder_inbox")
        ]

    def __str__(self) -> str:
        return f"order:{self.pk}"


class Clock(models.Model):
    """时限 Clock: one promise about time, started, due, met or missed; copied onto the case when it was made."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=14, help_text="first_contact, resolve, confirm, review or defer")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    certain = models.BooleanField(default=True)
    period = models.JSONField(default=dict, help_text="amount, unit, pack and version")
    met_at = models.DateTimeField(null=True)
    level = models.PositiveSmallIntegerField(default=0, help_text="steps of the ladder taken since it was missed")
    paused_at = models.DateTimeField(null=True)
    pauses = models.JSONField(
        default=list, db_default=Value([], models.JSONField()), help_text="[{from, to, reason, by, approved_by}]"
    )

    class Meta:
        indexes = [
            models.Index(fields=["case"], condition=Q(met_at__isnull=True), name="cases_clock_running"),
            models.Index(
                fields=["due_at"], condition=Q(met_at__isnull=True, certain=False), name="cases_clock_uncertain"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_at:%F %R}"


class CaseEvent(models.Model):
    """办理经过 CaseEvent: one step on the timeline, append-only; its note is sealed under the case's key."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    move = models.CharField(max_length=20)
    status = models.CharField(max_length=14, help_text="the state it led to")
    actor = models.CharField(max_length=80)
    unit = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.BinaryField(null=True)
    facts = models.JSONField(default=dict, help_text="codes: reason, clause, due dates")
    public = models.BooleanField(default=True, help_text="shown to the reporter")
    key = models.ForeignKey(
        VaultKey,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="own key of a confidential note; null: the case's",
    )
    audience = models.CharField(
        max_length=40, blank=True, default="", db_default="", help_text="permission without which the note is not read"
    )

    class Meta:
        indexes = [
            models.Index(fields=["case", "id"], name="cases_event_story"),
            models.Index(fields=["-id"], condition=Q(move="rule"), name="cases_event_rulings"),
        ]

    def __str__(self) -> str:
        return f"{self.move} {self.status}"


class CaseCount(models.Model):
    """件数汇总 CaseCount: how many cases of a month, place, unit and state there are; a cache, rebuilt from the cases.

    A step adds rows (one taken away where the case stood, one added where it stands now), a job folds them; the sum
    over the rows is the number at any moment. Confidential and protected cases are not in it.
    """

    month = models.DateField(help_text="first day of the month of receipt, in China")
    path = models.TextField()
    unit = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=14)
    scored = models.BooleanField(help_text="neither merged into another case nor out of the score")
    cases = models.BigIntegerField()
    dated = models.BigIntegerField(help_text="of them with a promised date")
    in_time = models.BigIntegerField(help_text="of them ended, answered by the promised date")
    said = models.BigIntegerField(help_text="of them with a word about solved or not")
    solved = models.BigIntegerField(help_text="of them solved by the reporter's word")
    rated = models.BigIntegerField(help_text="of them with a rating")
    satisfied = models.BigIntegerField(help_text="of them rated 4 or 5")
    extended = models.BigIntegerField(help_text="of them given more time")
    folded = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            models.Index(fields=["path"], opclasses=["text_pattern_ops"], name="cases_count_path"),
            models.Index(fields=["id"], condition=Q(folded=False), name="cases_count_fresh"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.path} {self.status} {self.cases:+d}"


class PlaceCount(models.Model):
    """件数合计 PlaceCount: what the folded rows of CaseCount add up to for a place and a month of receipt; a cache.

    Kept twice for each place down to the level that `sql.KEPT` names: by what lies one level down, and by unit.
    """

    class By(models.TextChoices):
        """What the member is."""

        PLACE = "place", "地方"
        UNIT = "unit", "单位"

    path = models.TextField(help_text="of the place whose page reads it")
    by = models.CharField(max_length=5, choices=By.choices)
    member = models.TextField(help_text="the path's next part, or the unit's number; empty for none")
    month = models.DateField(help_text="first day of the month of receipt, in China")
    cases = models.IntegerField()
    open = models.IntegerField(help_text="of them not ended")
    deferred = models.IntegerField(help_text="of them deferred")
    ended_dated = models.IntegerField(help_text="of them ended, with a promised date")
    in_time = models.IntegerField(help_text="of them ended, answered by the promised date")
    said = models.IntegerField(help_text="of them with a word about solved or not")
    solved = models.IntegerField(help_text="of them solved by the reporter's word")
    open_said = models.IntegerField(help_text="of the open ones with a word about solved or not")
    open_solved = models.IntegerField(help_text="of the open ones solved by the reporter's word")
    timed = models.IntegerField(help_text="of the open ones whose promised date runs, passed or not")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["path", "by", "member", "month"], name="cases_placecount_one_a_group"),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.by} {self.member} {self.month:%Y-%m} {self.cases}"
