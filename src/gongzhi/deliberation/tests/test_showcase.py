"""The demo's village decisions: one waits for its meeting, one has its resolution."""

from gongzhi.ballots.models import Vote
from gongzhi.cli.showcase.deliberation import decide_together
from gongzhi.cli.showcase.reviews import review_a_member
from gongzhi.cli.showcase.staff import Crew
from gongzhi.deliberation import whom
from gongzhi.deliberation.models import Course, Resolution
from gongzhi.deliberation.queries import Followed
from gongzhi.deliberation.tests.courses import load_procedures
from tests.cast import NOW, POSTS, World


def test_the_demo_shows_a_decision_on_its_way_and_one_done(world: World) -> None:
    crew = Crew(NOW, residents=[world.people["resident"]])
    for name, (role, _title, place, _unit) in POSTS.items():
        crew.by_role.setdefault(role, world.people[name])
        crew.by_place[role, world.places[place].path] = world.people[name]
    decide_together(crew, world.places["LY-5"], NOW)
    done, going = Course.objects.order_by("opened_at")
    assert (done.status, done.ending, going.current) == ("ended", "decided", "delegates")
    assert Resolution.objects.get().course == done and "演示" in done.about


def test_the_demo_shows_a_review_with_last_years(world: World) -> None:
    load_procedures(("democratic_review",))
    crew = Crew(NOW, residents=[world.people["resident"]])
    for name, (role, _title, place, _unit) in POSTS.items():
        crew.by_role.setdefault(role, world.people[name])
        crew.by_place[role, world.places[place].path] = world.people[name]
    review_a_member(crew, world.places["LY-5"], NOW)
    last, this = Course.objects.order_by("opened_at")
    assert (last.status, last.resolution.outcome, this.current) == ("ended", "unfit", "review")
    vote = Vote.objects.get()
    assert vote.secret and vote.status == "counted" and "演示" in vote.title
    assert last.resolution.record["inputs"]["unfit"] == 8
    assert last.resolution.record["inputs"]["valid"] == last.resolution.record["inputs"]["present"] == 13
    assert [one.number for one in whom.earlier(Followed(this, NOW.date()))] == [last.resolution.number]
