"""What the commands say: Chinese, or English where the terminal asks for it; JSON on stdout, words on stderr."""

import gettext
import json
import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

from gongzhi.common.errors import Refused

_CATALOGUE = Path(__file__).resolve().parent.parent / "web" / "locale"


@lru_cache(maxsize=1)
def _translation() -> gettext.NullTranslations:
    wanted = next((os.environ[n] for n in ("GONGZHI_LANG", "LC_ALL", "LANG") if os.environ.get(n)), "")
    if not wanted.startswith("en"):
        return gettext.NullTranslations()
    return gettext.translation("django", _CATALOGUE, languages=["en"], fallback=True)


def words(message: str, **facts: Any) -> str:
    """A marked message in the language of the terminal, with its facts filled in."""
    return _translation().gettext(message).format(**facts)


def say(message: str, **facts: Any) -> None:
    """A line for the person at the terminal (stderr: stdout belongs to the answer)."""
    print(words(message, **facts), file=sys.stderr, flush=True)


def answer(value: Any) -> None:
    """The one JSON value of `--json`."""
    print(json.dumps(value, ensure_ascii=False, default=str), flush=True)


def refusal(refused: Refused) -> str:
    return words(refused.message, **refused.facts)
