"""Figures that come from a vote held here: taken from its sealed result, never beside it."""

import datetime as dt
from dataclasses import replace

from django.utils.translation import gettext as _

from gongzhi.audit.actions import link
from gongzhi.audit.queries import links_of
from gongzhi.ballots.elections import KIND_WORDS, figures_of, kind_of
from gongzhi.ballots.models import Effect, Status, Vote
from gongzhi.ballots.queries import get_vote_for
from gongzhi.common.access import Actor
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_
from gongzhi.deliberation.models import Course
from gongzhi.deliberation.queries import Followed
from gongzhi.deliberation.whom import COUNTED_BY
from gongzhi.engines.procedure_terms import Event, Step, figure

COUNTED = ("recorded", "fell_through")
# The figure that only a vote of that kind gives.
TOLD_BY = {"review": "unfit", "election": "elected", "resolution": "yes"}


def tallied(course: Followed, event: Event, number: str, by: Actor) -> tuple[Event, Vote]:
    """The event with the figures of a counted vote; those that somebody typed must be the same.

    Raises NotFound `vote_not_found`, Refused `vote_of_another_kind`, `vote_not_counted`, `vote_elsewhere`,
    `vote_advisory`, `vote_not_next_round`, `tally_differs`; Conflict `vote_used` where another course rests on it.
    """
    vote = get_vote_for(by, number.strip())
    _check_kind(course.step(event.step), vote)
    _check(course.course, vote)
    _check_round(course, event, vote)
    step = course.step(event.step)
    wanted = set(step.counted if event.kind == "recorded" else step.quorum.figures)
    amounts = figures_of(vote)
    counted = {figure(name, measure): n for name, by_measure in amounts.items() for measure, n in by_measure.items()}
    found = {name: n for name, n in counted.items() if name in wanted}
    differing = [name for name, n in found.items() if event.figures.get(name, n) != n]
    if differing:
        message = N_("和计票的结果不一样：{figures}。照计票的写，或者空着。")
        raise Refused(
            "tally_differs", message, figures="、".join(course.pack.names.get(name, name) for name in differing)
        )
    return replace(event, figures={**event.figures, **found}), vote


def check_voted(course: Followed, event: Event) -> None:
    """Where the procedure has people vote by ballot, nobody types what came out. Raises Refused `vote_missing`."""
    if event.kind != "recorded" or event.step != course.standing.current:
        return
    stage = course.stage(event.step)
    if stage.balloted:
        message = N_(
            "“{step}”要投票，数字不能手填。先在“表决”里开一次投票，计票公布以后，把表决编号填在这里。"
        )
        raise Refused("vote_missing", message, step=stage.title, field="vote")


def _check_kind(step: Step, vote: Vote) -> None:
    """A vote tells what its step asks for. Raises Refused `vote_of_another_kind`."""
    wanted = [kind for kind, name in TOLD_BY.items() if name in step.counted]
    if wanted and (found := kind_of(vote)) not in wanted:
        message = N_("“{step}”要的是{wanted}，这个编号是{found}，不能用在这里。请换成对的编号。")
        facts = {"wanted": _(KIND_WORDS[wanted[0]]), "found": _(KIND_WORDS[found])}
        raise Refused("vote_of_another_kind", message, step=step.title, field="vote", **facts)


def _check(row: Course, vote: Vote) -> None:
    if vote.status != Status.COUNTED:
        raise Refused("vote_not_counted", N_("这次表决还没有公布结果。公布了再记。"), field="vote")
    if not (vote.path.startswith(row.path) or row.path.startswith(vote.path)):
        raise Refused("vote_elsewhere", N_("这次表决不是这里的。请核对编号。"), field="vote")
    if vote.legal_effect == Effect.ADVISORY:
        message = N_("这次表决只供参考，不能当作决定。请按这里的规定表决，再来记。")
        raise Refused("vote_advisory", message, field="vote")
    used = [one for one in links_of(vote.reference) if one.relation == COUNTED_BY and one.source != row.subject]
    if used:
        raise Conflict("vote_used", N_("这次表决已经用在另一件事上了。"), field="vote")


def _check_round(course: Followed, event: Event, vote: Vote) -> None:
    """A later round of an election is the round after the vote that this course counted last (村组法 15).

    Raises Refused `vote_not_next_round`.
    """
    rounds = [row.evidence["vote"] for row in course.rows if "vote" in row.evidence and row.event["step"] != event.step]
    before = vote.after.reference if vote.after is not None else ""
    if "election" in vote.basis and before != (rounds[-1] if rounds else ""):
        message = N_("这不是上一次投票的下一轮。请到那次表决里写好下一轮，再用它的编号。")
        raise Refused("vote_not_next_round", message, field="vote")


def rests_on(row: Course, vote: Vote, *, by: Actor, at: dt.datetime) -> None:
    link(by=by, at=at, source=row.subject, relation=COUNTED_BY, target=vote.reference)
