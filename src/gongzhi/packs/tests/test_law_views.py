"""The law on screen: what was in force where and when, what is not verified, what differs between two texts."""

import re
from typing import Any

import pytest
from django.test import Client

from gongzhi.packs import actions, law_words, laws, shipped
from gongzhi.packs.contents import LawPack
from gongzhi.packs.queries import content_of
from gongzhi.packs.tests.test_actions import AT, HOUSE
from gongzhi.packs.tests.test_law_numbers import PACKS
from tests import cast
from tests.cast import World


@pytest.fixture
def world(db: Any) -> World:
    built = cast.build()
    for path in shipped.common_packs():
        if "laws" in path.parts:
            actions.load_pack(by=HOUSE, at=AT, path=path)
    return built


def page(world: World, address: str, name: str = "dispatcher") -> str:
    client = Client()
    client.force_login(world.people[name])
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()[:300]
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_day_before_and_the_day_of_a_new_text(world: World) -> None:
    before = page(world, "/packs/laws?on=2025-12-31")
    after = page(world, "/packs/laws?on=2026-01-01")
    assert "村民委员会组织法（2018）" in before
    assert "村民委员会组织法（2026" not in before
    assert "村民委员会组织法（2026，待核对）" in after
    assert "没读到原文，待核对" in after
    assert "/packs/laws/cn.village/2018.1/2026.1" in after


def test_a_region_shows_its_own_texts_over_the_national_ones(world: World) -> None:
    country, beijing = page(world, "/packs/laws"), page(world, "/packs/laws?region=110105")
    assert "业主共同决定：北京市" not in country
    assert "业主共同决定：北京市" in beijing
    assert "业主共同决定：河南省" not in beijing
    assert "北京市 110000" in country
    assert "河南省 410000" in country


@pytest.mark.parametrize("region", ["11000", "北京", "1"])
def test_a_code_that_is_none_is_said_and_the_country_is_shown(world: World, region: str) -> None:
    assert "如北京 110000" in page(world, f"/packs/laws?region={region}")
    assert "那天" in page(world, "/packs/laws?on=no-day")


def test_a_text_says_its_numbers_and_what_is_not_verified(world: World) -> None:
    owners = page(world, "/packs/law/cn.owners.decisions/2021.1")
    assert "人数：业主总人数的 2/3 以上（正好也算）" in owners
    assert "人数：超过参与表决的人数的 1/2（正好不算）" in owners
    assert "提前通知：15 天" in owners
    assert "地方可定 · 提前通知：地方只能定得更多、更长" in owners
    assert "条待核对" in owners
    assert "待核对" not in page(world, "/packs/law/cn.collective/2025.1")
    assert "已失效" in page(world, "/packs/law/cn.owners.decisions/2018.1")
    assert "先请法律顾问看" in page(world, "/packs/law/cn.owners.decisions.41/2018.1")
    assert "示例，可改" in page(world, "/packs/law/cn.levy/2021.1")


def test_two_texts_stand_side_by_side(world: World) -> None:
    both = page(world, "/packs/laws/cn.owners.decisions/2018.1/2021.1")
    assert "业主总人数的 2/3 以上（正好也算）" in both
    assert "参与表决的人数的 3/4 以上（正好也算）" in both
    assert "</svg>改了</span>" in both
    assert "要更高的多数（特别事项）" in both
    assert "2021年1月1日</time>起换成新的" in both
    assert "新的里才有" in both
    client = Client()
    client.force_login(world.people["dispatcher"])
    assert client.get("/packs/laws/cn.village/2018.1/1999").status_code == 404
    assert client.get("/packs/laws/cn.rights/1.0/1.0").status_code == 200


def test_residents_are_told_that_this_is_for_staff(world: World) -> None:
    client = Client()
    client.force_login(world.people["resident"])
    assert client.get("/packs/laws").status_code == 403
    assert Client().get("/packs/laws").status_code in (302, 401)


@pytest.mark.parametrize("reference", sorted(PACKS))
def test_every_number_and_base_has_words(reference: str) -> None:
    for rule in PACKS[reference].rules:
        for key, figure in laws.figures(rule.params):
            assert key in law_words.KEYS, (rule.code, key)
            assert not isinstance(figure, laws.Share) or figure.of in law_words.BASES, (rule.code, figure)
        assert set(rule.local) <= law_words.KEYS.keys(), rule.code


def test_a_whole_and_a_ceiling_are_said_plainly(db: Any) -> None:
    path = shipped.FOLDER / "laws/cn.owners.committee.11.toml"
    for name in ("cn.owners.committee.toml", path.name):
        loaded = actions.load_pack(by=HOUSE, at=AT, path=path.with_name(name))
    pack = content_of(loaded.pack)
    assert isinstance(pack, LawPack)
    assert "候补最多：不超过委员人数的 1/1（正好也算）" in list(law_words.numbers(pack.params("seats")))
    consent = PACKS["cn.owners.decisions/2021.1"].params("conversion")
    assert list(law_words.numbers(consent)) == ["同意：有利害关系的业主全部"]
