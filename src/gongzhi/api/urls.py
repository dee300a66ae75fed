"""Addresses under /api/v1/."""

from django.urls import path

from gongzhi.api.root import api
from gongzhi.api.views import docs

urlpatterns = [path("docs", docs, name="api-docs"), path("", api.urls)]
