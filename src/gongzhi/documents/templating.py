"""From a template and values to a paper, and from a paper to a file: the one door for every room.

answer = printed("minutes", {"title": "…", …}, "pdf", on=today, name="会议纪要")
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse

from gongzhi.common import spreadsheets
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.text import N_
from gongzhi.documents import papers, pdf
from gongzhi.documents.papers import Paper, Part
from gongzhi.packs import queries as packs
from gongzhi.packs.schedule_contents import PaperField, PaperPack, PaperPart

FORMATS = {"docx": papers.MEDIA_TYPE, "pdf": pdf.MEDIA_TYPE, "xlsx": spreadsheets.MEDIA_TYPE}
Values = Mapping[str, Any]
_PLACE = re.compile(r"{([A-Za-z0-9._-]+)}")


def template(name: str, on: dt.date) -> PaperPack:
    """The template in force on a day; raises NotFound `no_pack_in_force`."""
    found = packs.pack_in_force("paper", name, on)
    assert isinstance(found, PaperPack)  # noqa: S101 - the row's kind says so
    return found


def fill(pack: PaperPack, values: Values) -> Paper:
    """The paper that a template makes of values; raises Refused `paper_incomplete` naming what is missing.

    A part whose values are all empty is left out. A value never becomes a placeholder itself.
    """
    fields = {field.code: field for field in pack.fields}
    if missing := [field.label for field in pack.fields if field.required and not values.get(field.code)]:
        raise Refused("paper_incomplete", N_("还缺：{missing}。填上再出。"), missing="、".join(missing))
    return Paper(
        title=_filled(pack.heading, fields, values),
        number=_filled(pack.number, fields, values),
        parts=[_part(part, fields, values) for part in pack.parts if not _empty(part, values)],
        closing=[line for text in pack.closing if (line := _filled(text, fields, values)).strip()],
    )


def sentence(pack: PaperPack, name: str, values: Values) -> str:
    """One of the template's sentences with values. Raises KeyError for one that it does not have."""
    return _PLACE.sub(lambda found: _words(values.get(found[1], "")), pack.sentences[name])


def _empty(part: PaperPart, values: Values) -> bool:
    named = [code for text in part.paragraphs for code in _PLACE.findall(text)]
    named += [part.table] if part.table else []
    return bool(named) and not any(values.get(code) for code in named)


def _part(part: PaperPart, fields: Mapping[str, PaperField], values: Values) -> Part:
    paragraphs = [_filled(text, fields, values) for text in part.paragraphs]
    if not part.table:
        return Part(part.heading, paragraphs)
    columns = fields[part.table].columns
    rows = [[str(cell) for cell in row] for row in values.get(part.table, ())]
    return Part(part.heading, paragraphs, columns, [[*row, *[""] * len(columns)][: len(columns)] for row in rows])


def _filled(text: str, fields: Mapping[str, PaperField], values: Values) -> str:
    return _PLACE.sub(lambda found: _words(values.get(found[1], "")), text)


def _words(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dt.date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, Sequence):
        return "\n".join(map(str, value))
    return str(value)


def make(paper: Paper, form: str) -> bytes:
    """The paper as a file; raises NotFound `paper_format` for another form than docx, pdf, xlsx."""
    if form == "docx":
        return papers.make_paper(paper.title, paper.parts, number=paper.number, closing=paper.closing)
    if form == "pdf":
        return pdf.make_pdf(paper)
    if form == "xlsx":
        return _workbook(paper)
    raise NotFound("paper_format", N_("没有这种格式。能出的：docx、pdf、xlsx。"))


def _workbook(paper: Paper) -> bytes:
    """The paper's table with what surrounds it as the note; without a table, its paragraphs line by line."""
    table = next((part for part in paper.parts if part.columns), None)
    said = [(part.heading, text) for part in paper.parts for text in part.paragraphs]
    if table is None:
        return spreadsheets.workbook([paper.title, paper.number], said, title=paper.title)
    note = " ".join([paper.title, paper.number, *(text for _, text in said)]).strip()
    return spreadsheets.workbook(table.columns, table.rows, title=paper.title, note=note)


def render(name: str, values: Values, form: str, *, on: dt.date) -> bytes:
    """One template with values as a file of one form (docx, pdf, xlsx)."""
    return make(fill(template(name, on), values), form)


def printed(name: str, values: Values, form: str, *, on: dt.date, file: str) -> HttpResponse:
    """The answer to "打印": `file` without ending becomes its name."""
    return as_download(fill(template(name, on), values), form, file=file)


def as_download(paper: Paper, form: str, *, file: str) -> HttpResponse:
    answer = HttpResponse(make(paper, form), content_type=FORMATS[form])
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file)}.{form}"
    answer.headers["Cache-Control"] = "no-store"
    return answer
