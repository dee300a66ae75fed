"""The hot statements of this room, each tested equal to what the ORM would read: who somebody is, on every request."""

# Mandates in force on a day, of posts in force on that day, as rows of _MANDATE; none is one row of nulls.
_HELD = """
LEFT JOIN (
  people_mandate m
  JOIN people_post o ON o.id = m.post_id AND o.valid_from <= %(on)s::date
    AND (o.valid_to IS NULL OR o.valid_to > %(on)s::date)
  JOIN places_place l ON l.id = o.place_id
) ON m.person_id = p.id AND m.valid_from <= %(on)s::date AND (m.valid_to IS NULL OR m.valid_to > %(on)s::date)
"""
_MANDATE = "m.id, o.role, l.path, o.organization_id"

SCOPES = f"SELECT {_MANDATE} FROM people_person p {_HELD} WHERE p.id = %(person)s::uuid ORDER BY m.id"  # noqa: S608 - constants

TOKEN = f"""
SELECT t.id, t.person_id, t.own, t.used_on, {_MANDATE}
FROM people_apitoken t JOIN people_person p ON p.id = t.person_id AND p.is_active {_HELD}
WHERE t.digest = %(digest)s::bytea AND t.revoked_at IS NULL ORDER BY m.id
"""  # noqa: S608 - put together from constants; every value is a parameter
