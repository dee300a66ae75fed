"""A pass: a signed word in an address that opens one medium for an hour, for a page that somebody without an
account has opened with number and code. It names the medium and nothing else.
"""

import uuid

from django.core import signing

LASTS = 3600
_SALT = "gongzhi.documents.pass"


def pass_for(media_id: uuid.UUID) -> str:
    return signing.TimestampSigner(salt=_SALT).sign(str(media_id)).partition(":")[2]


def pass_opens(word: str, media_id: uuid.UUID) -> bool:
    try:
        signing.TimestampSigner(salt=_SALT).unsign(f"{media_id}:{word}", max_age=LASTS)
    except signing.BadSignature:
        return False
    return True
