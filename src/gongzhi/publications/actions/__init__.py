"""The only writes, by story: writing, releasing, correcting, replying, erasing."""

from gongzhi.publications.actions.correcting import (
    Amended,
    decide_correction,
    expire_publication,
    propose_correction,
    record_rectified,
    withdraw_publication,
)
from gongzhi.publications.actions.releasing import (
    count_read,
    notify_party,
    pin_publication,
    release_publication,
    return_publication,
    submit_publication,
)
from gongzhi.publications.actions.replying import decide_refusal, file_reply, propose_refusal, show_reply
from gongzhi.publications.actions.writing import (
    Subject,
    add_pictures,
    begin_publication,
    cover_findings,
    cover_picture,
    drop_publication,
    edit_publication,
)

__all__ = [
    "Amended",
    "Subject",
    "add_pictures",
    "begin_publication",
    "count_read",
    "cover_findings",
    "cover_picture",
    "decide_correction",
    "decide_refusal",
    "drop_publication",
    "edit_publication",
    "expire_publication",
    "file_reply",
    "notify_party",
    "pin_publication",
    "propose_correction",
    "propose_refusal",
    "record_rectified",
    "release_publication",
    "return_publication",
    "show_reply",
    "submit_publication",
    "withdraw_publication",
]
