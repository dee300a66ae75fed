"""Tables: problems, the project of each, whose money, steps, what happened, what residents said. No workflow here."""

from django.db import models
from django.db.models import Q

from gongzhi.common.ids import uuid7
from gongzhi.common.text import N_
from gongzhi.ledger.models import Account, LedgerEntry
from gongzhi.people.models import Mandate, Organization, Person, VaultKey
from gongzhi.places.models import Place


class State(models.TextChoices):
    """Where a project stands; the moves between them are one table in rules.py."""

    PROPOSED = "proposed", N_("申报")
    REVIEWED = "reviewed", N_("审过")
    APPROVED = "approved", N_("立项")
    IMPLEMENTING = "implementing", N_("在办")
    ACCEPTANCE = "acceptance", N_("验收")
    CLOSING = "closing", N_("结账")
    CLOSED = "closed", N_("办结")
    REVISITED = "revisited", N_("回访过")
    REJECTED = "rejected", N_("没批")
    WITHDRAWN = "withdrawn", N_("撤回")
    ABANDONED = "abandoned", N_("停办")


class FundingKind(models.TextChoices):
    """Whose money, or none."""

    PUBLIC = "public", N_("财政资金")
    REWARD = "reward", N_("以奖代补")
    PURCHASE = "purchase", N_("政府购买服务")
    PLEDGE = "pledge", N_("单位认捐")
    FUND = "fund", N_("基金")
    INVESTMENT = "investment", N_("企业投资")
    OWN = "own", N_("居民自筹")
    IN_KIND = "in_kind", N_("出物、出力")


class Funded(models.TextChoices):
    """How sure a line of money is."""

    PROMISED = "promised", N_("说好了")
    COMMITTED = "committed", N_("定下来了")
    PAID = "paid", N_("付了")


class Problem(models.Model):
    """问题 Problem: one named problem at a place, from a case, a topic or a resolution, or stated. Names no person."""

    number = models.CharField(max_length=12, unique=True, help_text="W00001")
    name = models.CharField(max_length=60, help_text="the problem in a line; no person")
    told = models.CharField(max_length=500, blank=True, default="", help_text="for everybody to read; no person")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=300, help_text="of that place: what mandates are held against")
    source = models.CharField(max_length=80, blank=True, default="", help_text='"case:…", "topic:…", "resolution:…"')
    stated_by = models.CharField(max_length=80, help_text="who, as the trail names them")
    stated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="projects_problem_is_named", condition=~Q(name="")),
            models.UniqueConstraint(fields=["source"], condition=~Q(source=""), name="projects_problem_source_once"),
        ]
        indexes = [models.Index(fields=["path"], name="projects_problem_path", opclasses=["varchar_pattern_ops"])]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"problem:{self.number}"


