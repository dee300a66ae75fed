"""Pages as tests read them: who is signed in, what an answer holds, what its main part says."""

import re
from typing import Any

from django.test import Client

from gongzhi.people.models import Person
from tests.cast import World


def client_for(person: Person) -> Client:
    """A browser in which a person is signed in."""
    client = Client()
    client.force_login(person)
    return client


def client_of(world: World, name: str) -> Client:
    """A browser in which one of the cast is signed in."""
    return client_for(world.people[name])


def words(answer: Any) -> str:
    """The whole page, marks and all."""
    return str(answer.content.decode())


def text_of(answer: Any) -> str:
    """What the main part says, without its marks, runs of space folded."""
    main = re.search("<main.*</main>", words(answer), re.S)
    assert main is not None, "a page has a main part"
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", main[0]))
