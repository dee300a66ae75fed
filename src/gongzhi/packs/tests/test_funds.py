"""Kinds of funds: what is shipped reads well, what may not be is refused with its line."""

import datetime as dt

import pytest

from gongzhi.packs import shipped
from gongzhi.packs.fund_contents import FundPack
from gongzhi.packs.reading import WrongPack, read_pack

FOLDER = shipped.FOLDER / "funds"


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.toml").read_text("utf-8")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_every_kind_says_where_its_numbers_come_from(path: object) -> None:
    pack = read_pack(path.read_text("utf-8"), path.name)  # type: ignore[attr-defined]
    assert isinstance(pack, FundPack) and pack.source and pack.publish_basis and pack.in_force(dt.date(2026, 3, 18))
    assert pack.raising is False and pack.accounts[0].floor == 0
    for one in pack.movements:
        assert one.vouchers, "whatever moves money shows a paper"


@pytest.mark.req("I09")
def test_no_kind_of_fund_raises_money_here() -> None:
    with pytest.raises(WrongPack, match="慈善法第22、26、27条"):
        read_pack(text_of("community_fund").replace("second_above", "raising = true\nsecond_above"))


def test_points_are_never_taken_as_a_punishment() -> None:
    """For a petition, a dispute, an unpaid fee: no such movement can be loaded."""
    for reason in ("petition", "dispute", "unpaid_fee", "penalty"):
        text = text_of("points_shop").replace('code = "redeem"', f'code = "{reason}"')
        with pytest.raises(WrongPack, match="不能罚"):
            read_pack(text)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "assets"\nfloor = 0', 'kind = "income"', "要写 assets"),
        ('debit = ["spent_help"]', 'debit = ["nowhere"]', "没有 nowhere"),
        ('purpose = "help"\nfloor', 'purpose = "war"\nfloor', "没有 war"),
        ('code = "gift"', 'code = "opening"', "写了两次"),
    ],
)
def test_what_does_not_fit_is_refused(old: str, new: str, said: str) -> None:
    text = text_of("community_fund")
    assert old in text
    with pytest.raises(WrongPack, match=said):
        read_pack(text.replace(old, new, 1))


def test_an_alarm_is_a_share_below_one() -> None:
    with pytest.raises(WrongPack, match="小于 1"):
        read_pack(text_of("special_maintenance_fund").replace('share = "3/10"', 'share = "1/1"'))
