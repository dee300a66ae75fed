"""The docs page: the OpenAPI document for people, drawn here, fetching nothing from elsewhere."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gongzhi.api.document import endpoints
from gongzhi.api.root import api


def docs(request: HttpRequest) -> HttpResponse:
    document = api.get_openapi_schema()
    context = {"endpoints": endpoints(document), "version": document["info"]["version"], "host": settings.HOST_URL}
    return render(request, "api/docs.html", context)
