"""Places and facilities that were named by words alone are of the place that the item is for."""

from django.db import migrations

_FILL = """
UPDATE publications_publication SET subject_place_id = place_id
WHERE subject_kind IN ('place', 'facility') AND subject_place_id IS NULL;
UPDATE publications_publication SET subject_kind = 'matter' WHERE subject_kind = 'duty' AND subject_reference = '';
"""


class Migration(migrations.Migration):
    dependencies = [("publications", "0002_references_of_subjects")]

    operations = [migrations.RunSQL(_FILL, migrations.RunSQL.noop)]
