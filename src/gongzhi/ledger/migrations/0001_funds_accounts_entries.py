import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import gongzhi.common.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0004_versions_of_consent"),
        ("places", "0002_what_a_place_was"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Fund",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "number",
                    models.CharField(help_text="F001: the code of its own account too", max_length=8, unique=True),
                ),
                ("name", models.CharField(max_length=60)),
                ("kind", models.CharField(help_text="name of the pack of kind fund", max_length=64)),
                ("pack", models.CharField(help_text="the version whose rules hold for it", max_length=120)),
                (
                    "unit",
                    models.CharField(choices=[("fen", "元"), ("points", "分"), ("minutes", "分钟")], max_length=8),
                ),
                ("path", models.CharField(help_text="of that place: what mandates are held against", max_length=300)),
                ("host", models.CharField(help_text="as what, by the pack: charity, treasury, owners", max_length=20)),
                ("proof", models.CharField(help_text="number of the paper that says so", max_length=120)),
                ("second_above", models.BigIntegerField(help_text="an entry of more than this needs a second person")),
                ("first_total", models.BigIntegerField(help_text="what the alarm is a share of", null=True)),
                ("opened_on", models.DateField()),
                ("opened_by", models.CharField(max_length=80)),
                ("closed_on", models.DateField(null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        help_text="who holds it",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organization",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        help_text="whose residents it is for",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BookPeriod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("span", models.CharField(help_text="2026-03, 2026-Q1", max_length=10)),
                ("first", models.DateField()),
                ("last", models.DateField()),
                (
                    "totals",
                    models.JSONField(help_text='as added up: {"opening", "income", "expense", "closing", "entries"}'),
                ),
                ("proposed_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="periods", to="ledger.fund"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(help_text="F001, then F001-1, F001-2", max_length=12, unique=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("line", models.CharField(help_text="code of the pack's account", max_length=64)),
                ("name", models.CharField(max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("assets", "资产"),
                            ("expenses", "支出"),
                            ("liabilities", "负债"),
                            ("income", "收入"),
                            ("equity", "净资产"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "purpose",
                    models.CharField(blank=True, default="", help_text="facet: what the money is for", max_length=64),
                ),
                ("floor", models.BigIntegerField(help_text="never below this", null=True)),
                ("ceiling", models.BigIntegerField(help_text="never above this", null=True)),
                (
                    "balance",
                    models.BigIntegerField(
                        default=0, help_text="debits less credits of approved entries; by trigger only"
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="accounts", to="ledger.fund"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                ("id", models.UUIDField(default=gongzhi.common.ids.uuid7, primary_key=True, serialize=False)),
                (
                    "number",
                    models.CharField(
                        help_text="F001-0007: counted in the fund, none left out", max_length=16, unique=True
                    ),
                ),
                ("sequence", models.PositiveIntegerField()),
                ("on", models.DateField(help_text="the day of the payment, not of the writing")),
                (
                    "movement",
                    models.CharField(help_text="code of the pack; the undone one's for an undoing", max_length=64),
                ),
                ("narration", models.CharField(help_text="for everybody to read; no person", max_length=120)),
                ("amount", models.BigIntegerField(help_text="what the debits come to")),
                ("lines", models.PositiveSmallIntegerField(help_text="how many lines it has: none is added later")),
                (
                    "about",
                    models.CharField(
                        blank=True, default="", help_text='what it is for: "case:…", "project:…"', max_length=80
                    ),
                ),
                ("decision", models.CharField(blank=True, default="", help_text="by which decision", max_length=80)),
                ("facts", models.JSONField(default=dict, help_text="papers shown, own share, situation; no person")),
                ("words", models.BinaryField(default=b"", help_text="JSON {party}, sealed")),
                ("needs_second", models.BooleanField(help_text="above the fund's limit on that day, or an undoing")),
                ("at", models.DateTimeField()),
                (
                    "request",
                    models.UUIDField(help_text="of the form: sent twice, written once", null=True, unique=True),
                ),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="ledger.fund"
                    ),
                ),
                (
                    "key",
                    models.ForeignKey(
                        help_text="seals party and papers",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.vaultkey",
                    ),
                ),
                (
                    "proposer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "reverses",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversals",
                        to="ledger.ledgerentry",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "ledger entries",
            },
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verdict",
                    models.CharField(
                        choices=[("approved", "记入"), ("refused", "不同意"), ("withdrawn", "撤回")], max_length=10
                    ),
                ),
                ("note", models.CharField(blank=True, default="", help_text="why not; no person", max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="approval", to="ledger.ledgerentry"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.BigIntegerField(help_text="in the fund's unit, exact")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="postings", to="ledger.account"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="postings", to="ledger.ledgerentry"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="fund",
            index=models.Index(fields=["path"], name="ledger_fund_path", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddConstraint(
            model_name="fund",
            constraint=models.CheckConstraint(
                condition=models.Q(("unit__in", ["fen", "points", "minutes"])), name="ledger_fund_unit_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="fund",
            constraint=models.CheckConstraint(
                condition=models.Q(("second_above__gte", 0)), name="ledger_fund_limit_not_below_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="fund",
            constraint=models.CheckConstraint(
                condition=models.Q(("first_total__isnull", True), ("first_total__gt", 0), _connector="OR"),
                name="ledger_fund_first_total_is_more_than_zero",
            ),
        ),
        migrations.AddConstraint(
            model_name="fund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_on__isnull", True), ("closed_on__gte", models.F("opened_on")), _connector="OR"
                ),
                name="ledger_fund_closes_after_it_opens",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookperiod",
            constraint=models.UniqueConstraint(fields=("fund", "span"), name="ledger_period_once"),
        ),
        migrations.AddConstraint(
            model_name="bookperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                    models.Q(
                        ("closed_at__isnull", False),
                        ("closed_by__isnull", False),
                        models.Q(("closed_by", models.F("proposed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="ledger_period_closed_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(("last__gte", models.F("first"))), name="ledger_period_ends_after_it_begins"
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["assets", "expenses", "liabilities", "income", "equity"])),
                name="ledger_account_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(fields=("fund", "position"), name="ledger_account_position"),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(("floor__isnull", True), ("balance__gte", models.F("floor")), _connector="OR"),
                name="ledger_account_not_below_floor",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(("ceiling__isnull", True), ("balance__lte", models.F("ceiling")), _connector="OR"),
                name="ledger_account_not_above_ceiling",
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(fields=["fund", "-on", "-sequence"], name="ledger_entry_newest"),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("about", ""), _negated=True), fields=["about"], name="ledger_entry_about"
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.UniqueConstraint(fields=("fund", "sequence"), name="ledger_entry_sequence"),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), ("lines__gte", 2)), name="ledger_entry_is_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("reverses__isnull", True), ("needs_second", True), _connector="OR"),
                name="ledger_undoing_needs_a_second",
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["approved", "refused", "withdrawn"])), name="ledger_verdict_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount", 0), _negated=True), name="ledger_posting_not_zero"
            ),
        ),
    ]
