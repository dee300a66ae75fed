"""Addresses of the trail, under /trail/."""

from django.urls import path

from gongzhi.audit import views

urlpatterns = [
    path("", views.trail, name="trail"),
    path("readings", views.readings, name="trail-readings"),
    path("links", views.links, name="trail-links"),
    path("verify", views.verify, name="trail-verify"),
]
