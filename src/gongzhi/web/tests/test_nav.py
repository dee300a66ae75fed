"""Links lead only to pages that exist; each role has a way and a word."""

import pytest

from gongzhi.people.rules import STAFF_ROLES
from gongzhi.web import nav


def test_every_staff_role_has_links_and_a_word() -> None:
    assert set(nav.NAV) == set(nav.ROLES) == set(STAFF_ROLES)


@pytest.mark.parametrize("roles", [set(), {"dispatcher"}, {"grid_member", "auditor"}])
def test_only_pages_that_exist_are_linked(roles: set[str]) -> None:
    for link in nav.links(roles, "/"):
        assert link.url == nav.address(link.page) != ""


def test_several_roles_share_one_list_without_repeats() -> None:
    pages = [entry.page for entry in nav.entries_for({"auditor", "supervisor"})]
    assert len(pages) == len(set(pages))


def test_the_home_page_is_marked_only_at_home() -> None:
    home = next(link for link in nav.links(set(), "/") if link.page == "home")
    assert home.current
    assert not any(link.current for link in nav.links(set(), "/no-such-page"))


def test_a_page_that_is_not_built_has_no_address() -> None:
    assert nav.address("no-such-page") == ""


@pytest.mark.parametrize("role", sorted(nav.NAV))
def test_a_long_list_is_parted_and_a_telephone_reaches_all_of_it(role: str) -> None:
    found = nav.links({role}, "/")
    parts = nav.grouped(found)
    assert sorted(link.page for _, links in parts for link in links) == sorted(link.page for link in found)
    if len(found) <= nav.SHORT:
        assert [heading for heading, _ in parts] == [""]
    else:
        assert len(parts) > 1 and all(len(links) <= nav.SHORT + 2 for _, links in parts)
        assert all(heading for heading, _ in parts[1:]), "only the first part has no heading"
    shown = nav.tabs(found)
    assert shown == found[: len(shown)] and len(shown) + (len(shown) < len(found)) <= nav.TABS
