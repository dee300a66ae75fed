"""The demo's agreements add up to what the sources say."""

from decimal import Decimal

from gongzhi.cli.showcase.agreements import agree
from gongzhi.cli.showcase.staff import Crew
from gongzhi.partnerships import rules
from gongzhi.partnerships.models import Agreement, AgreementLine, Asset
from gongzhi.partnerships.queries import together
from tests.cast import NOW, POSTS, World


def test_the_demo_shows_agreements(world: World) -> None:
    crew = Crew(NOW, residents=[world.people["resident"]])
    for name, (role, _title, place, _unit) in POSTS.items():
        crew.by_role.setdefault(role, world.people[name])
        crew.by_place[role, world.places[place].path] = world.people[name]
    agree(crew, world.places["LY-5"], NOW)
    lent = [rules.Lent(one.kind, one.pieces, one.area) for one in Asset.objects.all()]
    assert rules.totals(lent) == (19, Decimal("2719.27"))
    assert Agreement.objects.filter(kind="asset_use", state="running").count() == 2
    totals = AgreementLine.objects.filter(total__gt=0).values_list("total", flat=True)
    assert {11, 5, 16, 540, 373} <= set(totals)
    found = together.network(world.places["PC-1"])
    assert len(found.partners) == 6 and not any("指导" in one.stands_as for one in found.partners)
