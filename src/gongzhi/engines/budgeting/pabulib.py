"""Reading and writing `.pb`, the format of Pabulib: sections META, PROJECTS, VOTES; fields between semicolons.

Source: D. Stolicki, S. Szufa, N. Talmon, *Pabulib: a participatory budgeting library* (2020). Ballot types approval,
choose-1, cumulative (points beside the projects) and ordinal. An ordinal ballot gives Borda points: `max_length` for
the first place, one less for each further one, never below zero; without `max_length` the first place of a ballot with
k projects gives k. A project that stands twice on a ballot counts once, where it stands first. Lines that hold nothing
are passed over; columns stand in any order, headers in any letter case. Text is UTF-8, with or without a mark at its
beginning, UTF-16 with one, or GB 18030.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple, cast, get_args

from gongzhi.engines.budgeting.elections import Amount, BallotType, Election, Marks, Project, plain
from gongzhi.engines.budgeting.faults import Unreadable

SECTIONS = ("META", "PROJECTS", "VOTES")
Row = tuple[int, list[str]]


class Table(NamedTuple):
    """A section: the line of its header, the columns by name, the rows with their lines."""

    line: int
    columns: dict[str, int]
    rows: list[Row]

    def column(self, name: str) -> int:
        if name not in self.columns:
            raise Unreadable("no_column", self.line, name=name)
        return self.columns[name]


def read_pb(content: bytes) -> Election:
    """An election from the bytes of a `.pb` file. Raises Unreadable, which names the line."""
    tables = _tables(decode(content))
    meta = _meta(tables["META"])
    kind = meta.get("vote_type", "approval").lower()
    if kind not in get_args(BallotType):
        raise Unreadable("vote_type", _line_of(tables["META"], "vote_type"), text=kind)
    if (longest := meta.get("max_length", "")) and not longest.isdecimal():
        raise Unreadable("max_length", _line_of(tables["META"], "max_length"), text=longest)
    projects = _projects(tables["PROJECTS"])
    return Election(
        projects=projects,
        ballots=_ballots(tables["VOTES"], kind, meta, {each.code for each in projects}),
        budget=_meta_amount(tables["META"], meta, "budget"),
        ballot_type=cast(BallotType, kind),
        threshold=_meta_amount(tables["META"], meta, "min_project_score_threshold", "0"),
        described=meta,
    )


def decode(content: bytes) -> str:
    """The text of a file. Raises Unreadable for bytes that are none of the encodings above."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("encoding")


def _tables(text: str) -> dict[str, Table]:
    found: dict[str, Table] = {}
    section = ""
    for line, row in _rows(text):
        word = row[0].strip().upper()
        if word in SECTIONS and not any(each.strip() for each in row[1:]):
            if word in found:
                raise Unreadable("second_section", line, name=word)
            section, found[word] = word, Table(line, {}, [])
        elif not section:
            raise Unreadable("before_first_section", line)
        elif not found[section].columns:
            found[section] = Table(line, {name.strip().lower(): place for place, name in enumerate(row)}, [])
        else:
            found[section].rows.append((line, row))
    for name in SECTIONS:
        if name not in found:
            raise Unreadable("no_section", name=name)
    return found


