"""Tables: offers, needs, claims on them, the times they hold, what happened to them, how they were. No workflow.

A time is held in a resource ("venue:12#1"): the database lets no two held times of one resource touch, buffers
included, whoever books and from wherever (docs/decisions/0027).
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from gongzhi.common.ids import uuid7
from gongzhi.common.text import N_
from gongzhi.people.models import Organization, Person, VaultKey
from gongzhi.places.models import Place


class Standing(models.TextChoices):
    """Where an offer stands; the moves are rules.OFFER_MOVES."""

    ASKED = "asked", N_("等核对")
    OPEN = "open", N_("可以用")
    PAUSED = "paused", N_("暂停")
    ENDED = "ended", N_("不再提供")
    REFUSED = "refused", N_("没通过")


class State(models.TextChoices):
    """Where a claim stands; the moves are rules.MOVES."""

    ASKED = "asked", N_("等答复")
    LACKING = "lacking", N_("等补材料")
    WAITING = "waiting", N_("在排队")
    HELD = "held", N_("约好了")
    RUNNING = "running", N_("在用")
    DELIVERED = "delivered", N_("做完了，等确认")
    DONE = "done", N_("办好了")
    REFUSED = "refused", N_("没同意")
    CANCELLED = "cancelled", N_("取消了")
    MISSED = "missed", N_("没来")
    LAPSED = "lapsed", N_("过期了")


class Wish(models.TextChoices):
    """Where a need stands; the moves are rules.NEED_MOVES."""

    ASKED = "asked", N_("等审核")
    OPEN = "open", N_("等人帮")
    TAKEN = "taken", N_("有人在帮")
    DONE = "done", N_("办好了")
    REFUSED = "refused", N_("没通过")
    WITHDRAWN = "withdrawn", N_("不需要了")
    LAPSED = "lapsed", N_("过期了")


LIVE = (State.ASKED, State.LACKING, State.WAITING, State.HELD, State.RUNNING, State.DELIVERED)


class Offer(models.Model):
    """供给 Offer: what a body or a neighbour gives at a place, under a kind of a pack: when, for what price."""

    number = models.CharField(max_length=12, unique=True, help_text="GJ0001")
    kind = models.CharField(max_length=64, help_text="name of the pack of kind offer")
    pack = models.CharField(max_length=120, help_text="the version whose rules hold for it")
    item = models.CharField(max_length=64, blank=True, default="", help_text="of which list: longling_services/12")
    title = models.CharField(max_length=60)
    about = models.CharField(max_length=500, blank=True, default="", help_text="for everybody; no person")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", help_text="whose residents it is for")
    path = models.CharField(max_length=300, help_text="of that place: what mandates are held against")
    venue = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+", help_text="the room itself")
    where = models.CharField(max_length=80, blank=True, default="", help_text="where to come to; no home")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", help_text="a neighbour who gives it"
    )
    mode = models.CharField(max_length=64, help_text="code of the pack's six ways of serving")
    fee = models.CharField(max_length=64, help_text="code of the pack's kinds of fees")
    price = models.CharField(max_length=60, blank=True, default="", help_text="in words, shown; nothing is paid here")
    ask_at = models.CharField(max_length=60, blank=True, default="", help_text="the body's telephone; no person's")
    hours = models.JSONField(default=list, blank=True, help_text='[[1, "09:00", "12:00"], …] by weekday, Monday is 1')
    closed = models.JSONField(default=list, blank=True, help_text="single days on which it is closed, ISO")
    pieces = models.PositiveSmallIntegerField(default=1, help_text="how many alike may be held at the same time")
    stock = models.PositiveIntegerField(null=True, help_text="how many are left to give; none: no end")
    per_month = models.PositiveIntegerField(null=True, help_text="how many in a calendar month; none: no end")
    needs_hours = models.PositiveIntegerField(null=True, help_text="hours of voluntary service that it is for")
    fund = models.CharField(max_length=8, blank=True, default="", help_text="points or minutes of this book pay for it")
    cost = models.PositiveIntegerField(default=0, help_text="in that book's unit; nothing else is ever paid")
    bearer = models.CharField(max_length=60, blank=True, default="", help_text="who bears the cost, in words")
    standing = models.CharField(max_length=8, choices=Standing)
    reason = models.CharField(max_length=200, blank=True, default="", help_text="why refused, paused, ended; no person")
    held_back = models.BooleanField(default=False, help_text="paused by who keeps the place: they alone resume it")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, help_text="the last day on which it can be taken")
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    checked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    request = models.UUIDField(null=True, unique=True, help_text="of the form: sent twice, written once")

    class Meta:
        constraints = [
            models.CheckConstraint(name="exchange_offer_standing_known", condition=Q(standing__in=Standing.values)),
            models.CheckConstraint(
                name="exchange_offer_of_one",
                condition=Q(organization__isnull=False, person__isnull=True)
                | Q(organization__isnull=True, person__isnull=False),
            ),
            models.CheckConstraint(
                name="exchange_offer_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(name="exchange_offer_has_pieces", condition=Q(pieces__gte=1)),
            models.CheckConstraint(
                name="exchange_offer_checked_by_another",
                condition=Q(checked_by__isnull=True, checked_at__isnull=True)
                | Q(checked_by__isnull=False, checked_at__isnull=False) & ~Q(checked_by=F("entered_by")),
            ),
            models.CheckConstraint(
                name="exchange_offer_says_why",
                condition=~Q(standing__in=["paused", "ended", "refused"]) | ~Q(reason=""),
            ),
            models.CheckConstraint(name="exchange_offer_cost_of_a_book", condition=Q(cost=0) | ~Q(fund="")),
        ]
        indexes = [
            models.Index(fields=["path"], name="exchange_offer_path", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["organization"], name="exchange_offer_body"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """How the trail, links and papers name it."""
        return f"offer:{self.number}"

    @property
    def to_go_to(self) -> str:
        """Where to come to, in words; "" where the place alone is told."""
        return self.where or (self.venue.name if self.venue else "")


class Need(models.Model):
    """需求 Need: what somebody wishes for, as everybody may read it; who and where is sealed under its own key."""

    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=64, help_text="name of the pack of kind need")
    pack = models.CharField(max_length=120, help_text="the version whose rules hold for it")
    category = models.CharField(max_length=64, help_text="code of the pack's category")
    title = models.CharField(max_length=60, help_text="the need; never who has it")
    about = models.CharField(max_length=300, blank=True, default="", help_text="for everybody; no person")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", help_text="a community, no home")
    path = models.CharField(max_length=300, help_text="of that place: what mandates are held against")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", help_text="who asks for themselves"
    )
    helper = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", help_text="who filled it in for somebody"
    )
    consent = models.CharField(max_length=8, blank=True, default="", help_text="said or signed: their yes to a helper")
    minor = models.BooleanField(default=False, help_text="under the law's age: a guardian has agreed")
    key = models.ForeignKey(VaultKey, on_delete=models.PROTECT, related_name="+", help_text="seals the words")
    words = models.BinaryField(help_text="JSON {name, phone, where, more, guardian}, sealed")
    minutes = models.PositiveSmallIntegerField(null=True, help_text="about how long it takes a neighbour")
    status = models.CharField(max_length=10, choices=Wish)
    reason = models.CharField(max_length=200, blank=True, default="", help_text="why not, as the asker reads it")
    thanks = models.CharField(max_length=200, blank=True, default="", help_text="for everybody; no person")
    asked_at = models.DateTimeField()
    checked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    until = models.DateField(null=True, help_text="the last day on which somebody may take it")
    request = models.UUIDField(null=True, unique=True, help_text="of the form: sent twice, written once")

    class Meta:
        constraints = [
            models.CheckConstraint(name="exchange_need_status_known", condition=Q(status__in=Wish.values)),
            models.CheckConstraint(
                name="exchange_need_of_somebody", condition=Q(person__isnull=False) | Q(helper__isnull=False)
            ),
            models.CheckConstraint(
                name="exchange_need_helper_has_a_yes",
                condition=Q(helper__isnull=True, consent="")
                | Q(helper__isnull=False, consent__in=["said", "signed"]),
            ),
            models.CheckConstraint(
                name="exchange_need_checked_by_another",
                condition=Q(checked_by__isnull=True)
                | (Q(person__isnull=True) | ~Q(checked_by=F("person")))
                & (Q(helper__isnull=True) | ~Q(checked_by=F("helper"))),
            ),
        ]
        indexes = [
            models.Index(fields=["path"], name="exchange_need_path", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["until"], condition=Q(status="open"), name="exchange_need_ending"),
            models.Index(fields=["person"], name="exchange_need_person"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"need:{self.number}"


class Claim(models.Model):
    """认领 Claim: somebody takes what is offered, or takes on what is wished for."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    number = models.CharField(max_length=24, unique=True)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True, related_name="claims")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, null=True, related_name="claims")
    path = models.CharField(max_length=300, help_text="of the offer's or need's place")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", help_text="who takes it")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="+", help_text="the body they take it for"
    )
    dwelling = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, related_name="+", help_text="the household it counts for"
    )
    quantity = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    series = models.UUIDField(null=True, help_text="the same for those booked together")
    asked_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, help_text="when the clock moves it by itself")
    paid = models.PositiveIntegerField(default=0, help_text="points or minutes taken for it")
    key = models.ForeignKey(
        VaultKey, on_delete=models.PROTECT, null=True, related_name="+", help_text="seals what was written"
    )
    words = models.BinaryField(default=b"", help_text="JSON {note, appeal, step:…}, sealed")
    code_digest = models.CharField(max_length=64, blank=True, default="", help_text="finds the code that is shown")
    request = models.UUIDField(null=True, unique=True, help_text="of the form: sent twice, written once")

    class Meta:
        constraints = [
            models.CheckConstraint(name="exchange_claim_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(
                name="exchange_claim_of_one",
                condition=Q(offer__isnull=False, need__isnull=True) | Q(offer__isnull=True, need__isnull=False),
            ),
            models.CheckConstraint(name="exchange_claim_of_something", condition=Q(quantity__gte=1)),
            models.CheckConstraint(
                name="exchange_claim_ends_after_it_starts",
                condition=Q(starts_at__isnull=True, ends_at__isnull=True)
                | Q(starts_at__isnull=False) & (Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at"))),
            ),
            models.UniqueConstraint(
                fields=["need", "person"], condition=Q(state__in=LIVE), name="exchange_need_taken_once_each"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-asked_at"], name="exchange_claim_person"),
            models.Index(fields=["offer", "state", "starts_at"], name="exchange_claim_offer"),
            models.Index(fields=["dwelling", "offer"], name="exchange_claim_home"),
            models.Index(fields=["path"], name="exchange_claim_path", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="exchange_claim_next"),
            models.Index(fields=["code_digest"], condition=~Q(code_digest=""), name="exchange_claim_code"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"claim:{self.number}"


class Slot(models.Model):
    """时段 Slot: a time held in a resource, buffers around it included; let go, it holds nothing any more."""

    resource = models.CharField(max_length=40, help_text='"venue:12#1", "offer:GJ0001#2"')
    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, null=True, related_name="slot")
    about = models.CharField(max_length=80, blank=True, default="", help_text='what else holds it: "gathering:HY-…"')
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    blocked = DateTimeRangeField(help_text="from before it starts until after it ends, the last moment not included")
    let_go_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="exchange_slot_held_for_something",
                condition=Q(claim__isnull=False, about="") | Q(claim__isnull=True) & ~Q(about=""),
            ),
            models.CheckConstraint(name="exchange_slot_ends_after_it_starts", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(
                name="exchange_slot_blocks_itself",
                condition=Q(blocked__startswith__lte=F("starts_at"), blocked__endswith__gte=F("ends_at")),
            ),
            # No two bookings of one thing touch, whichever process wrote them.
            ExclusionConstraint(
                name="exchange_slot_once",
                expressions=[("resource", RangeOperators.EQUAL), ("blocked", RangeOperators.OVERLAPS)],
                condition=Q(let_go_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["about"], condition=~Q(about=""), name="exchange_slot_about")]

    def __str__(self) -> str:
        return f"slot:{self.pk}"


class Fulfilment(models.Model):
    """履行 Fulfilment: one step that happened to a claim: who, when, with which words. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=12, help_text="one of rules.STEPS")
    state = models.CharField(max_length=10, choices=State, help_text="the claim's state from then on")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", help_text="none: the clock")
    at = models.DateTimeField()
    note = models.CharField(max_length=600, blank=True, default="", help_text="both sides read it; no number, no door")

    class Meta:
        constraints = [
            # What is missing is told once, and all of it (居住证暂行条例 9).
            models.UniqueConstraint(
                fields=["claim"], condition=Q(step="supplement"), name="exchange_supplement_asked_once"
            )
        ]
        indexes = [models.Index(fields=["claim", "id"], name="exchange_steps")]

    def __str__(self) -> str:
        return f"{self.step} {self.claim_id}"

    @property
    def reference(self) -> str:
        """What its papers belong to."""
        return f"fulfilment:{self.pk}"


class Rating(models.Model):
    """评价 Rating: how it was, from whoever took it: one to five; the words are sealed under the claim's key."""

    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, related_name="rating")
    points = models.PositiveSmallIntegerField(help_text="1 to 5: of the offer, never of a person")
    words = models.BinaryField(default=b"", help_text="sealed")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="exchange_rating_of_five", condition=Q(points__range=(1, 5)))]

    def __str__(self) -> str:
        return f"rating:{self.pk}"
