"""A space of neighbours on the street: a message, one to read first, one taken down with an appeal."""

from typing import Any

from gongzhi.common import clock
from gongzhi.disclosure import actions
from gongzhi.disclosure.rules import Said
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from tests import cast
from tests.cast import SETUP


def build(world: cast.World) -> dict[str, Any]:
    """For who has a home there already: the resident."""
    now, space = clock.now(), world.places["PC-1-1"]
    load_pack(by=SETUP, at=now, path=shipped.FOLDER / "laws/cn.neighbours.toml")
    resident, secretary = world.actor("resident", now), world.actor("secretary", now)

    def post(kind: str, title: str) -> str:
        said = Said("楼下捡到一把蓝伞。", title)
        return actions.post_message(by=resident, at=now, place=space, kind=kind, said=said).number

    standing, waiting, taken = post("lost", "捡到伞"), post("story", "绿豆汤"), post("talk", "停车")
    actions.hide(by=secretary, at=now, number=taken, reason="untrue")
    asked = actions.appeal(by=resident, at=now, number=taken, text="我拍了照片。")
    return {"space": space.code, "message": standing, "message_waiting": waiting, "appeal": asked.pk}
