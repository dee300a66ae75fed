"""Tables: rolls and who is on them, votes, ballots, papers, proxies, boxes. No workflow here."""

from uuid import uuid4

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from gongzhi.people.models import Organization, Person, VaultKey
from gongzhi.places.models import Place


class Roll(models.Model):
    """名册 Roll: who may vote, with what weight, as it was on one day; frozen once it is published."""

    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=20, help_text="who is on it: owners, voters, households, members, delegates")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=300, help_text="path of the place: who above may see it")
    on = models.DateField(help_text="the day on which the register was read")
    measures = models.JSONField(help_text='["heads", "area"]')
    full_names = models.BooleanField(help_text="the law has whole names published (村组法 14), not family names only")
    frozen_by = models.CharField(max_length=80)
    frozen_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True, default="", help_text="of the roll as published")
    law = models.CharField(max_length=40, blank=True, default="", help_text="of the election it is for: cn.village")
    basis = models.JSONField(default=dict, help_text="what the law said of it when it was drawn up; its figures")
    polls_on = models.DateField(null=True, help_text="the day of the election (选举日)")
    announced_at = models.DateTimeField(null=True, help_text="first published; a corrected edition keeps it")
    edition = models.PositiveSmallIntegerField(default=1)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")

    class Meta:
        verbose_name = "名册"
        constraints = [
            models.CheckConstraint(
                name="ballots_edition_replaces",
                condition=Q(edition=1, replaces=None) | Q(edition__gt=1, replaces__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"roll:{self.number}"


class RollEntry(models.Model):
    """名册的一行 RollEntry: one entitlement and what it weighs. Who may use it stands in Elector."""

    roll = models.ForeignKey(Roll, on_delete=models.CASCADE, related_name="entries")
    position = models.PositiveIntegerField(help_text="its number on the roll, and on its paper")
    group = models.CharField(
        max_length=80, blank=True, default="", help_text="as published: building, villagers' group"
    )
    heads = models.PositiveIntegerField(default=1)
    area = models.PositiveBigIntegerField(default=0, help_text="square decimetres, exact")
    households = models.PositiveIntegerField(default=0)
    due = models.BooleanField(default=True, help_text="counts among 应到")
    capacity = models.CharField(max_length=20, blank=True, default="", help_text="class of voter (村组法 13)")
    consent = models.CharField(max_length=80, blank=True, default="", help_text="by which meeting's consent; no person")
    salt = models.BinaryField(help_text="hides who it is in the records of its votes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["roll", "position"], name="ballots_entry_position")]

    def __str__(self) -> str:
        return f"{self.roll_id}/{self.position}"


class Elector(models.Model):
    """名册上的人 Elector: who may use an entitlement; several where owners hold a dwelling together."""

    entry = models.ForeignKey(RollEntry, on_delete=models.CASCADE, related_name="electors")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="ballots_elector_is_one",
                condition=Q(person__isnull=False, organization__isnull=True)
                | Q(person__isnull=True, organization__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["entry", "person"], condition=Q(person__isnull=False), name="ballots_elector_once"
            ),
        ]

    def __str__(self) -> str:
        return f"elector:{self.pk}"


class RollObjection(models.Model):
    """名册异议 RollObjection: somebody is missing from a published roll, or wrongly on it; decided with a reason."""

    roll = models.ForeignKey(Roll, on_delete=models.PROTECT, related_name="objections", help_text="its newest edition")
    number = models.PositiveSmallIntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", help_text="who objects")
    kind = models.CharField(max_length=10, help_text="left_out, wrong, other")
    position = models.PositiveIntegerField(null=True, help_text="whom it is about, by number on the roll")
    key = models.ForeignKey(VaultKey, on_delete=models.PROTECT, related_name="+", help_text="seals what was said")
    words = models.BinaryField(help_text="JSON {words, reason}, sealed")
    made_at = models.DateTimeField()
    decide_by = models.DateField(help_text="the last day for the decision")
    outcome = models.CharField(max_length=10, blank=True, default="", help_text="upheld, rejected")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=80, blank=True, default="")
    corrected = models.ForeignKey(Roll, on_delete=models.PROTECT, null=True, related_name="+", help_text="edition made")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["roll", "number"], name="ballots_objection_number"),
            models.CheckConstraint(
                name="ballots_objection_decided",
                condition=Q(decided_at=None, outcome="") | Q(decided_at__gte=F("made_at"), outcome__gt=""),
            ),
        ]
        indexes = [models.Index(fields=["person"], name="ballots_objected_by")]

    def __str__(self) -> str:
        return f"objection:{self.pk}"


