from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_how_a_holder_serves")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="saved_filters",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="filters of the list of cases: {name, address}, the person's own",
            ),
        ),
    ]
