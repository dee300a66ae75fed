"""Bringing a city's messages and answers into the loop: read, checked, matched, sealed, written in batches."""

from gongzhi.cases.imports.importing import import_messages

__all__ = ["import_messages"]
