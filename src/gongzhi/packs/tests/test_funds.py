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


# --- accounts of persons ------------------------------------------------------------------------------------------


def test_points_are_only_given_never_taken() -> None:
    for gives in ("0", "-5"):
        with pytest.raises(WrongPack, match="只加不扣"):
            read_pack(text_of("points_shop").replace("gives = 10", f"gives = {gives}"))


@pytest.mark.parametrize(
    "origin", ["case.reported", "petition", "case.closed", "fee.paid", "register.changed", "vote.cast", "debt"]
)
def test_points_come_from_nothing_but_services_and_awards(origin: str) -> None:
    with pytest.raises(WrongPack, match=r"积分只能来自|不能和积分挂钩"):
        read_pack(text_of("points_shop").replace('origin = "award"', f'origin = "{origin}"'))


@pytest.mark.parametrize("name", ["一年没有上访", "按时缴费", "没有欠费", "接受调解", "没打 12345", "No complaints"])
def test_no_earn_rule_names_a_petition_a_dispute_or_a_debt(name: str) -> None:
    with pytest.raises(WrongPack, match="不能和积分挂钩"):
        read_pack(text_of("points_shop").replace("评议小组评定的公益行为", name))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('unit = "points"', 'unit = "fen"', "钱不记到个人头上"),
        ('spends = "member"', 'spends = "main"', "没有 main"),
        ('line = "honour"\ngives', 'line = "main"\ngives', "没有 main"),
        ("lasts_months = 12", "lasts_months = 12\nends_with_year = true", "到期只写一种"),
        ('code = "give_back"', 'code = "other"', "没有 give_back"),
        ('code = "transfer"', 'code = "other"', "没有 transfer"),
        ('floor = 0\neach = "person"', 'each = "person"', "floor 写 0"),
    ],
)
def test_accounts_of_persons_have_what_they_need(old: str, new: str, said: str) -> None:
    with pytest.raises(WrongPack, match=said):
        read_pack(text_of("points_shop").replace(old, new))


def test_persons_lines_need_their_rules() -> None:
    with pytest.raises(WrongPack, match="就要写"):
        read_pack(text_of("points_shop").partition("[persons]")[0])
