"""What the database holds by itself: a service record stays as it was written; a reversal marks it, nothing else does."""

from django.db import migrations

from gongzhi.common.append_only import AppendOnly

_KEPT = """
CREATE FUNCTION volunteering_reverse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE volunteering_servicerecord SET reversed_at = NEW.at WHERE id = NEW.record_id;
  RETURN NULL;
END $$;
CREATE TRIGGER reversal_marks AFTER INSERT ON volunteering_reversal
  FOR EACH ROW EXECUTE FUNCTION volunteering_reverse();

CREATE FUNCTION volunteering_record_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF coalesce(current_setting('gongzhi.maintenance', true), '') = '' THEN
    IF TG_OP = 'INSERT' AND NEW.reversed_at IS NULL THEN RETURN NEW; END IF;
    IF TG_OP = 'UPDATE' AND pg_trigger_depth() > 1 AND OLD.reversed_at IS NULL
       AND (to_jsonb(NEW) - 'reversed_at') IS NOT DISTINCT FROM (to_jsonb(OLD) - 'reversed_at')
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'volunteering: a service record stays as it was written'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER record_kept BEFORE INSERT OR UPDATE OR DELETE ON volunteering_servicerecord
  FOR EACH ROW EXECUTE FUNCTION volunteering_record_kept();
"""
_LOOSE = """
DROP TRIGGER record_kept ON volunteering_servicerecord;
DROP TRIGGER reversal_marks ON volunteering_reversal;
DROP FUNCTION volunteering_record_kept();
DROP FUNCTION volunteering_reverse();
"""


class Migration(migrations.Migration):
    dependencies = [("volunteering", "0001_volunteers_and_records")]

    operations = [AppendOnly("volunteering_reversal"), migrations.RunSQL(_KEPT, _LOOSE)]
