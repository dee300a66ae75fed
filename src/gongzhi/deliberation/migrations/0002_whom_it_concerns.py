from django.db import migrations, models

# As in 0001; what is planned about posts is loose too, until it is done.
_KEPT = """
CREATE OR REPLACE FUNCTION deliberation_resolution_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE loose text[] := ARRAY['done_at', 'done_by', 'done_as'{more}];
BEGIN
  IF coalesce(current_setting('gongzhi.maintenance', true), '') = '' AND (TG_OP = 'DELETE' OR OLD.done_at IS NOT NULL
     OR (to_jsonb(NEW) - loose) IS DISTINCT FROM (to_jsonb(OLD) - loose)) THEN
    RAISE EXCEPTION 'a resolution does not change' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("deliberation", "0001_courses_events_and_resolutions")]

    operations = [
        migrations.AddField(
            model_name="course",
            name="concerns",
            field=models.CharField(
                blank=True,
                default="",
                help_text='"mandate:12": whose post it is about, or which one was left',
                max_length=40,
            ),
        ),
        migrations.AddIndex(
            model_name="course",
            index=models.Index(
                condition=models.Q(("concerns", ""), _negated=True), fields=["concerns"], name="deliberation_concerns"
            ),
        ),
        migrations.AddField(
            model_name="resolution",
            name="plan",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="posts that begin or end by it, as references: {end, term_ends} or {begin}",
            ),
        ),
        migrations.AddField(
            model_name="resolution",
            name="asked_by",
            field=models.CharField(
                blank=True, default="", help_text="who wrote the plan: not who confirms", max_length=80
            ),
        ),
        migrations.RunSQL(_KEPT.replace("{more}", ", 'plan', 'asked_by'"), _KEPT.replace("{more}", "")),
    ]
