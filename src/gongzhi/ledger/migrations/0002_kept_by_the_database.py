"""What the database holds by itself: entries balance, nothing is changed, nobody overdraws, closed is closed."""

from django.db import migrations

from gongzhi.common.append_only import AppendOnly

_KEPT = """
CREATE FUNCTION ledger_refuse(what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF coalesce(current_setting('gongzhi.maintenance', true), '') = '' THEN
    RAISE EXCEPTION 'ledger: %', what USING ERRCODE = 'integrity_constraint_violation';
  END IF;
END $$;

-- An entry is whole: as many lines as it says, all in its own fund (so in one unit), and they come to nothing.
CREATE FUNCTION ledger_check_whole(which uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE entry ledger_ledgerentry; found record;
BEGIN
  SELECT * INTO entry FROM ledger_ledgerentry WHERE id = which;
  SELECT count(*) AS lines, coalesce(sum(p.amount), 0) AS rest,
         coalesce(sum(p.amount) FILTER (WHERE p.amount > 0), 0) AS debits,
         count(*) FILTER (WHERE a.fund_id <> entry.fund_id) AS elsewhere
    INTO found FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id WHERE p.entry_id = which;
  IF found.rest <> 0 OR found.debits <> entry.amount THEN
    PERFORM ledger_refuse('an entry does not balance');
  END IF;
  IF found.lines <> entry.lines OR found.elsewhere <> 0 THEN
    PERFORM ledger_refuse('an entry has the lines that it was written with, of its own fund');
  END IF;
END $$;
CREATE FUNCTION ledger_entry_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger_check_whole(NEW.id);
  RETURN NULL;
END $$;
CREATE FUNCTION ledger_posting_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger_check_whole(NEW.entry_id);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER entry_whole AFTER INSERT ON ledger_ledgerentry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_whole();
CREATE CONSTRAINT TRIGGER posting_whole AFTER INSERT ON ledger_posting
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_posting_whole();

-- Only an approval moves a balance. Accounts are locked in one order, and their floors are checks on the row.
CREATE FUNCTION ledger_approve() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE entry ledger_ledgerentry;
BEGIN
  SELECT * INTO entry FROM ledger_ledgerentry WHERE id = NEW.entry_id;
  PERFORM 1 FROM ledger_fund WHERE id = entry.fund_id FOR SHARE;
  IF NEW.verdict = 'withdrawn' AND NEW.by_id <> entry.proposer_id THEN
    PERFORM ledger_refuse('only who wrote an entry withdraws it');
  END IF;
  IF NEW.verdict <> 'approved' THEN RETURN NEW; END IF;
  IF entry.needs_second AND NEW.by_id = entry.proposer_id THEN
    PERFORM ledger_refuse('a second person approves');
  END IF;
  IF EXISTS (SELECT 1 FROM ledger_bookperiod p WHERE p.fund_id = entry.fund_id AND p.closed_at IS NOT NULL
             AND entry."on" BETWEEN p.first AND p.last) THEN
    PERFORM ledger_refuse('a closed period takes no entry');
  END IF;
  IF entry.reverses_id IS NOT NULL AND EXISTS (
      SELECT 1 FROM ledger_ledgerentry o JOIN ledger_approval a ON a.entry_id = o.id AND a.verdict = 'approved'
      WHERE o.reverses_id = entry.reverses_id AND o.id <> entry.id) THEN
    PERFORM ledger_refuse('an entry is undone once');
  END IF;
  PERFORM ledger_check_whole(entry.id);
  PERFORM 1 FROM ledger_account WHERE id IN (SELECT account_id FROM ledger_posting WHERE entry_id = entry.id)
    ORDER BY id FOR UPDATE;
  UPDATE ledger_account a SET balance = a.balance + s.amount
    FROM (SELECT account_id, sum(amount) AS amount FROM ledger_posting WHERE entry_id = entry.id GROUP BY account_id) s
    WHERE a.id = s.account_id;
  RETURN NEW;
END $$;
CREATE TRIGGER approval_counts BEFORE INSERT ON ledger_approval FOR EACH ROW EXECUTE FUNCTION ledger_approve();

CREATE FUNCTION ledger_account_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE loose text[] := ARRAY['balance', 'name', 'floor', 'ceiling'];
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
CREATE TRIGGER account_kept BEFORE INSERT OR UPDATE OR DELETE ON ledger_account
  FOR EACH ROW EXECUTE FUNCTION ledger_account_kept();

CREATE FUNCTION ledger_period_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.closed_at IS NOT NULL THEN
    PERFORM ledger_refuse('a closed period stays closed');
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.closed_at IS NOT NULL THEN
    PERFORM 1 FROM ledger_fund WHERE id = NEW.fund_id FOR UPDATE;
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER period_kept BEFORE INSERT OR UPDATE OR DELETE ON ledger_bookperiod
  FOR EACH ROW EXECUTE FUNCTION ledger_period_kept();
"""
_LOOSE = """
DROP TRIGGER period_kept ON ledger_bookperiod;
DROP TRIGGER account_kept ON ledger_account;
DROP TRIGGER approval_counts ON ledger_approval;
DROP TRIGGER posting_whole ON ledger_posting;
DROP TRIGGER entry_whole ON ledger_ledgerentry;
DROP FUNCTION ledger_period_kept();
DROP FUNCTION ledger_account_kept();
DROP FUNCTION ledger_approve();
DROP FUNCTION ledger_posting_whole();
DROP FUNCTION ledger_entry_whole();
DROP FUNCTION ledger_check_whole(uuid);
DROP FUNCTION ledger_refuse(text);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_funds_accounts_entries")]

    operations = [
        AppendOnly("ledger_ledgerentry"),
        AppendOnly("ledger_posting"),
        AppendOnly("ledger_approval"),
        migrations.RunSQL(_KEPT, _LOOSE),
    ]
