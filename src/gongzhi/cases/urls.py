"""Pages about cases: the staff's here, the residents' beside."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from gongzhi.cases.views import (
    auditing,
    bulk,
    calling,
    case_page,
    desk,
    district,
    exchanging,
    grid,
    inbox,
    listing,
    merging,
    morning,
    saved,
    searching,
    statistics,
    triage,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/", desk.desk, name="desk"),
    path("desk/<str:number>", case_page.case_page, name="case-page"),
    path("desk/<str:number>/pane", desk.pane, name="desk-pane"),
    path("desk/<str:number>/contact", case_page.contact, name="case-contact"),
    path("desk/<str:number>/category", case_page.classify, name="case-classify"),
    path("desk/<str:number>/merge", merging.merge, name="case-merge"),
    path("desk/<str:number>/unmerge", merging.unmerge, name="case-unmerge"),
    path("desk/<str:number>/split", merging.split, name="case-split"),
    path("desk/<str:number>/<str:move>", case_page.make_move, name="case-move"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("verify/", inbox.verify, name="verify"),
    path("grid/", grid.grid_today, name="grid-today"),
    path("morning/", morning.morning, name="morning"),
    path("audit/cases", auditing.audit_cases, name="audit-cases"),
    path("audit/cases/export", auditing.audit_cases_export, name="audit-cases-export"),
    path("callbacks/", calling.calls, name="callbacks"),
    path("callbacks/draws/", calling.draws, name="callback-draws"),
    path("callbacks/draws/<int:entry>", calling.draw_page, name="callback-draw"),
    path("callbacks/<int:order>", calling.call, name="callback"),
    path("callbacks/<int:order>/contact", calling.call_contact, name="callback-contact"),
    path("search/", searching.search, name="search"),
    path("cases/", listing.case_list, name="case-list"),
    path("cases/bulk", bulk.preview, name="bulk-preview"),
    path("cases/bulk/do", bulk.carry_out, name="bulk-do"),
    path("cases/saved", saved.keep, name="filter-keep"),
    path("cases/saved/rename", saved.rename, name="filter-rename"),
    path("cases/saved/remove", saved.remove, name="filter-remove"),
    path("statistics/district", district.district_page, name="district"),
    path("statistics/load", district.load, name="load"),
    path("statistics/", statistics.statistics_page, name="statistics"),
    path("triage/", triage.triage_page, name="triage"),
    path("events/", exchanging.events, name="incoming-events"),
    path("events/<int:event>/<str:act>/", exchanging.decide, name="incoming-event"),
]

urlpatterns.append(path("", include("gongzhi.cases.urls_private")))
urlpatterns.append(path("", include("gongzhi.cases.urls_joint")))
urlpatterns.append(path("", include("gongzhi.cases.urls_channels")))
_RESIDENT = "gongzhi.cases.urls_resident"
if find_spec(_RESIDENT) is not None:
    urlpatterns.append(path("", include(_RESIDENT)))
