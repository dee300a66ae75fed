from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gatherings', '0003_what_a_motion_is_about'),
        ('volunteering', '0002_kept_by_the_database'),
    ]

    operations = [
        migrations.AddField(
            model_name='activity',
            name='insurance',
            field=models.CharField(blank=True, default='', help_text='insurer, policy, until when', max_length=120),
        ),
        migrations.AddField(
            model_name='activity',
            name='risky',
            field=models.BooleanField(default=False, help_text='somebody could be hurt'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.CheckConstraint(condition=models.Q(('risky', False), models.Q(('insurance', ''), _negated=True), _connector='OR'), name='volunteering_risky_is_insured'),
        ),
    ]
