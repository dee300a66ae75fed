"""The demo's space has something of each kind, a name with consent, and work for who looks after it."""

from gongzhi.cli.showcase.neighbours import talk
from gongzhi.cli.showcase.staff import Crew
from gongzhi.disclosure import queries
from gongzhi.disclosure.models import Message
from gongzhi.disclosure.queries import moderating
from gongzhi.disclosure.tests.conftest import SPACE
from tests.cast import NOW, POSTS, World


def test_the_demo_shows_a_space(world: World) -> None:
    crew = Crew(NOW, residents=[world.people["resident"], world.people["neighbour"]])
    for name, (role, _title, place, _unit) in POSTS.items():
        crew.by_role.setdefault(role, world.people[name])
        crew.by_place[role, world.places[place].path] = world.people[name]
    talk(crew, NOW)
    found = queries.listed(world.actor("neighbour"), world.places[SPACE], NOW).items
    assert {one.message.kind for one in found} == {"lost", "request", "story", "talk"}
    assert [one.name for one in found if one.message.kind == "story"] == ["热心小周"]
    secretary, supervisor = world.actor("secretary"), world.actor("supervisor")
    assert len(moderating.waiting_for(secretary)) == len(moderating.alerted_for(secretary)) == 1
    assert len(moderating.appeals_for(supervisor)) == 1


def test_where_nobody_is_verified_there_is_nothing_to_tell(world: World) -> None:
    talk(Crew(NOW, residents=[world.people["outsider"]]), NOW)
    assert not Message.objects.exists()
