"""What the database holds by itself: records stay, totals are sums, signed agreements keep what was promised."""

from django.db import migrations

from gongzhi.common.append_only import AppendOnly

_KEPT = """
CREATE FUNCTION partnerships_refuse(what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF coalesce(current_setting('gongzhi.maintenance', true), '') = '' THEN
    RAISE EXCEPTION 'partnerships: %', what USING ERRCODE = 'integrity_constraint_violation';
  END IF;
END $$;

-- A record on a line adds to its total and says how far it is; nothing else does.
CREATE FUNCTION partnerships_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE partnerships_agreementline SET total = total + NEW.amount,
    progress = CASE WHEN target IS NOT NULL THEN least(100, (total + NEW.amount) * 100 / target)
                    ELSE coalesce(NEW.progress, progress) END
    WHERE id = NEW.line_id;
  RETURN NULL;
END $$;
CREATE TRIGGER event_counts AFTER INSERT ON partnerships_lineevent
  FOR EACH ROW WHEN (NEW.line_id IS NOT NULL) EXECUTE FUNCTION partnerships_count();

CREATE FUNCTION partnerships_drafting(which bigint) RETURNS boolean LANGUAGE sql AS $$
  SELECT EXISTS (SELECT 1 FROM partnerships_agreement WHERE id = which AND state = 'draft')
     AND NOT EXISTS (SELECT 1 FROM partnerships_party WHERE agreement_id = which AND signed_on IS NOT NULL)
$$;

-- Lines and assets are those of the draft: who signed has signed these.
CREATE FUNCTION partnerships_line_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND (NEW.total <> 0 OR NEW.progress <> 0) THEN
    PERFORM partnerships_refuse('a line begins with nothing');
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.total, NEW.progress) IS DISTINCT FROM (OLD.total, OLD.progress) AND pg_trigger_depth() < 2 THEN
      PERFORM partnerships_refuse('only a record moves a line');
    END IF;
    IF (to_jsonb(NEW) - ARRAY['total', 'progress']) IS NOT DISTINCT FROM (to_jsonb(OLD) - ARRAY['total', 'progress'])
    THEN RETURN NEW; END IF;
  END IF;
  IF NOT partnerships_drafting(CASE TG_OP WHEN 'INSERT' THEN NEW.agreement_id ELSE OLD.agreement_id END) THEN
    PERFORM partnerships_refuse('what was signed stays as it was promised');
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER line_kept BEFORE INSERT OR UPDATE OR DELETE ON partnerships_agreementline
  FOR EACH ROW EXECUTE FUNCTION partnerships_line_kept();

CREATE FUNCTION partnerships_asset_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE loose text[] := ARRAY['used_by_id'];
BEGIN
  IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - loose) IS NOT DISTINCT FROM (to_jsonb(OLD) - loose) THEN RETURN NEW; END IF;
  IF NOT partnerships_drafting(CASE TG_OP WHEN 'INSERT' THEN NEW.agreement_id ELSE OLD.agreement_id END) THEN
    PERFORM partnerships_refuse('what was lent stays as it was signed');
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER asset_kept BEFORE INSERT OR UPDATE OR DELETE ON partnerships_asset
  FOR EACH ROW EXECUTE FUNCTION partnerships_asset_kept();
"""
_LOOSE = """
DROP TRIGGER asset_kept ON partnerships_asset;
DROP TRIGGER line_kept ON partnerships_agreementline;
DROP TRIGGER event_counts ON partnerships_lineevent;
DROP FUNCTION partnerships_asset_kept();
DROP FUNCTION partnerships_line_kept();
DROP FUNCTION partnerships_drafting(bigint);
DROP FUNCTION partnerships_count();
DROP FUNCTION partnerships_refuse(text);
"""


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0001_agreements")]

    operations = [AppendOnly("partnerships_lineevent"), migrations.RunSQL(_KEPT, _LOOSE)]
