"""The demo's election: a first round that filled one seat of two, a second that is open."""

from gongzhi.ballots import queries
from gongzhi.ballots.models import Vote
from gongzhi.ballots.tests.elections import load_laws
from gongzhi.cli.showcase.elections import elect
from gongzhi.cli.showcase.staff import Crew
from gongzhi.engines.record_checks import verify_record
from tests.cast import NOW, POSTS, World


def test_the_demo_shows_an_election_in_its_second_round(world: World) -> None:
    load_laws()
    crew = Crew(NOW, residents=[world.people["resident"]])
    for name, (role, _title, place, _unit) in POSTS.items():
        crew.by_role.setdefault(role, world.people[name])
        crew.by_place[role, world.places[place].path] = world.people[name]
    elect(crew, world.places["LY-5"], NOW)
    first, second = Vote.objects.order_by("closes_at")
    assert (first.outcome, second.status, second.after) == ("incomplete", "open", first)
    assert first.result["seats"]["elected"] == ["c1"] and verify_record(queries.record_of(first)) == []  # type: ignore[index]
    assert "演示" in first.title and second.rule["seats"] == 1 and len(second.options) == 2
