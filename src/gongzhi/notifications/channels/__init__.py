"""Ways out of the house: mail, SMS, webhook, and the screen of the demo. None touches the database."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Outgoing:
    """One message on its way: everything a channel needs, and nothing it could look up."""

    channel: str
    kind: str
    to: str
    subject: str
    text: str
    dedupe_key: str
    created_at: dt.datetime
    now: dt.datetime
    body: bytes = b""
    secret: bytes = b""


class NotSent(Exception):
    """It did not go out this time and will be tried again."""


class ChannelDown(NotSent):
    """The server cannot be reached: whatever else waits for this channel can spare the attempt for now."""


class Rejected(NotSent):
    """The other side said no for good; trying the same again helps only after somebody changed something."""


class NoReceiver(NotSent):
    """There is nobody to send to any more: erased, withdrawn, expired. Trying again never helps."""
