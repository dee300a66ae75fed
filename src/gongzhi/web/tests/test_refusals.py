"""A refusal is a page with the right status that says what is missing and what to do next."""

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.urls("gongzhi.web.tests.refusing_urls")]


@pytest.mark.parametrize(
    ("name", "status"),
    [("forbidden", 403), ("unknown", 404), ("moved-on", 409), ("missing", 422), ("too-many", 429)],
)
def test_the_status_is_the_refusals(client: Client, name: str, status: int) -> None:
    answer = client.get(f"/refuse/{name}")
    assert answer.status_code == status
    assert "<h1" in answer.content.decode()


def test_what_is_missing_is_listed_with_basis_and_action(client: Client) -> None:
    page = client.get("/refuse/missing").content.decode()
    assert "退单还缺 1 样。" in page
    assert 'class="is-miss"' in page and "没写职责清单的条款号。" in page
    assert 'class="is-ok"' in page and "照片已有。" in page
    assert "职责清单 3.2.4" in page
    assert 'href="/choose"' in page


def test_waiting_time_is_told_to_programs_too(client: Client) -> None:
    answer = client.get("/refuse/too-many")
    assert answer.headers["Retry-After"] == "30"
    assert "30 秒" in answer.content.decode()


def test_htmx_gets_the_alert_for_the_top_of_the_page(client: Client) -> None:
    answer = client.post("/refuse/missing", headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert answer.headers["HX-Retarget"] == "#gz-refusal"
    assert "<html" not in answer.content.decode()
    assert "没写职责清单的条款号。" in answer.content.decode()


def test_reading_without_signing_in_leads_to_the_sign_in_page_and_back(client: Client) -> None:
    answer = client.get("/refuse/sign-in-first?a=1")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("?next=%2Frefuse%2Fsign-in-first%3Fa%3D1")
    answer = client.get("/refuse/sign-in-first", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert "next=" in answer.headers["HX-Redirect"]


def test_a_post_without_signing_in_is_refused_in_place(client: Client) -> None:
    assert client.post("/refuse/sign-in-first").status_code == 401


def test_a_lost_page_says_so_and_leads_on(client: Client) -> None:
    answer = client.get("/no-such-page")
    assert answer.status_code == 404
    assert "没找到这一页" in answer.content.decode()


def test_a_failure_is_owned_without_the_database(client: Client, django_assert_num_queries) -> None:
    client.raise_request_exception = False
    with django_assert_num_queries(0):
        answer = client.get("/fail")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "我们这边出了问题" in page and "出错编号" in page
    assert "broken on purpose" not in page


def test_a_program_gets_a_problem_not_a_page(client: Client) -> None:
    answer = client.get("/api/v1/no-such-endpoint")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"


def test_a_stale_form_is_explained() -> None:
    answer = Client(enforce_csrf_checks=True).post("/preferences/text-size", {"level": "large"})
    assert answer.status_code == 403
    assert "这一页放太久了" in answer.content.decode()


def test_health_names_version_and_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    body = answer.json()
    assert body["status"] == "ok"
    assert set(body) == {"status", "version", "database"}
    assert int(body["database"].split(".")[0]) >= 15
    assert client.post("/healthz").status_code == 405
