"""The demo's council: one meeting held with a task, the next noticed with that task first on its agenda."""

from gongzhi.cli.showcase.gatherings import coordinate, hold_council
from gongzhi.cli.showcase.self_governing import govern_a_building
from gongzhi.cli.showcase.staff import Crew
from gongzhi.gatherings import queries
from gongzhi.gatherings.models import Gathering, Topic
from gongzhi.gatherings.queries import bodies
from tests.cast import NOW, POSTS, World


def test_the_demo_shows_a_council(world: World) -> None:
    crew = Crew(NOW, residents=[world.people[name] for name in ("resident", "neighbour", "outsider")])
    for name, (role, _title, place, _unit) in POSTS.items():
        crew.by_role.setdefault(role, world.people[name])
        crew.by_place[role, world.places[place].path] = world.people[name]
    hold_council(crew, world.places["LY-5"], NOW)
    coordinate(crew, world.places["LY-5"], NOW)
    held, coming = Gathering.objects.filter(kind="council").order_by("starts_at")
    assert queries.presence_at(coming).coming >= 2
    assert coming.items.filter(why="topics").exists() and Topic.objects.filter(status="open").count() == 1
    assert (held.status, coming.status) == ("closed", "noticed")
    assert [done.unit for done in queries.outcomes_of(held)] == ["柳园物业"]
    assert coming.items.order_by("position")[0].kind == "follow_up"


def test_the_demo_shows_a_building_that_governs_itself(world: World) -> None:
    crew = Crew(NOW, residents=[world.people[name] for name in ("resident", "neighbour", "outsider")])
    crew.by_role["secretary"] = world.people["secretary"]
    crew.by_place["secretary", world.places["PC-1"].path] = world.people["secretary"]
    govern_a_building(crew, world.places["LY-5"], NOW)
    row = bodies.register().get(kind="building_group")
    one = bodies.known_of(world.actor("secretary"), [row], NOW)[0]
    assert one.shown == {"seated", "charter", "met", "decided"} and one.vacant == 1
    assert one.stage_name == "转得起来" and one.coming is not None and one.charter is not None
