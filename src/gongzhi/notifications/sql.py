"""Hot statements. Other rooms may embed OUTBOX_INSERT in a CTE of their own."""

# Followed by VALUES (…) or SELECT … with: topic text, payload jsonb, created_at, next_try_at (the same time).
OUTBOX_INSERT = "INSERT INTO notifications_outboxevent (topic, payload, created_at, next_try_at)"

# Set for the transactions of the job only. If the database dies, the last of them are undone whole, and their events
# and deliveries are due again: no promise is broken, and no commit waits for the disk.
NO_WAIT_FOR_DISK = "SET LOCAL synchronous_commit = off"

CLAIM_EVENT = """
SELECT id, topic, payload, created_at, attempts, finished FROM notifications_outboxevent
WHERE processed_at IS NULL AND next_try_at <= %(now)s
ORDER BY next_try_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
"""

# The lease: whoever claims a delivery moves its next try ahead in the same breath. A sender that dies leaves
# a delivery that is simply due again, with the same Message-ID or Idempotency-Key.
CLAIM_DELIVERY = """
UPDATE notifications_delivery SET attempts = attempts + 1, next_try_at = %(lease)s WHERE id = (
  SELECT id FROM notifications_delivery
  WHERE status = 'waiting' AND next_try_at <= %(now)s AND NOT channel = ANY(%(resting)s)
  ORDER BY next_try_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING id
"""

HEALTH = """
SELECT
  (SELECT count(*) FROM notifications_delivery WHERE status = 'waiting'),
  (SELECT count(*) FROM notifications_delivery WHERE status = 'failed'),
  (SELECT count(*) FROM notifications_delivery WHERE status = 'given_up'),
  (SELECT min(created_at) FROM notifications_delivery WHERE status = 'waiting'),
  (SELECT count(*) FROM notifications_outboxevent WHERE processed_at IS NULL),
  (SELECT min(created_at) FROM notifications_outboxevent WHERE processed_at IS NULL),
  (SELECT count(*) FROM notifications_outboxevent WHERE processed_at IS NULL AND attempts > 0)
"""
