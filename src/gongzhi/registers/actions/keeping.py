"""名册出入: what a list says against the register is kept sealed, neither brought in nor lost."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from gongzhi.common import sealing
from gongzhi.common.access import Actor
from gongzhi.people import vault
from gongzhi.people.models import VaultKey
from gongzhi.registers.models import RegisterConflict

# The dwelling, the tenure that is contradicted, what sort of contradiction, and what the list says.
Differing = tuple[int, int | None, str, Mapping[str, Any]]


def keep_conflicts(rows: Sequence[Differing], *, by: Actor, at: dt.datetime) -> dict[str, list[Any]]:
    """One sealed conflict a row, each under its own key; what was made, by table."""
    keys, kept = [], []
    for dwelling, held, kind, words in rows:
        key, plain = vault.new_key("conflict", at)
        conflict = RegisterConflict(
            dwelling_id=dwelling, held_id=held, kind=kind, key=key, brought_by=by.reference, brought_at=at
        )
        said = json.dumps(words, ensure_ascii=False).encode()
        conflict.row = sealing.seal(plain, said, f"conflict:{conflict.pk}")
        keys.append(key)
        kept.append(conflict)
    VaultKey.objects.bulk_create(keys)
    RegisterConflict.objects.bulk_create(kept)
    return {
        "people.VaultKey": [str(key.pk) for key in keys],
        "registers.RegisterConflict": [str(conflict.pk) for conflict in kept],
    }


def words_of(conflict: RegisterConflict) -> dict[str, Any]:
    """What the list said, opened."""
    said = sealing.unseal(vault.open_key(conflict.key), bytes(conflict.row), f"conflict:{conflict.pk}")
    found: dict[str, Any] = json.loads(said)
    return found
