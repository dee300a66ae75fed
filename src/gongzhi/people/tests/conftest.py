"""The fixed cast, built once for each file; every test works in a savepoint of its own."""

import pytest
from django.db import transaction
from django.test import Client

from tests import cast
from tests.cast import World


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield cast.build()
        transaction.set_rollback(True)


@pytest.fixture
def world(built, db) -> World:
    return built


@pytest.fixture
def sign_in(world):
    def _sign_in(name: str) -> Client:
        client = Client()
        client.force_login(world.people[name], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return _sign_in
