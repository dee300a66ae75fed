"""The demo's duties, made for the cast: some done, some asleep, one asked about, a covenant with two versions."""

import time

from gongzhi.cli.showcase.duties import show_duties
from gongzhi.cli.showcase.staff import Crew
from gongzhi.documents.models import Instrument
from gongzhi.duties import queries
from gongzhi.duties.models import Duty
from tests.cast import NOW, POSTS, World


def test_the_demo_shows_work_in_every_state(world: World) -> None:
    crew = Crew(NOW, residents=[world.people["resident"]])
    for name, (role, _title, place, _unit) in POSTS.items():
        crew.by_role.setdefault(role, world.people[name])
        crew.by_place[role, world.places[place].path] = world.people[name]
    begun = time.perf_counter()
    show_duties(crew, world.places["LY-5"], NOW)
    assert time.perf_counter() - begun < 20
    rows = queries.rows_of(Duty.objects.all(), NOW.date())
    assert {row.state for row in rows} >= {"ahead", "due", "dormant", "done"}
    assert Duty.objects.exclude(excuse="").count() == 1
    assert Instrument.objects.filter(adopted_at__isnull=False).count() == 2
