"""The document and the page about it: complete, true, and drawn here."""

import re

import pytest
from django.test import Client

from gongzhi.api.document import endpoints, operations
from gongzhi.api.examples import EXAMPLES
from gongzhi.api.root import api


def test_every_endpoint_has_an_example_of_its_own_shape() -> None:
    document = api.get_openapi_schema()
    assert {operation["operationId"] for _, _, operation in operations(document)} == set(EXAMPLES)
    for one in endpoints(document):
        assert [row.name for row in one.answer] == list(EXAMPLES[one.anchor].answer)


def test_problems_have_their_own_media_type() -> None:
    for _, _, operation in operations(api.get_openapi_schema()):
        for status, response in operation["responses"].items():
            expected = "application/json" if status.startswith("2") else "application/problem+json"
            assert list(response["content"]) == [expected]


def test_who_needs_a_token() -> None:
    public = {one.anchor for one in endpoints(api.get_openapi_schema()) if one.public}
    assert public == {
        *("report_case", "similar_cases", "track_case", "list_publications", "read_publication"),
        *("list_courses", "read_course", "list_resolutions", "read_resolution"),
        *("list_gatherings", "read_gathering", "list_bodies", "read_body"),
    }


@pytest.mark.django_db
def test_the_page_shows_every_endpoint_and_fetches_nothing_from_elsewhere() -> None:
    page = Client().get("/api/v1/docs").content.decode()
    for path, method, operation in operations(api.get_openapi_schema()):
        assert f"{method.upper()} {path}" in page
        assert f'id="{operation["operationId"]}"' in page
    assert "curl" in page and "Idempotency-Key" in page
    assert not re.search(r'(src|href)="https?://', page)
