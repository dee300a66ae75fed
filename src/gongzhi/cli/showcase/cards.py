"""The sign-in cards of the demo: one for each role that somebody made up holds."""

from typing import Any

from gongzhi.common.ids import readable_code
from gongzhi.people import vault
from gongzhi.people.models import Person
from gongzhi.people.rules import ROLE_PERMISSIONS

ORDER = ("resident", *ROLE_PERMISSIONS)


def role_cards() -> list[dict[str, Any]]:
    """[{role, login_url}]; the address signs in only in a demo, from this machine."""
    staff = Person.objects.filter(is_demo=True, mandates__isnull=False)
    held = set(staff.values_list("mandates__post__role", flat=True))
    roles = [role for role in ORDER if role == "resident" or role in held]
    key = vault.keyring().derive("demo-sign-in")
    return [{"role": role, "login_url": f"/demo/sign-in/{role}?token={readable_code(key, role)}"} for role in roles]
