"""Every figure opens onto its rows: on the pages of figures a count that is not 0 stands in a link.

A figure is a cell of numbers (`td.n`), a headline (`.gz-stat`, `.gz-facts`). The head of its row may open it, or a link
"看明细" there; a share or a mean is made of the counts beside it: one of them must open. What is no count of rows, or
cannot be listed, is named here by its column with the reason.
"""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from tests.architecture.street import Street
from tests.architecture.visits import rows, visit

# page: the role that reads it
PAGES = {
    "statistics": "supervisor",
    "burden": "supervisor",
    "discretion": "supervisor",
    "services": "supervisor",
    "district": "supervisor",
    "people": "auditor",
    "report-vacancies": "auditor",
    "report-employment": "auditor",
    "indicator": "auditor",
    "rights-map": "auditor",
    "premises": "auditor",
    "compounds-in-need": "auditor",
    "idle-assets": "auditor",
    "grid-member-report": "auditor",
    "weighted-sheet": "auditor",
    "sheet-regions": "auditor",
    "register-lettings": "auditor",
    "community-figures": "anonymous",
}
# No count of rows: what it is a number of.
NO_COUNT = {
    "权重": "set by whoever made the sheet",
    "给的分": "judged by hand; the evidence stands beside it",
    "结果": "worked out from the inputs beside it, which open",
    "共几件": "orders that a unit had: the part where the reason was used opens",
}
MEANS = ("平均任职（年）", "得分")
_NUMBER = re.compile(r"^(?!不到)[^0-9]{0,3}(\d[\d,.]*)")


class Figures(HTMLParser):
    """The figures of a page: (label, text, whether one can open it, or something else in its row)."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, bool, int]] = []
        self.row, self.rows_with_links, self.rows_opened = 0, set[int](), set[int]()
        self.stack: list[tuple[str, dict[str, str]]] = []
        self.open: list[object] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("br", "input", "img", "meta", "link", "use", "hr", "source", "path"):
            return
        given = {name: value or "" for name, value in attrs}
        self.stack.append((tag, given))
        self.row += tag == "tr"
        if tag == "a":
            self.rows_with_links.add(self.row)
            if any(one == "th" for one, _ in self.stack):
                self.rows_opened.add(self.row)
        if self.open is not None:
            self.open[2] = self.open[2] or tag == "a"
        elif self._is_figure(tag, given):
            inside = any(one == "a" for one, _ in self.stack)
            self.open = [given.get("data-l", ""), "", inside, len(self.stack)]

    def _is_figure(self, tag: str, given: dict[str, str]) -> bool:
        around = " ".join(attrs.get("class", "") for _, attrs in self.stack[:-1]).split()
        if tag == "td":
            return "n" in given.get("class", "").split()
        return (tag == "b" and "gz-stat" in around) or (tag == "dd" and "gz-facts" in around)

    def handle_data(self, text: str) -> None:
        if text.startswith("看明细") and any(one == "a" for one, _ in self.stack):
            self.rows_opened.add(self.row)
        if self.open is not None:
            self.open[1] = f"{self.open[1]}{text}"

    def handle_endtag(self, tag: str) -> None:
        while self.stack and self.stack[-1][0] != tag:
            self.stack.pop()
        if self.open is not None and len(self.stack) == self.open[3]:
            label, text, linked, _ = self.open
            self.found.append((str(label), " ".join(str(text).split()), bool(linked), self.row))
            self.open = None
        if self.stack:
            self.stack.pop()


def unopened(page: str) -> list[str]:
    """The figures above 0 that lead nowhere."""
    main = page.split('<main id="main"')[1].split("</main>")[0]
    reader = Figures()
    reader.feed(f"<main{main}")
    wrong = []
    for label, text, linked, row in reader.found:
        linked = (
            linked or row in reader.rows_opened or (("%" in text or label in MEANS) and row in reader.rows_with_links)
        )
        number = _NUMBER.match(text)
        if number and float(number[1].replace(",", "").rstrip(".") or 0) and not linked and label not in NO_COUNT:
            wrong.append(f"{label}: {text}")
    return wrong


def test_a_bare_number_is_found() -> None:
    cell = '<main id="main"><table><tr><td class="n" data-l="合计">{}</td></tr></table></main>'
    assert unopened(cell.format("3")) == ["合计: 3"]
    assert unopened(cell.format('<a href="/x">3</a>')) == unopened(cell.format("0")) == unopened(cell.format("—")) == []


@pytest.mark.req("M09")
@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_every_figure_opens_onto_its_rows(name: str, street: Street) -> None:
    client = Client()
    if PAGES[name] != "anonymous":
        street.sign_in(client, PAGES[name])
    row = next(one for one in rows() if one.name == name and one.method == "GET")
    response = visit(row, client, street)
    assert response.status_code == 200
    assert unopened(response.content.decode()) == []
