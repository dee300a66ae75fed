"""The books as a Beancount file, so that a program others wrote recomputes every total. Pure: values in, text out.

Account names are `Assets:F001-社区基金`; amounts are exact decimals; every account ends with a `balance` directive,
which `bean-check` compares with its own sum (to the cent).
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

ROOTS = {
    "assets": "Assets",
    "liabilities": "Liabilities",
    "equity": "Equity",
    "income": "Income",
    "expenses": "Expenses",
}
COMMODITIES = {"fen": "CNY", "points": "POINTS", "minutes": "MINUTES"}


@dataclass(frozen=True, slots=True)
class ExportedAccount:
    code: str
    name: str
    kind: str
    unit: str
    opened_on: dt.date
    balance: int

    @property
    def path(self) -> str:
        """Letters, digits and "-": anything else in a name is left out."""
        plain = "".join(letter for letter in self.name if letter.isalnum())
        return f"{ROOTS[self.kind]}:{self.code}-{plain}" if plain else f"{ROOTS[self.kind]}:{self.code}"


@dataclass(frozen=True, slots=True)
class ExportedEntry:
    """`lines`: account code and amount in the fund's unit."""

    number: str
    on: dt.date
    narration: str
    unit: str
    lines: tuple[tuple[str, int], ...]
    about: str = ""
    decision: str = ""
    undoes: str = ""


def amount_of(amount: int, unit: str) -> str:
    """12.30 CNY, 120 POINTS: never through a float."""
    if unit != "fen":
        return f"{amount} {COMMODITIES[unit]}"
    sign, (whole, part) = "-" if amount < 0 else "", divmod(abs(amount), 100)
    return f"{sign}{whole}.{part:02d} {COMMODITIES[unit]}"


def quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{plain}"'


def document(accounts: Iterable[ExportedAccount], entries: Iterable[ExportedEntry], *, on: dt.date) -> Iterator[str]:
    """Line by line: accounts, entries by day, and what every account comes to at the end of `on`."""
    known = list(accounts)
    units = sorted({COMMODITIES[one.unit] for one in known} or {"CNY"})
    yield 'option "title" "共治 Gongzhi"'
    yield from (f'option "operating_currency" "{unit}"' for unit in units)
    yield ""
    for one in known:
        yield f"{one.opened_on} open {one.path} {COMMODITIES[one.unit]}"
    paths = {one.code: one.path for one in known}
    last = on
    for entry in entries:
        last = max(last, entry.on)
        yield ""
        yield from _transaction(entry, paths)
    yield ""
    # A balance is that of the morning of its day; without "~ 0" a cent more or less would pass.
    after = last + dt.timedelta(days=1)
    for one in known:
        amount, unit = amount_of(one.balance, one.unit).split()
        yield f"{after} balance {one.path} {amount} ~ 0 {unit}"


def _transaction(entry: ExportedEntry, paths: dict[str, str]) -> Iterator[str]:
    yield f"{entry.on} * {quoted(entry.narration)} ^{entry.number}"
    for name, value in (("about", entry.about), ("decision", entry.decision), ("undoes", entry.undoes)):
        if value:
            yield f"  {name}: {quoted(value)}"
    for code, amount in entry.lines:
        yield f"  {paths[code]}  {amount_of(amount, entry.unit)}"
