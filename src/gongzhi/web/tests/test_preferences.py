"""Large type and language are switched by plain buttons, remembered by cookie."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def html_tag(client: Client, address: str = "/") -> str:
    page = client.get(address).content.decode()
    return page[page.index("<html") : page.index(">", page.index("<html"))]


@pytest.mark.parametrize(("level", "mark"), [("large", ' data-elder=""'), ("max", ' data-elder="max"'), ("", 'zh-CN"')])
def test_the_level_holds_on_the_next_page(client: Client, level: str, mark: str) -> None:
    answer = client.post("/preferences/text-size", {"level": level, "next": "/?a=1"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/?a=1"
    assert html_tag(client).endswith(mark)


def test_the_button_keeps_its_label_and_says_whether_it_is_pressed(client: Client) -> None:
    button = 'data-level="large" value="large" aria-pressed="false"'
    assert button in client.get("/").content.decode()
    client.post("/preferences/text-size", {"level": "large"})
    pressed = client.get("/").content.decode()
    assert 'data-level="large" value="" aria-pressed="true"' in pressed
    assert pressed.count("<span>大字</span>") == 1


def test_script_gets_the_level_without_a_reload(client: Client) -> None:
    answer = client.post("/preferences/text-size", {"level": "max"}, headers={"Accept": "application/json"})
    assert answer.json() == {"level": "max"}
    assert client.cookies["gz_text"].value == "max"


def test_an_unknown_level_is_none(client: Client) -> None:
    client.post("/preferences/text-size", {"level": "<huge>"})
    assert client.cookies["gz_text"].value == ""


@pytest.mark.parametrize("next_page", ["https://elsewhere.example/", "//elsewhere.example", "javascript:x", ""])
def test_the_way_back_never_leaves_this_site(client: Client, next_page: str) -> None:
    answer = client.post("/preferences/text-size", {"level": "", "next": next_page})
    assert answer.headers["Location"] == "/"


def test_the_language_changes_and_comes_back(client: Client) -> None:
    assert 'lang="zh-CN"' in html_tag(client)
    client.post("/preferences/language", {"language": "en"})
    assert 'lang="en"' in html_tag(client)
    client.post("/preferences/language", {"language": "xx"})
    assert 'lang="en"' in html_tag(client)
    client.post("/preferences/language", {"language": "zh-hans"})
    assert 'lang="zh-CN"' in html_tag(client)


def test_preferences_are_not_changed_by_a_link(client: Client) -> None:
    assert client.get("/preferences/text-size").status_code == 405
    assert client.get("/preferences/language").status_code == 405