class Project(models.Model):
    """项目 Project: what is done about one problem, under one kind (a pack), by an owner, with a sponsor who visits."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    number = models.CharField(max_length=12, unique=True, help_text="P00001")
    problem = models.OneToOneField(Problem, on_delete=models.PROTECT, related_name="project")
    title = models.CharField(max_length=60, help_text="no person")
    kind = models.CharField(max_length=64, help_text="name of the pack of kind project")
    pack = models.CharField(max_length=120, help_text="the version whose rules hold for it")
    variety = models.CharField(max_length=64, blank=True, default="", help_text="code of the pack: which form it takes")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=300, help_text="of that place: what mandates are held against")
    owner = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", help_text="who answers for it")
    sponsor = models.ForeignKey(
        Mandate, on_delete=models.PROTECT, null=True, related_name="+", help_text="挂点: the post that looks after it"
    )
    sponsored_on = models.DateField(null=True, help_text="from when visits are counted")
    state = models.CharField(max_length=12, choices=State, default=State.PROPOSED)
    shown = models.JSONField(default=dict, help_text='{"guide.need": {"reference", "words"}}: repeats the events')
    facts = models.JSONField(default=dict, help_text="numbers that the pack asks for, by code")
    round = models.PositiveSmallIntegerField(default=1, help_text="of the acceptance: one more after each rework")
    illustrative = models.BooleanField(default=False, help_text="made up for a demonstration; every page says so")
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    revisit_on = models.DateField(null=True, help_text="when somebody looks again")
    bids_until = models.DateField(null=True, help_text="last day for bodies to offer; none: nobody was asked")
    moved_at = models.DateTimeField(help_text="when it last moved")
    key = models.ForeignKey(VaultKey, on_delete=models.PROTECT, related_name="+", help_text="seals papers and reasons")
    request = models.UUIDField(null=True, unique=True, help_text="of the form: sent twice, made once")

    class Meta:
        constraints = [
            models.CheckConstraint(name="projects_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(
                name="projects_runs_with_a_sponsor",
                condition=Q(state__in=("proposed", "reviewed", "rejected", "withdrawn"))
                | Q(sponsor__isnull=False, sponsored_on__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="projects_closed_has_a_day",
                condition=Q(state__in=("closed", "revisited"), closed_at__isnull=False, revisit_on__isnull=False)
                | ~Q(state__in=("closed", "revisited")) & Q(closed_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["path"], name="projects_path", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["-proposed_at", "-id"], name="projects_newest"),
            models.Index(fields=["sponsor"], name="projects_sponsor", condition=Q(sponsor__isnull=False)),
            models.Index(fields=["-bids_until"], name="projects_bidding", condition=Q(bids_until__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """How the trail, links, duties and the entries of funds name it."""
        return f"project:{self.number}"


class ProjectEvent(models.Model):
    """项目经过 ProjectEvent: what happened to a project, in order. Append-only by trigger."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, help_text="code of rules.EVENT_WORDS")
    state = models.CharField(max_length=12, choices=State, help_text="of the project from then on")
    code = models.CharField(max_length=64, blank=True, default="", help_text="which point, gate, step, line")
    reference = models.CharField(max_length=80, blank=True, default="", help_text='what shows it: "gathering:…"')
    note = models.CharField(max_length=300, blank=True, default="", help_text="for everybody to read; no person")
    facts = models.JSONField(default=dict, help_text="numbers; no person")
    on = models.DateField(help_text="the day on which it happened")
    by = models.CharField(max_length=80, help_text="who entered it, as the trail names them")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "sequence"], name="projects_event_sequence"),
            models.CheckConstraint(name="projects_event_counts_from_one", condition=Q(sequence__gte=1)),
        ]
        indexes = [models.Index(fields=["by"], name="projects_event_by")]

    def __str__(self) -> str:
        return f"{self.project_id}/{self.sequence}"


class FundingLine(models.Model):
    """经费 FundingLine: one source of a project's money, or a thing or work that somebody brings."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=FundingKind)
    name = models.CharField(max_length=60, help_text="whose, for everybody to read; no person")
    body = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="+", help_text="who gives")
    amount = models.BigIntegerField(null=True, help_text="in fen; none for a thing or work")
    thing = models.CharField(max_length=120, blank=True, default="", help_text="what is brought in kind")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, related_name="+", help_text="books it is paid from, where here"
    )
    state = models.CharField(max_length=10, choices=Funded, default=Funded.PROMISED)
    paid = models.BigIntegerField(default=0, help_text="in fen, of money")
    added_by = models.CharField(max_length=80)
    added_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True, help_text="when it was taken back; it stays in the list")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "position"], name="projects_line_position"),
            models.CheckConstraint(name="projects_line_kind_known", condition=Q(kind__in=FundingKind.values)),
            models.CheckConstraint(
                name="projects_line_is_money_or_a_thing",
                condition=Q(kind="in_kind", amount__isnull=True, account__isnull=True, paid=0) & ~Q(thing="")
                | ~Q(kind="in_kind") & Q(amount__gt=0, thing=""),
            ),
            models.CheckConstraint(
                name="projects_line_paid_is_paid",
                condition=Q(paid=0) & ~Q(state="paid") | Q(state="paid", paid__gt=0) | Q(state="paid", kind="in_kind"),
            ),
            models.CheckConstraint(
                name="projects_line_dropped_paid_nothing", condition=Q(dropped_at__isnull=True) | ~Q(state="paid")
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What its papers belong to."""
        return f"funding:{self.pk}"


