"""What the database holds of persons' accounts: only points and minutes, no lot below nothing, nothing ended is used."""

from django.db import migrations

_LOOSE_BEFORE = "ARRAY['balance', 'name', 'floor', 'ceiling']"
_LOOSE_NOW = "ARRAY['balance', 'name', 'floor', 'ceiling', 'since', 'until', 'listed']"
_ACCOUNT_KEPT = """
CREATE OR REPLACE FUNCTION ledger_account_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE loose text[] := %s;
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM ledger_refuse('an account stays');
    RETURN OLD;
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.balance <> 0 THEN PERFORM ledger_refuse('an account begins with nothing'); END IF;
    RETURN NEW;
  END IF;
  IF (to_jsonb(NEW) - loose) IS DISTINCT FROM (to_jsonb(OLD) - loose) THEN
    PERFORM ledger_refuse('an account stays what it is');
  END IF;
  IF NEW.balance <> OLD.balance AND pg_trigger_depth() < 2 THEN
    PERFORM ledger_refuse('only an approved entry changes a balance');
  END IF;
  RETURN NEW;
END $$;
"""
_PERSONS = """
CREATE FUNCTION ledger_account_of_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.holder_id IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM ledger_fund WHERE id = NEW.fund_id AND unit IN ('points', 'minutes')) THEN
    PERFORM ledger_refuse('a person holds points or minutes, never money');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER account_of_person BEFORE INSERT ON ledger_account
  FOR EACH ROW EXECUTE FUNCTION ledger_account_of_person();

CREATE FUNCTION ledger_posting_of_lot() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE entry ledger_ledgerentry; held boolean;
BEGIN
  SELECT holder_id IS NOT NULL INTO held FROM ledger_account WHERE id = NEW.account_id;
  IF NEW.expires_on IS NOT NULL AND NOT held THEN
    PERFORM ledger_refuse('only what a person holds ends');
  END IF;
  IF held AND NEW.amount < 0 AND NEW.expires_on IS NOT NULL THEN
    SELECT * INTO entry FROM ledger_ledgerentry WHERE id = NEW.entry_id;
    IF NEW.expires_on < entry."on" AND entry.movement <> 'expire' AND entry.reverses_id IS NULL THEN
      PERFORM ledger_refuse('what has ended is not used');
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER posting_of_lot BEFORE INSERT ON ledger_posting
  FOR EACH ROW EXECUTE FUNCTION ledger_posting_of_lot();

-- After approval_counts, which has locked the accounts: no lot of a person is below nothing.
CREATE FUNCTION ledger_approve_persons() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE entry ledger_ledgerentry;
BEGIN
  SELECT * INTO entry FROM ledger_ledgerentry WHERE id = NEW.entry_id;
  IF NEW.by_id IS NULL AND (entry.needs_second OR entry.proposer_id IS NOT NULL) THEN
    PERFORM ledger_refuse('a rule decides only what a rule wrote, and never for a second person');
  END IF;
  IF NEW.verdict = 'approved' AND EXISTS (
      SELECT 1 FROM ledger_posting p
        JOIN ledger_account a ON a.id = p.account_id AND a.holder_id IS NOT NULL
        LEFT JOIN ledger_approval v ON v.entry_id = p.entry_id AND v.verdict = 'approved'
      WHERE p.account_id IN (SELECT account_id FROM ledger_posting WHERE entry_id = entry.id AND amount < 0)
        AND (v.id IS NOT NULL OR p.entry_id = entry.id)
      GROUP BY p.account_id, p.expires_on HAVING sum(p.amount) < 0) THEN
    PERFORM ledger_refuse('a lot holds as much as was put into it');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER approval_of_persons BEFORE INSERT ON ledger_approval
  FOR EACH ROW EXECUTE FUNCTION ledger_approve_persons();

CREATE FUNCTION ledger_objection_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND OLD.upheld IS NOT NULL AND NEW.words = OLD.words) THEN
    PERFORM ledger_refuse('an objection stays as it was answered');
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.answered_by_id IS NOT NULL AND EXISTS (
      SELECT 1 FROM ledger_ledgerentry e LEFT JOIN ledger_approval a ON a.entry_id = e.id
      WHERE e.id = NEW.entry_id AND NEW.answered_by_id IN (e.proposer_id, a.by_id)) THEN
    PERFORM ledger_refuse('somebody else answers an objection');
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER objection_kept BEFORE INSERT OR UPDATE OR DELETE ON ledger_objection
  FOR EACH ROW EXECUTE FUNCTION ledger_objection_kept();
"""
_LOOSE = """
DROP TRIGGER objection_kept ON ledger_objection;
DROP TRIGGER approval_of_persons ON ledger_approval;
DROP TRIGGER posting_of_lot ON ledger_posting;
DROP TRIGGER account_of_person ON ledger_account;
DROP FUNCTION ledger_objection_kept();
DROP FUNCTION ledger_approve_persons();
DROP FUNCTION ledger_posting_of_lot();
DROP FUNCTION ledger_account_of_person();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_accounts_of_persons")]

    operations = [
        migrations.RunSQL(_ACCOUNT_KEPT % _LOOSE_NOW, _ACCOUNT_KEPT % _LOOSE_BEFORE),
        migrations.RunSQL(_PERSONS, _LOOSE),
    ]
