"""Tables: funds, their accounts, entries with their lines, what a second person said, closed periods. No workflow.

Balances are the database's: a trigger adds the lines of an approved entry to its accounts, and the floor is a check
on that row (migrations/0001, docs/decisions/0022).
"""

from django.db import models
from django.db.models import F, Q

from gongzhi.common.ids import uuid7
from gongzhi.common.text import N_
from gongzhi.people.models import Organization, Person, VaultKey
from gongzhi.places.models import Place


class Unit(models.TextChoices):
    """What is counted, in whole numbers."""

    FEN = "fen", N_("元")
    POINTS = "points", N_("分")
    MINUTES = "minutes", N_("分钟")


class AccountKind(models.TextChoices):
    """Where an account stands: debits count as more on the first two, as less on the others."""

    ASSETS = "assets", N_("资产")
    EXPENSES = "expenses", N_("支出")
    LIABILITIES = "liabilities", N_("负债")
    INCOME = "income", N_("收入")
    EQUITY = "equity", N_("净资产")


class Fund(models.Model):
    """账本 Fund: one set of accounts that balance: whose money, held by whom, under which kind of fund (a pack)."""

    number = models.CharField(max_length=8, unique=True, help_text="F001: the code of its own account too")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=64, help_text="name of the pack of kind fund")
    pack = models.CharField(max_length=120, help_text="the version whose rules hold for it")
    unit = models.CharField(max_length=8, choices=Unit)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", help_text="whose residents it is for")
    path = models.CharField(max_length=300, help_text="of that place: what mandates are held against")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", help_text="who holds it")
    host = models.CharField(max_length=20, help_text="as what, by the pack: charity, treasury, owners")
    proof = models.CharField(max_length=120, help_text="number of the paper that says so")
    second_above = models.BigIntegerField(help_text="an entry of more than this needs a second person")
    first_total = models.BigIntegerField(null=True, help_text="what the alarm is a share of")
    opened_on = models.DateField()
    opened_by = models.CharField(max_length=80)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="ledger_fund_unit_known", condition=Q(unit__in=Unit.values)),
            models.CheckConstraint(name="ledger_fund_limit_not_below_zero", condition=Q(second_above__gte=0)),
            models.CheckConstraint(
                name="ledger_fund_first_total_is_more_than_zero",
                condition=Q(first_total__isnull=True) | Q(first_total__gt=0),
            ),
            models.CheckConstraint(
                name="ledger_fund_closes_after_it_opens",
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
            ),
        ]
        indexes = [models.Index(fields=["path"], name="ledger_fund_path", opclasses=["varchar_pattern_ops"])]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """How the trail, links and duties name it."""
        return f"fund:{self.number}"


