"""Under the root: /projects/ for the office, /works/ for everybody."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
