import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0007_places_one_answers_for"),
        ("places", "0002_what_a_place_was"),
        ("projects", "0003_works_lines"),
    ]

    operations = [
        migrations.CreateModel(
            name="Bid",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("ask", models.BigIntegerField(help_text="in fen, for the whole work")),
                (
                    "plan",
                    models.CharField(
                        help_text="what it would do and how; for everybody after the last day", max_length=600
                    ),
                ),
                (
                    "hands",
                    models.CharField(
                        help_text="how many people of which trades, what it has done; no names", max_length=200
                    ),
                ),
                (
                    "on_paper",
                    models.BooleanField(
                        default=False, help_text="entered by the office from a paper that is kept with it"
                    ),
                ),
                ("entered_by", models.CharField(max_length=80)),
                ("entered_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("chosen_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="milestone",
            name="judged",
            field=models.BooleanField(default=False, help_text="whether the sheet is filled for it before it is done"),
        ),
        migrations.AddField(
            model_name="milestone",
            name="pays",
            field=models.CharField(
                blank=True, default="", help_text='"2/5" of the public money, once done', max_length=9
            ),
        ),
        migrations.AddField(
            model_name="project",
            name="bids_until",
            field=models.DateField(help_text="last day for bodies to offer; none: nobody was asked", null=True),
        ),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(
                condition=models.Q(("bids_until__isnull", False)), fields=["-bids_until"], name="projects_bidding"
            ),
        ),
        migrations.AddField(
            model_name="bid",
            name="body",
            field=models.ForeignKey(
                help_text="who would do it",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.organization",
            ),
        ),
        migrations.AddField(
            model_name="bid",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="bids", to="projects.project"
            ),
        ),
        migrations.AddConstraint(
            model_name="bid",
            constraint=models.UniqueConstraint(fields=("project", "position"), name="projects_bid_position"),
        ),
        migrations.AddConstraint(
            model_name="bid",
            constraint=models.UniqueConstraint(fields=("project", "body"), name="projects_bid_once_a_body"),
        ),
        migrations.AddConstraint(
            model_name="bid",
            constraint=models.UniqueConstraint(
                condition=models.Q(("chosen_at__isnull", False)), fields=("project",), name="projects_bid_one_chosen"
            ),
        ),
        migrations.AddConstraint(
            model_name="bid",
            constraint=models.CheckConstraint(condition=models.Q(("ask__gt", 0)), name="projects_bid_asks"),
        ),
        migrations.AddConstraint(
            model_name="bid",
            constraint=models.CheckConstraint(
                condition=models.Q(("chosen_at__isnull", True), ("withdrawn_at__isnull", True), _connector="OR"),
                name="projects_bid_chosen_stands",
            ),
        ),
    ]
