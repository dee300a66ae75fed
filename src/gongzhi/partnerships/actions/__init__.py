"""The only writes, by story: drafting, the moves of a term, what is done on lines."""

from gongzhi.partnerships.actions.drafting import (
    Drafted,
    Given,
    Lending,
    add_asset,
    add_line,
    draft_agreement,
    drop_asset,
    drop_line,
)
from gongzhi.partnerships.actions.moving import (
    end_agreement,
    judge_agreement,
    renew_agreement,
    sign_agreement,
    turn_agreement,
)
from gongzhi.partnerships.actions.working import Done, record_progress, record_use

__all__ = [
    "Done",
    "Drafted",
    "Given",
    "Lending",
    "add_asset",
    "add_line",
    "draft_agreement",
    "drop_asset",
    "drop_line",
    "end_agreement",
    "judge_agreement",
    "record_progress",
    "record_use",
    "renew_agreement",
    "sign_agreement",
    "turn_agreement",
]