class Milestone(models.Model):
    """里程碑 Milestone: a step of the work, until when, what shows it, and when it was done."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="milestones")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    shown = models.CharField(max_length=120, help_text="what shows that it is done")
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=80, blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="", help_text="for everybody to read; no person")
    section = models.CharField(max_length=64, blank=True, default="", help_text="chapter of a plan, from the pack")
    goal = models.CharField(max_length=60, blank=True, default="", help_text="what the measure of a plan is for")
    indicator = models.CharField(max_length=80, blank=True, default="", help_text="figure that shows how far it is")
    target = models.DecimalField(max_digits=12, decimal_places=2, null=True, help_text="what that figure is to reach")
    pays = models.CharField(max_length=9, blank=True, default="", help_text='"2/5" of the public money, once done')
    judged = models.BooleanField(default=False, help_text="whether the sheet is filled for it before it is done")
    start = models.DecimalField(max_digits=12, decimal_places=2, null=True, help_text="what it was when this was set")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "position"], name="projects_milestone_position"),
            models.CheckConstraint(
                name="projects_measure_has_a_goal",
                condition=Q(section="", goal="", indicator="") | ~Q(section="") & ~Q(goal=""),
            ),
            models.CheckConstraint(
                name="projects_target_is_of_an_indicator",
                condition=Q(indicator="", target__isnull=True, start__isnull=True)
                | ~Q(indicator="") & Q(target__isnull=False),
            ),
            models.CheckConstraint(
                name="projects_milestone_done_whole",
                condition=Q(done_at__isnull=True, done_by="") | Q(done_at__isnull=False) & ~Q(done_by=""),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What its photos and papers belong to."""
        return f"milestone:{self.pk}"


class Bid(models.Model):
    """竞购 Bid: what one body offers to do for a project, for how much; its own until the last day. Names no person."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="bids")
    position = models.PositiveSmallIntegerField()
    body = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", help_text="who would do it")
    ask = models.BigIntegerField(help_text="in fen, for the whole work")
    plan = models.CharField(max_length=600, help_text="what it would do and how; for everybody after the last day")
    hands = models.CharField(max_length=200, help_text="how many people of which trades, what it has done; no names")
    on_paper = models.BooleanField(default=False, help_text="entered by the office from a paper that is kept with it")
    entered_by = models.CharField(max_length=80)
    entered_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    chosen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "position"], name="projects_bid_position"),
            models.UniqueConstraint(fields=["project", "body"], name="projects_bid_once_a_body"),
            models.UniqueConstraint(
                fields=["project"], condition=Q(chosen_at__isnull=False), name="projects_bid_one_chosen"
            ),
            models.CheckConstraint(name="projects_bid_asks", condition=Q(ask__gt=0)),
            models.CheckConstraint(
                name="projects_bid_chosen_stands", condition=Q(chosen_at__isnull=True) | Q(withdrawn_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What its papers belong to."""
        return f"bid:{self.pk}"


