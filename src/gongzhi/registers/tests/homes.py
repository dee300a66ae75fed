"""Two homes of building LY-5 and what a test says about them; everyone is made up."""

import datetime as dt
import io
from fractions import Fraction

from gongzhi.common.access import system_actor
from gongzhi.common.clock import local_date
from gongzhi.documents.tests.pictures import encoded, picture
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.places.models import Place
from gongzhi.registers import actions
from gongzhi.registers.actions.declaring import Declaration
from gongzhi.registers.models import Tenure
from tests.cast import NOW, World

TODAY = local_date(NOW)
HOUSE = system_actor("setup")
_PAPER = encoded(picture((64, 48)))


def load_law() -> None:
    load_pack(by=HOUSE, at=NOW, path=shipped.FOLDER / "laws/cn.owners.toml")


def homes(world: World, doors: tuple[str, ...] = ("1-101", "1-102", "2-301")) -> dict[str, Place]:
    """Dwellings of LY-5 by door."""
    above = world.places["LY-5"]
    return {
        door: Place.objects.create(
            kind="dwelling",
            level="dwelling",
            code=f"LY-5-{door}",
            name="{}单元 {}室".format(*door.split("-")),
            parent=above,
            path=f"{above.path}LY-5-{door}/",
            valid_from=dt.date(2020, 1, 1),
            features={"area_registered": 8_912},
        )
        for door in doors
    }


def paper() -> io.BytesIO:
    return io.BytesIO(_PAPER)


def said(capacity: str = "owner", proof: str = "certificate", **more: object) -> Declaration:
    given = {"valid_from": dt.date(2025, 5, 1), "share": Fraction(1) if capacity == "owner" else None, **more}
    return Declaration(capacity, proof, **given)  # type: ignore[arg-type]


def declare(world: World, who: str, dwelling: Place, said_: Declaration | None = None) -> Tenure:
    words = said_ or said()
    return actions.declare_tenure(by=world.actor(who), at=NOW, dwelling=dwelling, said=words, photos=[paper()])


def approve(world: World, row: Tenure, who: str = "grid_member", replaces: Tenure | None = None) -> Tenure:
    return actions.approve_tenure(by=world.actor(who), at=NOW, tenure=row, replaces=replaces)
