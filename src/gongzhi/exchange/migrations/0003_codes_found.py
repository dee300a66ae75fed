"""The claim behind a code is found by an index, and no longer by going through those that are open."""

from typing import Any

from django.conf import settings
from django.db import migrations, models

from gongzhi.exchange.queries import code_digest, code_of


def find_codes(apps: Any, _schema: Any) -> None:
    """Claims that may still show a code."""
    open_claims = apps.get_model("exchange", "Claim").objects.filter(offer__isnull=False, state__in=("held", "running"))
    for claim in open_claims.iterator():
        claim.code_digest = code_digest(code_of(claim))
        claim.save(update_fields=["code_digest"])


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0002_kept_by_the_database'),
        ('people', '0008_members_of_branches'),
        ('places', '0002_what_a_place_was'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='claim',
            name='code_digest',
            field=models.CharField(blank=True, default='', help_text='finds the code that is shown', max_length=64),
        ),
        migrations.AlterField(
            model_name='claim',
            name='words',
            field=models.BinaryField(default=b'', help_text='JSON {note, appeal, step:…}, sealed'),
        ),
        migrations.AddIndex(
            model_name='claim',
            index=models.Index(condition=models.Q(('code_digest', ''), _negated=True), fields=['code_digest'], name='exchange_claim_code'),
        ),
        migrations.RunPython(find_codes, migrations.RunPython.noop),
    ]
