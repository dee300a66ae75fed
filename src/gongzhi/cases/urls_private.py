"""Addresses of mediation, appointments, campaigns and the round; cases/urls.py includes them."""

from django.urls import path

from gongzhi.cases.views import campaigns, grid_round, mediating, meeting, redacting, resident_private

urlpatterns = [
    path("mediation/", mediating.mediations, name="mediations"),
    path("mediation/<str:number>", mediating.PAGES.page, name="mediation-page"),
    path("mediation/<str:number>/notes", mediating.PAGES.notes, name="mediation-notes"),
    path("mediation/<str:number>/paper", mediating.paper, name="mediation-paper"),
    path("mediation/<str:number>/<str:move>", mediating.PAGES.step, name="mediation-step"),
    path("meetings/", meeting.meetings, name="meetings"),
    path("meetings/<str:number>", meeting.PAGES.page, name="meeting-page"),
    path("meetings/<str:number>/notes", meeting.PAGES.notes, name="meeting-notes"),
    path("meetings/<str:number>/<str:move>", meeting.PAGES.step, name="meeting-step"),
    path("desk/<str:number>/photo/<uuid:media_id>", redacting.redact, name="case-redact"),
    path("grid/buildings", grid_round.matrix, name="grid-matrix"),
    path("grid/find", grid_round.finding, name="grid-finding"),
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/<str:code>", campaigns.campaign_page, name="campaign"),
    path("campaigns/<str:code>/enrol", campaigns.enrol, name="campaign-enrol"),
    path("campaigns/<str:code>/<str:number>", campaigns.recheck, name="campaign-recheck"),
    path("legal", meeting.roster, name="roster"),
    path("track/<str:number>/time", resident_private.answer, name="track-time"),
    path("track/<str:number>/appointment.ics", resident_private.appointment, name="track-appointment"),
    path("track/<str:number>/withdraw", resident_private.withdraw, name="track-withdraw"),
    path("track/<str:number>/petition", resident_private.petition, name="track-petition"),
]
