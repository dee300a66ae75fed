"""Reads about cases, by story: who may see one, where it goes, how it is shown."""

from gongzhi.cases.queries.desk import get_worked_case, worked_by
from gongzhi.cases.queries.joint import answerable_unit, answers_first, helping_units, partner_units, unsigned
from gongzhi.cases.queries.paging import page_json
from gongzhi.cases.queries.reading import (
    CaseView,
    category_name,
    contacts_for,
    contacts_of,
    holds,
    may_read_words,
    may_see_contact,
    row_of,
    timeline_of,
    view_of,
)
from gongzhi.cases.queries.routing import (
    bodies_of_kind,
    kind_of_body,
    locate,
    prefix_of,
    priority_of,
    route_for,
    units,
)
from gongzhi.cases.queries.seeing import (
    get_case_for,
    helps_by_mandate,
    is_reporter,
    mine,
    track_code_for,
    visible_to,
    with_track_code,
)
from gongzhi.cases.queries.together import track

MAX_PHOTOS = 6

__all__ = [
    "MAX_PHOTOS",
    "CaseView",
    "answerable_unit",
    "answers_first",
    "bodies_of_kind",
    "category_name",
    "contacts_for",
    "contacts_of",
    "get_case_for",
    "get_worked_case",
    "helping_units",
    "helps_by_mandate",
    "holds",
    "is_reporter",
    "kind_of_body",
    "locate",
    "may_read_words",
    "may_see_contact",
    "mine",
    "page_json",
    "partner_units",
    "prefix_of",
    "priority_of",
    "route_for",
    "row_of",
    "timeline_of",
    "track",
    "track_code_for",
    "units",
    "unsigned",
    "view_of",
    "visible_to",
    "with_track_code",
    "worked_by",
]
