"""What neighbours agreed on (公约, 管理规约) about the kind of demand that a case is."""

import datetime as dt

from gongzhi.cases.models import Case
from gongzhi.documents.clauses import Clause
from gongzhi.documents.instruments import clauses_at
from gongzhi.documents.models import Instrument
from gongzhi.packs import queries as packs


def clauses_about(case: Case, on: dt.date) -> list[tuple[Instrument, Clause]]:
    """The clauses in force where the case is that name its kind or one above it, each with its text."""
    where = case.place.path if case.place else case.path
    return clauses_at(where, packs.names_of_category(case.category), on)
