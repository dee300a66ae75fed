"""What a matter or a duty refers to, which duty an item shows done; a correction may change the last day."""

import django.db.models.deletion
from django.db import migrations, models

_KEEP = """
CREATE OR REPLACE FUNCTION publications_keep_released() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.released_at IS NULL OR coalesce(current_setting('gongzhi.maintenance', true), '') <> '' THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'DELETE' OR (NEW.number, NEW.key_id, NEW.kind, NEW.tone, NEW.record, NEW.digest, NEW.released_at,
      NEW.author_id, NEW.releaser_id)
    IS DISTINCT FROM (OLD.number, OLD.key_id, OLD.kind, OLD.tone, OLD.record, OLD.digest, OLD.released_at,
      OLD.author_id, OLD.releaser_id) OR NEW.expires_on IS DISTINCT FROM OLD.expires_on AND %s THEN
    RAISE EXCEPTION 'what was released in %% does not change', TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
"""
# The first last day stands in the sealed record; the column follows a correction at the moment of its release.
_FOLLOWS = (
    _KEEP
    % """NOT EXISTS (
      SELECT 1 FROM publications_correction WHERE publication_id = NEW.id AND kind = 'corrected'
        AND released_at IS NULL AND refused_at IS NULL)"""
)
_STAYED = _KEEP % "true"


class Migration(migrations.Migration):
    dependencies = [
        ("duties", "0001_duty"),
        ("publications", "0001_items_reviews_corrections_replies"),
    ]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="fulfils",
            field=models.ForeignKey(
                blank=True,
                help_text="shown done by its release",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="duties.duty",
            ),
        ),
        migrations.AddField(
            model_name="publication",
            name="subject_reference",
            field=models.CharField(
                blank=True,
                default="",
                help_text='the matter or the duty itself: "case:GZ-…", "duty-rule:code"',
                max_length=120,
            ),
        ),
        migrations.RunSQL(_FOLLOWS, _STAYED),
    ]
