"""Addresses of channels and of the duty list; cases/urls.py includes them."""

from django.urls import path

from gongzhi.cases.views import accounting, kiosk, voicing

urlpatterns = [
    path("channels/", voicing.channels, name="channels"),
    path("talks/", voicing.talks, name="talks"),
    path("chat/", voicing.chat, name="chat"),
    path("chat/<str:batch>", voicing.chat_taken, name="chat-taken"),
    path("suggestions/", voicing.suggestions, name="suggestions"),
    path("letters/", voicing.letters, name="letters"),
    path("burden/", accounting.burden, name="burden"),
    path("burden/rows", accounting.burden_rows, name="burden-rows"),
    path("discretion/", accounting.discretion, name="discretion"),
    path("services/", accounting.services, name="services"),
    path("kiosk/", kiosk.kiosk, name="kiosk"),
    path("kiosk/report", kiosk.report, name="kiosk-report"),
]
