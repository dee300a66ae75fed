"""The demo's rounds: one counted with a record that verifies and written into projects, one to vote in."""

from gongzhi.ballots import queries
from gongzhi.ballots.models import Vote
from gongzhi.cli.showcase.rounds import hold_rounds
from gongzhi.cli.showcase.staff import Crew
from gongzhi.engines.record_checks import verify_record
from gongzhi.packs import shipped
from gongzhi.packs.actions import load_pack
from gongzhi.projects.models import Project
from tests.cast import NOW, POSTS, SETUP, World


def test_the_demo_shows_a_round_and_what_came_of_it(world: World) -> None:
    load_pack(by=SETUP, at=NOW, path=shipped.FOLDER / "laws/cn.budgeting.toml")
    crew = Crew(NOW, residents=[world.people[name] for name in ("resident", "neighbour", "outsider")])
    for name, (role, _title, place, _unit) in POSTS.items():
        crew.by_role.setdefault(role, world.people[name])
        crew.by_place[role, world.places[place].path] = world.people[name]
    counted = hold_rounds(crew, world.places["LY-5"], NOW)
    assert counted is not None and counted.result is not None and counted.result["budget"]["selected"]
    assert verify_record(queries.record_of(counted)) == []
    assert Vote.objects.get(status="open").basis["budget"]["budget"] == 8_000
    states = set(Project.objects.values_list("state", flat=True))
    assert states == {"reviewed", "rejected", "proposed"}
    assert not Project.objects.filter(illustrative=False).exists()
