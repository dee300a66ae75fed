"""`bench import`: the divisions against COPY (see import_divisions)."""

from bench.import_divisions import run

__all__ = ["run"]