class Acceptance(models.Model):
    """验收 Acceptance: what one resident of the place says of the result; one voice a person, no name is shown."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="acceptances")
    round = models.PositiveSmallIntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", help_text="none: erased")
    satisfied = models.BooleanField()
    words = models.BinaryField(default=b"", help_text="JSON {reason}, sealed")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "round", "person"], name="projects_one_voice_a_person"),
            models.CheckConstraint(
                name="projects_not_satisfied_has_a_reason", condition=Q(satisfied=True) | ~Q(words=b"")
            ),
            models.CheckConstraint(name="projects_acceptance_round", condition=Q(round__gte=1)),
        ]

    def __str__(self) -> str:
        return f"acceptance:{self.pk}"


class LineState(models.TextChoices):
    """Where a line of a works package stands; the steps between them are one table in rules/works.py."""

    LISTED = "listed", N_("列上了")
    TRIAGED = "triaged", N_("看过")
    BUDGETED = "budgeted", N_("有预算")
    ORDERED = "ordered", N_("在修")
    DONE = "done", N_("修好，等验收")
    ACCEPTED = "accepted", N_("验收了")
    DROPPED = "dropped", N_("不修了")


class WorksLine(models.Model):
    """工程清单 WorksLine: one defect at a part of a building or a compound, until it is mended. Never whose home."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="works")
    position = models.PositiveIntegerField()
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", help_text="no dwelling")
    path = models.CharField(max_length=300, help_text="of that place")
    part = models.CharField(max_length=30, help_text="which part of it: 2 单元屋面; no household")
    defect = models.CharField(max_length=64, help_text="code of the pack: defects")
    homes = models.PositiveIntegerField(default=0, help_text="how many households it touches: a count")
    found = models.CharField(max_length=120, blank=True, default="", help_text="what was seen there; no person")
    urgency = models.CharField(max_length=8, blank=True, default="", help_text="code of rules.works.URGENCIES")
    state = models.CharField(max_length=10, choices=LineState, default=LineState.LISTED)
    budget = models.BigIntegerField(default=0, help_text="in fen")
    contractor = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="+")
    paid = models.BigIntegerField(default=0, help_text="in fen")
    entry = models.ForeignKey(
        LedgerEntry, on_delete=models.PROTECT, null=True, related_name="+", help_text="of the books that paid it"
    )
    done_on = models.DateField(null=True)
    done_by = models.CharField(max_length=80, blank=True, default="", help_text="who said so; another accepts")
    accepted_on = models.DateField(null=True)
    warranty_until = models.DateField(null=True, help_text="last day; none: no warranty, or not accepted")
    added_by = models.CharField(max_length=80)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "position"], name="projects_works_position"),
            models.UniqueConstraint(
                fields=["project", "place", "part", "defect"],
                condition=~Q(state__in=("accepted", "dropped")),
                name="projects_works_open_once",
            ),
            models.CheckConstraint(name="projects_works_state_known", condition=Q(state__in=LineState.values)),
            models.CheckConstraint(name="projects_works_money_counts", condition=Q(budget__gte=0, paid__gte=0)),
            models.CheckConstraint(
                name="projects_works_mended_by_somebody",
                condition=~Q(state__in=("ordered", "done", "accepted")) | Q(contractor__isnull=False, budget__gt=0),
            ),
            models.CheckConstraint(
                name="projects_works_accepted_has_a_day",
                condition=Q(state="accepted", done_on__isnull=False, accepted_on__isnull=False)
                | ~Q(state="accepted") & Q(accepted_on__isnull=True, warranty_until__isnull=True),
            ),
            models.CheckConstraint(
                name="projects_works_paid_when_done", condition=Q(paid=0) | Q(state__in=("done", "accepted"))
            ),
            models.CheckConstraint(
                name="projects_works_entry_shows_payment", condition=Q(entry__isnull=True) | Q(paid__gt=0)
            ),
        ]
        indexes = [
            models.Index(
                fields=["warranty_until"], name="projects_warranty", condition=Q(warranty_until__isnull=False)
            ),
            models.Index(
                fields=["path"],
                name="projects_warranty_path",
                condition=Q(warranty_until__isnull=False),
                opclasses=["varchar_pattern_ops"],
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What its photos belong to."""
        return f"works:{self.pk}"