def _rows(text: str) -> Iterator[Row]:
    """The rows that hold anything, with the line where each ends."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=False)
    try:
        for row in reader:
            if row and (row[0] or any(row)):
                yield reader.line_num, row
    except csv.Error:
        raise Unreadable("quotation", reader.line_num) from None


def _meta(table: Table) -> dict[str, str]:
    found: dict[str, str] = {}
    for line, row in table.rows:
        key = row[0].strip().lower()
        if key in found:
            raise Unreadable("second_key", line, name=key)
        found[key] = ";".join(row[1:]).strip()
    return found


def _line_of(table: Table, key: str) -> int:
    return next((line for line, row in table.rows if row[0].strip().lower() == key), table.line)


def _meta_amount(table: Table, meta: Mapping[str, str], key: str, otherwise: str = "") -> Amount:
    if not (text := meta.get(key, "") or otherwise):
        raise Unreadable("no_amount", table.line, name=key)
    return _amount(text, _line_of(table, key), key)


def _amount(text: str, line: int, what: str) -> Amount:
    """Exact: "1 600,50" and "1600.50" are 1600 and a half. Raises Unreadable for what is no amount from zero up."""
    bare = text.strip().replace(" ", "").replace("\xa0", "").replace(",", ".")
    if bare.isascii() and bare.isdigit():
        return int(bare)
    try:
        if "/" in bare or "_" in bare:
            raise ValueError
        exact = Fraction(bare)
    except (ValueError, ZeroDivisionError):
        raise Unreadable("no_number", line, name=what, text=text) from None
    if exact < 0:
        raise Unreadable("below_zero", line, name=what, text=text)
    return int(exact) if exact.denominator == 1 else exact


def _projects(table: Table) -> tuple[Project, ...]:
    code_at, cost_at = table.column("project_id"), table.column("cost")
    name_at, recorded_at = table.columns.get("name"), table.columns.get("selected")
    found: dict[str, Project] = {}
    for line, row in table.rows:
        code = _cell(row, code_at)
        if not code or code in found:
            raise Unreadable("project_id", line, text=code)
        if "," in code:
            raise Unreadable("comma_in_id", line, text=code)
        recorded = None if recorded_at is None else _cell(row, recorded_at)
        found[code] = Project(code, _amount(_cell(row, cost_at), line, "cost"), _cell(row, name_at), recorded)
    return tuple(found.values())


def _cell(row: list[str], place: int | None) -> str:
    return "" if place is None or place >= len(row) else row[place].strip()


def _ballots(table: Table, kind: str, meta: Mapping[str, str], codes: set[str]) -> Mapping[Marks, int]:
    """Equal ballots together: each text is read once, at the first line where it stands."""
    vote_at, points_at = table.column("vote"), table.columns.get("points")
    if kind == "cumulative":
        points_at = table.column("points")
    with_points = kind in ("cumulative", "ordinal") and points_at is not None
    texts: Counter[tuple[str, str]] = Counter()
    lines: dict[tuple[str, str], int] = {}
    for line, row in table.rows:
        if len(row) <= vote_at:
            raise Unreadable("no_vote", line, place=vote_at + 1)
        text = (row[vote_at], _cell(row, points_at) if with_points else "")
        texts[text] += 1
        if text not in lines:
            lines[text] = line
    read = _reader(kind, meta)
    found: Counter[Marks] = Counter()
    for text, count in texts.items():
        named = [each.strip() for each in text[0].split(",") if each.strip()]
        _check_known(named, codes, lines[text])
        # From the back, so that what stands first remains.
        marks = dict(reversed(read(named, text[1], lines[text])))
        found[tuple(sorted(marks.items()))] += count
    return found


def _check_known(named: list[str], codes: set[str], line: int) -> None:
    if not codes.issuperset(named):
        unknown = next(each for each in named if each not in codes)
        raise Unreadable("unknown_project", line, text=unknown)


Reader = Callable[[list[str], str, int], list[tuple[str, Amount]]]


def _reader(kind: str, meta: Mapping[str, str]) -> Reader:
    if kind in ("approval", "choose-1"):
        return _read_choice if kind == "choose-1" else _read_approval
    longest = meta.get("max_length", "")

    def ranked(named: list[str], points: str, line: int) -> list[tuple[str, Amount]]:
        if points:
            return _read_points(named, points, line)
        first = int(longest) if longest else len(named)
        return [(code, max(first - place, 0)) for place, code in enumerate(named)]

    return ranked if kind == "ordinal" else _read_points


def _read_approval(named: list[str], points: str, line: int) -> list[tuple[str, Amount]]:
    return [(code, 1) for code in named]


def _read_choice(named: list[str], points: str, line: int) -> list[tuple[str, Amount]]:
    if len(set(named)) > 1:
        raise Unreadable("second_choice", line)
    return [(code, 1) for code in named]


def _read_points(named: list[str], points: str, line: int) -> list[tuple[str, Amount]]:
    given = [each for each in points.split(",") if each.strip()]
    if len(given) != len(named):
        raise Unreadable("points", line, projects=len(named), points=len(given))
    return [(code, _amount(each, line, "points")) for code, each in zip(named, given, strict=True)]


def write_pb(election: Election, selected: Iterable[str] | None = None) -> bytes:
    """The election as a `.pb` file in UTF-8 that reads back as the same election; voters are numbered anew.

    With `selected` the column of that name says what won; without, what was recorded. Ordinal ballots are written with
    their points, since two places may be worth the same.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    rows: list[list[Any]] = [["META"], ["key", "value"]]
    rows += [[key, value] for key, value in _described(election).items()]
    rows += [["PROJECTS"], *_project_rows(election, None if selected is None else set(selected)), ["VOTES"]]
    points = election.ballot_type in ("cumulative", "ordinal")
    rows.append(["voter_id", "vote", "points"] if points else ["voter_id", "vote"])
    writer.writerows(rows)
    voter = 0
    for marks, count in sorted(election.ballots.items(), key=lambda each: each[0]):
        # The best first: an ordinal ballot stays one to the eye.
        ordered = sorted(marks, key=lambda mark: -mark[1])
        fields = [",".join(code for code, _ in ordered)]
        fields += [",".join(_decimal(each) for _, each in ordered)] if points else []
        writer.writerows([voter + number, *fields] for number in range(1, count + 1))
        voter += count
    return out.getvalue().encode()


def _described(election: Election) -> dict[str, str]:
    own = {
        "num_projects": str(len(election.projects)),
        "num_votes": str(election.voters),
        "budget": _decimal(election.budget),
        "vote_type": election.ballot_type,
    }
    if election.threshold:
        own["min_project_score_threshold"] = _decimal(election.threshold)
    return {**election.described, **own}


def _project_rows(election: Election, selected: set[str] | None) -> Iterator[list[str]]:
    scores, recorded = election.scores(), any(each.recorded is not None for each in election.projects)
    says = selected is not None or recorded
    yield ["project_id", "cost", "votes", "name", *(["selected"] if says else [])]
    for each in election.projects:
        row = [each.code, _decimal(each.cost), _decimal(scores[each.code]), each.name]
        if says:
            row.append((each.recorded or "") if selected is None else str(int(each.code in selected)))
        yield row


def _decimal(amount: Amount) -> str:
    """As text with a point. Raises ValueError where that would not be exact (a third)."""
    shown = plain(amount)
    if isinstance(shown, str):
        raise ValueError(f"{shown}: no exact decimal of fifteen digits")
    return str(shown)
