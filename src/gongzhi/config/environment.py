"""The environment variables the product reads; each is documented in docs/reference/settings.md."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def default_folder() -> Path:
    """The data folder: /var/lib/gongzhi/default for root, else under XDG_DATA_HOME."""
    if os.geteuid() == 0:
        return Path("/var/lib/gongzhi/default")
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local/share")
    return Path(base) / "gongzhi"


def data_folder() -> Path:
    return Path(os.environ.get("GONGZHI_DATA") or default_folder()).absolute()


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in ("1", "true", "on", "yes")


def number(name: str, default: int) -> int:
    value = os.environ.get(name, "")
    return int(value) if value else default


def database(url: str) -> dict[str, Any]:
    """Django's settings for a postgresql:// URL; query parameters go to libpq as they are."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or options.pop("dbname", "gongzhi"),
        "USER": unquote(parts.username or options.pop("user", "")),
        "PASSWORD": unquote(parts.password or options.pop("password", "")),
        "HOST": options.pop("host", "") or parts.hostname or "",
        "PORT": str(options.pop("port", "") or parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        # Only what common.prepared asks for is prepared; None, Django's choice, would forbid that too.
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 8, "timeout": 20}, "prepare_threshold": 2**31, **options},
    }
