"""The only writes, by story: proposing, money, the work, visits, acceptance, evaluation, moves, making public."""

from gongzhi.projects.actions.accepting import say_accepted
from gongzhi.projects.actions.bidding import (
    Offer,
    choose_bid,
    declare_interest,
    open_bidding,
    score_bid,
    submit_bid,
    withdraw_bid,
)
from gongzhi.projects.actions.evaluating import evaluate
from gongzhi.projects.actions.funding import Source, add_funding_line, commit_line, drop_line, pay_line
from gongzhi.projects.actions.moving import move_project
from gongzhi.projects.actions.planning import Measure, add_measure
from gongzhi.projects.actions.proposing import (
    Stated,
    give_facts,
    log_meeting,
    open_problem,
    propose,
    propose_for,
    show_point,
)
from gongzhi.projects.actions.publishing import publish_account
from gongzhi.projects.actions.rounds import Paper, put_to_vote, settle_round
from gongzhi.projects.actions.visiting import ask_visits, assign_sponsor, record_visit
from gongzhi.projects.actions.working import add_milestone, add_photos, finish_milestone

__all__ = [
    "Measure",
    "Offer",
    "Paper",
    "Source",
    "Stated",
    "add_funding_line",
    "add_measure",
    "add_milestone",
    "add_photos",
    "ask_visits",
    "assign_sponsor",
    "choose_bid",
    "commit_line",
    "declare_interest",
    "drop_line",
    "evaluate",
    "finish_milestone",
    "give_facts",
    "log_meeting",
    "move_project",
    "open_bidding",
    "open_problem",
    "pay_line",
    "propose",
    "propose_for",
    "publish_account",
    "put_to_vote",
    "record_visit",
    "say_accepted",
    "score_bid",
    "settle_round",
    "show_point",
    "submit_bid",
    "withdraw_bid",
]
