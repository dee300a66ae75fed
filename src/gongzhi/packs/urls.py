"""Addresses of packs, under /packs/."""

from django.urls import path

from gongzhi.packs.views import laws, models, packs

urlpatterns = [
    path("", packs.packs, name="packs"),
    path("calendar/add", packs.add_year, name="calendar-add"),
    path("laws", laws.in_force, name="laws"),
    path("laws/<str:name>/<str:before>/<str:after>", laws.compare, name="law-versions"),
    path("models/", models.models, name="models"),
    path("models/<str:name>/coverage", models.coverage, name="model-coverage"),
    path("<str:kind>/<str:name>/<str:version>", packs.pack, name="pack"),
]
