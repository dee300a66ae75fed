"""How tests hold the vote of a democratic review: delegates, secret papers with a grade each, counted at a box."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from gongzhi.ballots import actions, rules
from gongzhi.ballots.actions.holding import Question
from gongzhi.ballots.grounds import review_ground
from gongzhi.ballots.models import Roll, Vote
from gongzhi.ballots.tests.elections import poll
from gongzhi.common.clock import local_date
from gongzhi.common.registry import Entitlement
from gongzhi.people.actions.enrolling import enrol_people
from tests.cast import SETUP, World

HOUR = dt.timedelta(hours=1)


def delegates(world: World, count: int, at: dt.datetime) -> Roll:
    """A published roll of so many delegates."""
    chosen, _sealed = enrol_people(by=SETUP, at=at, values=[{"name": f"代表{n}"} for n in range(count)])
    entries = [Entitlement((one.pk,), group="代表") for one in chosen]
    by, place = world.actor("secretary"), world.places["PC-1"]
    roll = actions.freeze_roll(by=by, at=at, place=place, kind="delegates", measures=("heads",), entries=entries)
    return actions.publish_roll(by=by, at=at, number=roll.number)


def graded(
    world: World, marks: Sequence[int], at: dt.datetime, *, registered: int = 0, effect: str = "binding"
) -> Vote:
    """Counted before `at`: a paper for each mark (1 is the best of the four grades), of so many delegates."""
    opens = at - 3 * HOUR
    roll = delegates(world, registered or len(marks), opens)
    vote = actions.draft_vote(
        by=world.actor("secretary"), at=opens, roll=roll, body=world.units["committee-1"],
        question=Question("评议村委会委员", words=rules.GRADES), closes_at=opens + HOUR,
        ground=review_ground(roll.path, local_date(opens), effect=effect),
    )  # fmt: skip
    return poll(world, vote, {(mark,): n for mark, n in Counter(marks).items()}, opens=opens)
