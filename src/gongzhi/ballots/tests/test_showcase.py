"""The demo's votes: one counted with a record that verifies, one running that somebody can still vote in."""

from gongzhi.ballots import queries
from gongzhi.ballots.models import Vote
from gongzhi.cli.showcase.ballots import hold_votes
from gongzhi.cli.showcase.owners import decide_as_owners
from gongzhi.cli.showcase.staff import Crew
from gongzhi.deliberation.models import Course, Resolution
from gongzhi.deliberation.tests.courses import load_procedures
from gongzhi.engines.record_checks import verify_record
from gongzhi.registers.tests.homes import approve, declare, homes
from tests.cast import NOW, POSTS, World


def test_the_demo_shows_two_votes_and_what_came_of_them(world: World) -> None:
    load_procedures(("owners_special",))
    doors = homes(world, ("1-101", "1-102", "2-301", "2-302"))
    names = ("resident", "neighbour", "outsider")
    for name, door in zip(names, doors.values(), strict=False):
        approve(world, declare(world, name, door))
    crew = Crew(NOW, residents=[world.people[name] for name in names])
    for name, (role, _title, place, _unit) in POSTS.items():
        crew.by_role.setdefault(role, world.people[name])
        crew.by_place[role, world.places[place].path] = world.people[name]
    votes = hold_votes(crew, NOW)
    assert votes is not None
    running, counted = Vote.objects.order_by("-closes_at")
    assert (running.status, counted.outcome) == ("open", "passed")
    assert verify_record(queries.record_of(counted)) == []
    assert [one.open for one in queries.mine_in(world.actor("resident"), running)] == [True]
    decide_as_owners(crew, votes[0].organization, votes, NOW)
    made = Resolution.objects.get()
    assert made.record["inputs"]["yes"] == counted.result["amounts"]["yes"]["heads"]
    waiting = Course.objects.get(status="running")
    assert (waiting.current, waiting.place.code) == ("vote", "LY-5")
