"""What the database holds by itself: decisions stay as written, and nobody decides about a message of their own."""

from django.db import migrations

from gongzhi.common.append_only import AppendOnly

_ANOTHER = """
CREATE FUNCTION disclosure_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.by_id = (SELECT author_id FROM disclosure_message WHERE id = NEW.message_id) THEN
    RAISE EXCEPTION 'disclosure: nobody decides about a message of their own'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER by_another BEFORE INSERT ON disclosure_moderation
  FOR EACH ROW EXECUTE FUNCTION disclosure_by_another();
"""
_BACK = "DROP TRIGGER by_another ON disclosure_moderation; DROP FUNCTION disclosure_by_another();"


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0001_messages_decisions_appeals")]

    operations = [AppendOnly("disclosure_moderation"), migrations.RunSQL(_ANOTHER, _BACK)]
