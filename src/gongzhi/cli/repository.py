"""Where the repository lies, for the developers' verbs."""

from pathlib import Path

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_


def repository() -> Path:
    """The checkout this package runs from; raises Refused when it was installed from a wheel."""
    root = Path(__file__).resolve().parents[3]
    if not (root / "pyproject.toml").exists():
        raise Refused("not_a_checkout", N_("这条命令要在源码目录里用：先取源码，再运行 ./gongzhi。"))
    return root
