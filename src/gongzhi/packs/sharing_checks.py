"""What well-typed kinds of sharing can still get wrong. Pure."""

from collections.abc import Iterator
from typing import Any

from gongzhi.common.text import N_
from gongzhi.packs.agreement_checks import twice
from gongzhi.packs.sharing_contents import Booking, CataloguePack, NeedPack, OfferPack, SharingPack

# (path as msgspec writes it, a marked message, its facts)
Found = Iterator[tuple[str, str, dict[str, Any]]]


def sharing_problems(pack: SharingPack) -> Found:
    """Codes twice; a service of the terminal that leads nowhere."""
    for name in ("modes", "fees", "micro", "reasons", "terminal", "scenarios"):
        yield from twice(f"$.{name}", [one.code for one in getattr(pack, name)])
    for i, scene in enumerate(pack.scenarios):
        for j, way in enumerate(scene.ways):
            if not way.address.startswith("/"):
                yield f"$.scenarios[{i}].ways[{j}].address", N_("场景里的网址以 / 开头"), {}
            if bool(way.counts) != bool(way.kinds):
                yield f"$.scenarios[{i}].ways[{j}].kinds", N_("数什么（counts）和哪几种（kinds）一起写"), {}
    for i, one in enumerate(pack.terminal):
        if bool(one.kinds) == bool(one.address):
            yield f"$.terminal[{i}]", N_("kinds 和 address 正好写一样"), {}
        if one.address and not one.address.startswith(("/", "https://")):
            yield f"$.terminal[{i}].address", N_("网址以 / 或 https:// 开头"), {}


def offer_problems(pack: OfferPack) -> Found:
    """Times are booked and nothing else is; a term has days; what a neighbour gives has no household's limit."""
    if (pack.shape == "time") != (pack.booking is not None):
        yield "$.booking", N_("按时间用的要写 booking，别的不写"), {}
    if pack.guide and (pack.shape != "order" or pack.taker != "person" or not pack.sealed):
        yield "$.guide", N_("办事的写 shape = order、taker = person、sealed = true"), {}
    if pack.attended and pack.shape != "term":
        yield "$.attended", N_("每天记谁来了，只用在按期用的种类上"), {}
    if (pack.shape == "term") != bool(pack.term):
        yield "$.term", N_("按期用的要写 term（多少天），别的不写"), {}
    if pack.waiting and pack.shape != "time":
        yield "$.waiting", N_("只有按时间用的能排队"), {}
    if pack.neighbour and pack.taker == "body":
        yield "$.neighbour", N_("邻居给的，taker 不能是 body"), {}
    if pack.booking is not None:
        yield from _booking(pack.booking)


def _booking(booking: Booking) -> Found:
    for name in ("shortest", "longest"):
        if getattr(booking, name) % booking.step:
            yield f"$.booking.{name}", N_("要是 step（{step} 分钟）的整数倍"), {"step": booking.step}
    if booking.shortest > booking.longest:
        yield "$.booking.longest", N_("最长不能比最短还短"), {}


def need_problems(pack: NeedPack) -> Found:
    yield from twice("$.categories", [one.code for one in pack.categories])


def catalogue_problems(pack: CataloguePack) -> Found:
    yield from twice("$.items", [one.code for one in pack.items])
