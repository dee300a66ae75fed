"""The only writes of the room."""

from gongzhi.ballots.actions.announcing import announce_vote
from gongzhi.ballots.actions.budgeting import draft_budget_vote
from gongzhi.ballots.actions.casting import cast_ballot, hand_out_paper
from gongzhi.ballots.actions.counting import add_box, count_vote, enter_box
from gongzhi.ballots.actions.electing import (
    draft_election,
    next_round,
    nominate,
    settle_candidates,
    withdraw_candidate,
)
from gongzhi.ballots.actions.holding import cancel_vote, close_vote, draft_vote, open_vote
from gongzhi.ballots.actions.objecting import decide_objection, object_to_roll
from gongzhi.ballots.actions.proxies import give_proxy, withdraw_proxy
from gongzhi.ballots.actions.registering import (
    bring_voters,
    enter_voters,
    record_consent,
    register_myself,
    strike_entry,
)
from gongzhi.ballots.actions.rolls import freeze_roll, publish_roll

__all__ = [
    "add_box",
    "announce_vote",
    "bring_voters",
    "cancel_vote",
    "cast_ballot",
    "close_vote",
    "count_vote",
    "decide_objection",
    "draft_budget_vote",
    "draft_election",
    "draft_vote",
    "enter_box",
    "enter_voters",
    "freeze_roll",
    "give_proxy",
    "hand_out_paper",
    "next_round",
    "nominate",
    "object_to_roll",
    "open_vote",
    "publish_roll",
    "record_consent",
    "register_myself",
    "settle_candidates",
    "strike_entry",
    "withdraw_candidate",
    "withdraw_proxy",
]
