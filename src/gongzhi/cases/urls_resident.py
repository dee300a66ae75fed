"""Addresses of the residents' pages; cases/urls.py includes them."""

from django.urls import path

from gongzhi.cases.views import resident_neighbours, resident_places, resident_public, resident_report, resident_track

urlpatterns = [
    path("report", resident_report.report, name="report"),
    path("report/for", resident_report.report_for, name="report-for"),
    path("report/neighbours", resident_neighbours.neighbours, name="report-neighbours"),
    path("report/places", resident_places.find_places, name="report-places"),
    path("report/sent/<str:number>", resident_report.sent, name="report-sent"),
    path("r/<str:code>", resident_report.report_at, name="report-at"),
    path("track", resident_track.track, name="track"),
    path("track/forget", resident_track.track_forget, name="track-forget"),
    path("track/<str:number>", resident_track.track_case, name="track-case"),
    path("track/<str:number>/answer", resident_track.confirm, name="track-confirm"),
    path("track/<str:number>/object", resident_track.object_to, name="track-object"),
    path("track/<str:number>/reopen", resident_track.reopen, name="track-reopen"),
    path("public", resident_public.public, name="public"),
    path("my/cases", resident_track.my_cases, name="my-cases"),
]
