"""An instance in which there is nothing yet: the steps, and the first page, still work."""

import pytest
from django.test import Client

from gongzhi.packs import queries as packs


@pytest.fixture(autouse=True)
def _forget(db: None) -> None:
    packs.forget()
    yield
    packs.forget()


def test_the_steps_of_an_empty_instance(client: Client) -> None:
    found = client.get("/setup").context["steps"]
    assert [step.ok for step in found][:5] == [False] * 5
    assert "./gongzhi load-model pingchang" in found[0].commands


def test_the_doors_of_an_empty_instance(client: Client, settings) -> None:
    assert client.get("/").status_code == client.get("/sign-in").status_code == 200
    settings.DEMO = True
    assert client.get("/sign-in").status_code == 200
    assert client.get("/health").status_code == 302