class Account(models.Model):
    """账户 Account: one line of a fund's books and what it stands at; its code is the funding line others cite."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="accounts")
    code = models.CharField(max_length=12, unique=True, help_text="F001, then F001-1, F001-2")
    position = models.PositiveSmallIntegerField()
    line = models.CharField(max_length=64, help_text="code of the pack's account")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=AccountKind)
    purpose = models.CharField(max_length=64, blank=True, default="", help_text="facet: what the money is for")
    floor = models.BigIntegerField(null=True, help_text="never below this")
    ceiling = models.BigIntegerField(null=True, help_text="never above this")
    balance = models.BigIntegerField(default=0, help_text="debits less credits of approved entries; by trigger only")
    holder = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", help_text="whose points; name is a pseudonym"
    )
    since = models.DateField(null=True, help_text="joined on, of his own will")
    until = models.DateField(null=True, help_text="left on")
    listed = models.BooleanField(default=False, help_text="wants to stand in what is published, by the pseudonym")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fund", "holder", "line"], condition=Q(holder__isnull=False), name="ledger_account_of_holder"
            ),
            models.UniqueConstraint(
                fields=["fund", "name", "line"], condition=Q(holder__isnull=False), name="ledger_account_pseudonym"
            ),
            models.CheckConstraint(
                name="ledger_account_of_a_person",
                condition=Q(holder__isnull=True, since__isnull=True, until__isnull=True, listed=False)
                | Q(holder__isnull=False, since__isnull=False, kind="assets", floor=0, name__regex=r"^[2-9A-Z]{6}$"),
            ),
            models.CheckConstraint(name="ledger_account_kind_known", condition=Q(kind__in=AccountKind.values)),
            models.UniqueConstraint(fields=["fund", "position"], name="ledger_account_position"),
            models.CheckConstraint(
                name="ledger_account_not_below_floor", condition=Q(floor__isnull=True) | Q(balance__gte=F("floor"))
            ),
            models.CheckConstraint(
                name="ledger_account_not_above_ceiling",
                condition=Q(ceiling__isnull=True) | Q(balance__lte=F("ceiling")),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """How a case or a project cites it as where the money comes from (费随事转)."""
        return f"account:{self.code}"


class LedgerEntry(models.Model):
    """分录 LedgerEntry: what happened to a fund's money on a day, by balanced lines. Append-only; undone by another.

    Who was paid is sealed under a key of its own; the narration is public and names nobody.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="entries")
    number = models.CharField(max_length=16, unique=True, help_text="F001-0007: counted in the fund, none left out")
    sequence = models.PositiveIntegerField()
    on = models.DateField(help_text="the day of the payment, not of the writing")
    movement = models.CharField(max_length=64, help_text="code of the pack; the undone one's for an undoing")
    narration = models.CharField(max_length=120, help_text="for everybody to read; no person")
    amount = models.BigIntegerField(help_text="what the debits come to")
    lines = models.PositiveSmallIntegerField(help_text="how many lines it has: none is added later")
    about = models.CharField(max_length=80, blank=True, default="", help_text='what it is for: "case:…", "project:…"')
    decision = models.CharField(max_length=80, blank=True, default="", help_text="by which decision")
    facts = models.JSONField(default=dict, help_text="papers shown, own share, situation; no person")
    key = models.ForeignKey(VaultKey, on_delete=models.PROTECT, related_name="+", help_text="seals party and papers")
    words = models.BinaryField(default=b"", help_text="JSON {party}, sealed")
    reverses = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="reversals")
    needs_second = models.BooleanField(help_text="above the fund's limit on that day, or an undoing")
    proposer = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", help_text="null: by a rule of the kind"
    )
    at = models.DateTimeField()
    request = models.UUIDField(null=True, unique=True, help_text="of the form: sent twice, written once")

    class Meta:
        verbose_name_plural = "ledger entries"
        constraints = [
            models.UniqueConstraint(fields=["fund", "sequence"], name="ledger_entry_sequence"),
            models.CheckConstraint(name="ledger_entry_is_of_something", condition=Q(amount__gt=0, lines__gte=2)),
            models.CheckConstraint(
                name="ledger_undoing_needs_a_second", condition=Q(reverses__isnull=True) | Q(needs_second=True)
            ),
        ]
        indexes = [
            models.Index(fields=["fund", "-on", "-sequence"], name="ledger_entry_newest"),
            models.Index(fields=["about"], condition=~Q(about=""), name="ledger_entry_about"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """How the trail, links and papers name it."""
        return f"entry:{self.number}"

    @property
    def public_reference(self) -> str:
        """What papers belong to that everybody may see: covered where needed, shown by a second person."""
        return f"entry-public:{self.number}"


class Posting(models.Model):
    """分录行 Posting: one line of an entry: more (debit, above zero) or less (credit) on one account. Append-only."""

    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings")
    amount = models.BigIntegerField(help_text="in the fund's unit, exact")
    expires_on = models.DateField(null=True, help_text="last day of these points; only on accounts of persons")

    class Meta:
        constraints = [models.CheckConstraint(name="ledger_posting_not_zero", condition=~Q(amount=0))]

    def __str__(self) -> str:
        return f"posting:{self.pk}"


class Verdict(models.TextChoices):
    """What came of an entry that was written."""

    APPROVED = "approved", N_("记入")
    REFUSED = "refused", N_("不同意")
    WITHDRAWN = "withdrawn", N_("撤回")


class Approval(models.Model):
    """审批 Approval: what was decided on one entry, by whom; only then does it count. Append-only."""

    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, related_name="approval")
    verdict = models.CharField(max_length=10, choices=Verdict)
    by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", help_text="null: by a rule of the kind"
    )
    note = models.CharField(max_length=200, blank=True, default="", help_text="why not; no person")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="ledger_verdict_known", condition=Q(verdict__in=Verdict.values))]

    def __str__(self) -> str:
        return f"{self.verdict} {self.entry_id}"


class BookPeriod(models.Model):
    """会计期间 BookPeriod: a month or quarter, added up by one person, closed by another; no entry after."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="periods")
    span = models.CharField(max_length=10, help_text="2026-03, 2026-Q1")
    first = models.DateField()
    last = models.DateField()
    totals = models.JSONField(help_text='as added up: {"opening", "income", "expense", "closing", "entries"}')
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fund", "span"], name="ledger_period_once"),
            models.CheckConstraint(
                name="ledger_period_closed_by_two",
                condition=Q(closed_by__isnull=True, closed_at__isnull=True)
                | Q(closed_by__isnull=False, closed_at__isnull=False) & ~Q(closed_by=F("proposed_by")),
            ),
            models.CheckConstraint(name="ledger_period_ends_after_it_begins", condition=Q(last__gte=F("first"))),
        ]

    def __str__(self) -> str:
        return f"{self.fund_id} {self.span}"


class Objection(models.Model):
    """异议 Objection: somebody says that an entry on his account is wrong; another than who wrote it answers."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="objections")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", help_text="whose; a pseudonym")
    key = models.ForeignKey(VaultKey, on_delete=models.PROTECT, related_name="+", help_text="seals both words")
    words = models.BinaryField(help_text="JSON {reason, answer}, sealed")
    at = models.DateTimeField()
    upheld = models.BooleanField(null=True, help_text="null: not answered yet")
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "account"], condition=Q(upheld__isnull=True), name="ledger_objection_one_open"
            ),
            models.CheckConstraint(
                name="ledger_objection_answered_whole",
                condition=Q(upheld__isnull=True, answered_by__isnull=True, answered_at__isnull=True)
                | Q(upheld__isnull=False, answered_by__isnull=False, answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"objection:{self.pk}"
