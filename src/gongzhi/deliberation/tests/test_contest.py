"""评选 only praises: it is not opened about the worst, and nobody who was not chosen is shown to anybody."""

from typing import Any

import pytest

from gongzhi.deliberation.models import Course, Resolution
from gongzhi.deliberation.tests.courses import load_procedures
from gongzhi.deliberation.tests.test_walks import walks_of
from gongzhi.deliberation.tests.walking import Walker
from tests import cast

ADDRESS = "/deliberations/new/{}/contest/"


@pytest.mark.req("J04", where="/deliberations/new/")
@pytest.mark.parametrize("about", ["最差楼栋评比", "卫生末位评选", "落选名单"])
def test_nothing_is_opened_about_the_worst(about: str, db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    world = cast.build()
    load_procedures(("contest",))
    walker = Walker(world, monkeypatch)
    address = ADDRESS.format(world.units["committee-1"].pk)
    answer = walker.runner.post(address, {"about": about, "opener": "host", "matter": "none"})
    assert answer.status_code == 422 and "只评好，不评差" in answer.content.decode()
    assert not Course.objects.exists()


@pytest.mark.req("J04", where="/deliberations/")
def test_who_was_not_chosen_stands_nowhere(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tally and the nominations lie in the file; in the decision everybody reads how many were praised."""
    world = cast.build()
    load_procedures(("contest",))
    walker, walk = Walker(world, monkeypatch), walks_of("contest")[0]
    walker.open(walk, world.units["committee-1"])
    walker.to_the_end(walk)
    seen = walker.neighbour.get(walker.address).content.decode()
    assert "一号盒" not in seen and "提名表" in seen
    made = Resolution.objects.get()
    assert made.effect == "honours" and set(made.record["inputs"]) == {"jury", "jury_votes", "winners"}
    public = walker.neighbour.get(f"/resolutions/{made.number}").content.decode()
    assert "拟表彰人数" in public and "提名人数" not in public
