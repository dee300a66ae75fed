"""The only writes, by story: opening funds, writing entries, deciding on them, closing periods, making public."""

from gongzhi.ledger.actions.closing import close_period, propose_closing
from gongzhi.ledger.actions.deciding import decide_entry, show_paper, withdraw_entry
from gongzhi.ledger.actions.entering import Written, add_papers, propose_entry, reverse_entry
from gongzhi.ledger.actions.opening import close_fund, open_fund
from gongzhi.ledger.actions.publishing import publish_statement
from gongzhi.ledger.actions.telling import ask_to_publish

__all__ = [
    "Written",
    "add_papers",
    "ask_to_publish",
    "close_fund",
    "close_period",
    "decide_entry",
    "open_fund",
    "propose_closing",
    "propose_entry",
    "publish_statement",
    "reverse_entry",
    "show_paper",
    "withdraw_entry",
]