class Status(models.TextChoices):
    """Where a vote stands."""

    NOMINATING = "nominating", "提名"
    DRAFT = "draft", "准备"
    OPEN = "open", "正在表决"
    COUNTING = "counting", "计票"
    COUNTED = "counted", "已公布"
    CANCELLED = "cancelled", "不办了"


class Effect(models.TextChoices):
    """What the result does."""

    ADVISORY = "advisory", "供参考"
    BINDING = "binding", "有法律效力"
    RECORD = "record_of_offline", "线下表决的记录"


class Vote(models.Model):
    """表决 Vote: one question put to one roll under one rule, until a moment, and what came out."""

    number = models.CharField(max_length=24, unique=True)
    roll = models.ForeignKey(Roll, on_delete=models.PROTECT, related_name="votes")
    after = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="rounds", help_text="the round before it"
    )
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", help_text="who holds it")
    path = models.CharField(max_length=300)
    title = models.CharField(max_length=80, help_text="the question; no person")
    about = models.CharField(max_length=2000, blank=True, default="", help_text="what to know before; no person")
    options = models.JSONField(help_text='[{"code", "word", "note"}], candidates "person"')
    rule = models.JSONField(help_text="the engine's parameters, with pack, version, article")
    basis = models.JSONField(help_text="what the law said when it was drawn up: texts, parameters")
    secret = models.BooleanField(default=False)
    legal_effect = models.CharField(max_length=20, choices=Effect.choices, default=Effect.ADVISORY)
    effect_reason = models.CharField(max_length=200, blank=True, default="")
    opens_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    held_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    rule_digest = models.CharField(max_length=64, blank=True, default="", help_text="published when it opens")
    roll_digest = models.CharField(max_length=64, blank=True, default="", help_text="published when it opens")
    counted_by = models.CharField(max_length=80, blank=True, default="")
    counted_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True, default="")
    result = models.JSONField(null=True)
    lot = models.JSONField(default=list, help_text="an order drawn in public among the equal")
    seal = models.CharField(max_length=64, blank=True, default="", help_text="last hash of its record")
    reason = models.CharField(max_length=200, blank=True, default="", help_text="why it was called off")

    class Meta:
        indexes = [
            models.Index(fields=["-closes_at", "-id"], name="ballots_newest"),
            models.Index(fields=["path"], name="ballots_path", opclasses=["varchar_pattern_ops"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="ballots_closes_after_it_opens",
                condition=Q(opens_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
            ),
            models.CheckConstraint(
                name="ballots_result_only_when_counted",
                condition=Q(status="counted", result__isnull=False, counted_at__gte=F("closes_at"))
                | Q(~Q(status="counted"), result__isnull=True, outcome="", seal=""),
            ),
            models.CheckConstraint(
                name="ballots_rule_before_it_opens", condition=Q(opens_at__isnull=True) | ~Q(rule={})
            ),
            models.CheckConstraint(
                name="ballots_published_before_it_opens", condition=Q(opens_at__isnull=True) | ~Q(roll_digest="")
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"vote:{self.number}"


class Ballot(models.Model):
    """选票 Ballot (recorded): what one entitlement said, from where, when; voided, never changed or deleted."""

    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="ballots")
    entry = models.ForeignKey(RollEntry, on_delete=models.PROTECT, related_name="+")
    marks = models.JSONField(null=True, help_text="codes of the options marked; [] blank; null cannot be read")
    origin = models.CharField(max_length=10)
    rank = models.PositiveSmallIntegerField(help_text="how strong its origin is; 0 the strongest")
    at = models.DateTimeField()
    holder = models.CharField(max_length=64, blank=True, default="", help_text="of a proxy: as the record names them")
    cast_by = models.CharField(max_length=80, help_text="who pressed the button, or entered the paper")
    voided_at = models.DateTimeField(null=True, help_text="when a stronger ballot of the same entitlement came")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["vote", "entry"], condition=Q(voided_at__isnull=True), name="ballots_one_standing"
            ),
            models.UniqueConstraint(fields=["vote", "entry", "rank"], name="ballots_one_of_a_rank"),
        ]

    def __str__(self) -> str:
        return f"ballot:{self.pk}"


class SecretPaper(models.Model):
    """无记名票 SecretPaper: the marks of one paper. No voter, no time, no order (村民委员会组织法 15)."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="+")
    marks = models.JSONField(null=True)

    def __str__(self) -> str:
        return "paper"


class CastMark(models.Model):
    """已投 CastMark: this entitlement has cast its secret paper (the first origin wins). It says nothing of when."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(RollEntry, on_delete=models.PROTECT, related_name="+")
    origin = models.CharField(max_length=10)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vote", "entry"], name="ballots_cast_once")]

    def __str__(self) -> str:
        return "cast"


class Proxy(models.Model):
    """委托 Proxy: a written authority to vote for an entitlement, entered by whoever has seen the paper."""

    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="proxies")
    entry = models.ForeignKey(RollEntry, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", help_text="who may vote")
    holder = models.CharField(max_length=64, help_text="as the record names them")
    signed_on = models.DateField(help_text="the day on the paper")
    entered_by = models.CharField(max_length=80)
    entered_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "proxies"
        constraints = [
            models.UniqueConstraint(
                fields=["vote", "entry"], condition=Q(withdrawn_at__isnull=True), name="ballots_one_proxy"
            )
        ]

    def __str__(self) -> str:
        return f"proxy:{self.pk}"


class Box(models.Model):
    """票箱 Box: the papers of one box or one round of doors, entered twice and reconciled."""

    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="boxes")
    code = models.CharField(max_length=20)
    origin = models.CharField(max_length=10)
    agreed_at = models.DateTimeField(null=True, help_text="when both entries were the same and its papers were taken")
    numbers = models.JSONField(null=True, help_text="{printed, issued, unused, spoiled, returned}, as agreed")

    class Meta:
        verbose_name_plural = "boxes"
        constraints = [
            models.UniqueConstraint(fields=["vote", "code"], name="ballots_box_once"),
            models.CheckConstraint(
                name="ballots_box_agreed_with_numbers", condition=Q(agreed_at__isnull=True) | Q(numbers__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"box:{self.pk}"


class BoxSheet(models.Model):
    """录入 BoxSheet: one entry of a box by one of its two tellers; a correction is another row, the old one stays."""

    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="sheets")
    teller = models.PositiveSmallIntegerField(choices=[(1, 1), (2, 2)], help_text="the first or the second of the two")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    numbers = models.JSONField()
    papers = models.JSONField(help_text="[[number on the roll or place in the pile, marks]]; emptied of a secret box")

    class Meta:
        indexes = [models.Index(fields=["box", "teller", "-id"], name="ballots_sheet_latest")]
        constraints = [
            # Two people: whoever is the one teller of a box is never the other, and neither is replaced.
            ExclusionConstraint(
                name="ballots_tellers_are_two",
                expressions=[
                    ("box", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("teller", RangeOperators.NOT_EQUAL),
                ],
            ),
            ExclusionConstraint(
                name="ballots_teller_stays",
                expressions=[
                    ("box", RangeOperators.EQUAL),
                    ("teller", RangeOperators.EQUAL),
                    ("person", RangeOperators.NOT_EQUAL),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"sheet:{self.pk}"
