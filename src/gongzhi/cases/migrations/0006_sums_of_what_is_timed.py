"""The sums also say how many cases have a promised date that runs; what was summed up is summed up anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_parts_of_case_numbers")]

    operations = [
        migrations.RunSQL("DELETE FROM cases_placecount", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="placecount",
            name="timed",
            field=models.IntegerField(
                default=0, help_text="of the open ones whose promised date runs, passed or not"
            ),
            preserve_default=False,
        ),
        # The next fold adds all rows to the sums; until then a page reads them as fresh ones.
        migrations.RunSQL("UPDATE cases_casecount SET folded = false", migrations.RunSQL.noop),
    ]
