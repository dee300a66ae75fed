"""Reading the product's own source: files, syntax trees, functions, without importing anything."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/gongzhi"
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Source:
    """One Python file: its path inside the package ("cases/actions.py"), text and tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.path.partition("/")[0]

    @property
    def parts(self) -> list[str]:
        """("cases", "actions", "dispatch"): the module's name without the package."""
        return self.path.removesuffix(".py").removesuffix("/__init__").split("/")

    def at(self, node: ast.AST) -> str:
        return f"src/gongzhi/{self.path}:{getattr(node, 'lineno', 1)}"


def read(text: str, path: str = "room/sample.py") -> Source:
    """A source from text: what the examples of each check use."""
    return Source(path, text, ast.parse(text))


@cache
def sources() -> tuple[Source, ...]:
    """The product's files, without tests and migrations."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE).as_posix()
        if "/tests/" not in inside and "/migrations/" not in inside:
            found.append(read(path.read_text("utf-8"), inside))
    return tuple(found)


@cache
def rooms() -> tuple[str, ...]:
    return tuple(sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py")))


def functions(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(source.tree):
        if isinstance(node, FUNCTION):
            yield node


def dotted(node: ast.AST) -> str:
    """`a.b.c` for a chain of names, with "()" where a call stands: Case.objects.filter().update."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return f"{dotted(node.func)}()"
    if isinstance(node, ast.Subscript):
        return f"{dotted(node.value)}[]"
    return "?"


def docstrings(tree: ast.Module) -> set[int]:
    """The ids of the constants that are docstrings (and other bare strings)."""
    return {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


@cache
def templates() -> tuple[Path, ...]:
    return tuple(sorted(PACKAGE.glob("*/templates/**/*.html")) + sorted(PACKAGE.glob("*/templates/**/*.txt")))


@cache
def tracked_files() -> tuple[Path, ...]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def tell(complaints: list[str], remedy: str) -> None:
    """Fail with every place and with what to do about it."""
    assert not complaints, f"{remedy}\n  " + "\n  ".join(complaints)
