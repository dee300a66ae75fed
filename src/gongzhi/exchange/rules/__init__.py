"""Which moves an offer, a need and a claim take, who counts against which limit. Pure: times passed in."""

import datetime as dt
from collections.abc import Collection, Sequence

from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_
from gongzhi.packs.sharing_contents import Booking

READ, KEEP, SERVE = "exchange.read", "exchange.keep", "exchange.serve"
LONGEST_TITLE, LONGEST_ABOUT, LONGEST_NOTE, LONGEST_WHERE = 60, 500, 200, 80
LONGEST_WORDS, LONGEST_NEED, LONGEST_STEP = 500, 300, 600
MOST_PIECES, MOST_STOCK = 200, 1_000_000
SMALLEST_SHOWN = 5  # of fewer ratings no mean is shown

# from: {move: to}
OFFER_MOVES: dict[str, dict[str, str]] = {
    "asked": {"approve": "open", "refuse": "refused"},
    "open": {"pause": "paused", "end": "ended"},
    "paused": {"resume": "open", "end": "ended"},
    "ended": {},
    "refused": {},
}
NEED_MOVES: dict[str, dict[str, str]] = {
    "asked": {"publish": "open", "refuse": "refused", "withdraw": "withdrawn"},
    "open": {"take": "taken", "withdraw": "withdrawn", "lapse": "lapsed"},
    "taken": {"free": "open", "finish": "done", "withdraw": "withdrawn"},
    "done": {},
    "refused": {},
    "withdrawn": {},
    "lapsed": {},
}
MOVES: dict[str, dict[str, str]] = {
    "asked": {
        "approve": "held", "refuse": "refused", "cancel": "cancelled", "lapse": "lapsed",
        "supplement": "lacking",
    },
    "lacking": {"supply": "asked", "cancel": "cancelled", "lapse": "lapsed"},
    "waiting": {"promote": "held", "ask": "asked", "cancel": "cancelled", "lapse": "lapsed"},
    "held": {"hand": "running", "deliver": "delivered", "cancel": "cancelled", "miss": "missed", "recall": "cancelled"},
    "running": {"deliver": "delivered", "recall": "cancelled"},
    "delivered": {"confirm": "done", "dispute": "held", "settle": "done"},
    "missed": {"appeal": "missed", "excuse": "cancelled", "keep": "missed"},
    "done": {},
    "refused": {},
    "cancelled": {},
    "lapsed": {},
}
# What is written while it runs, and moves nothing.
BESIDE = frozenset({"book", "inspect", "attend", "arrive", "rate"})
STEPS = frozenset({move for moves in MOVES.values() for move in moves} | BESIDE)
HOLDING = frozenset({"asked", "held", "running"})  # these keep the time that they asked for
OPEN = frozenset({"asked", "lacking", "waiting", "held", "running", "delivered"})


def moved(moves: dict[str, dict[str, str]], state: str, move: str) -> str:
    """The state after a move. Raises Conflict `not_now`."""
    if move not in moves[state]:
        raise Conflict("not_now", N_("现在办不了这一步，可能别人刚办过。请刷新看看。"))
    return moves[state][move]


def check_length(text: str, longest: int, field: str) -> str:
    """Raises Refused `words_missing`, `too_long`."""
    text = " ".join(text.split())
    if not text:
        raise Refused("words_missing", N_("这一项还空着，请写一句。"), field=field)
    if len(text) > longest:
        raise Refused("too_long", N_("写得太长，最多 {longest} 个字。"), longest=longest, field=field)
    return text


def check_no_cash(words: Collection[str], *texts: str) -> None:
    """Nobody asks neighbours for money here. Raises Refused `no_cash`."""
    for word in words:
        if any(word in text for text in texts):
            message = N_("这里不能要钱、给钱（写了“{word}”）。遇到经济困难，请找社区申请救助。")
            raise Refused("no_cash", message, word=word, field="title")


def check_open(now: int, most: int) -> None:
    """How many a household may hold of one kind at once. Raises Conflict `too_many_open`."""
    if now >= most:
        message = N_("同时最多约 {most} 个，您家已经有 {now} 个。办完一个或取消一个再约。")
        raise Conflict("too_many_open", message, most=most, now=now)


def check_not_pausing(missed: Sequence[dt.date], booking: Booking, today: dt.date) -> None:
    """Who let too many bookings pass waits until the pause is over. `missed`: the days. Raises Conflict `pausing`.

    The pause begins with the last of the misses that made it full, and nothing else ever counts.
    """
    for i in range(booking.misses - 1, len(found := sorted(missed))):
        first, last = found[i - booking.misses + 1], found[i]
        until = last + dt.timedelta(days=booking.pause)
        if (last - first).days < booking.within and today < until:
            message = N_("有 {misses} 次约了没来，{until} 起可以再约。觉得不对，可以在那次预约里申诉。")
            raise Conflict("pausing", message, misses=booking.misses, until=until)


def check_quantity(quantity: int, left: int | None, most: int) -> None:
    """Raises Refused `quantity_wrong`, Conflict `used_up`."""
    if not 1 <= quantity <= most:
        raise Refused("quantity_wrong", N_("一次可以要 1 到 {most} 份。"), most=most, field="quantity")
    if left is not None and quantity > left:
        if left <= 0:
            raise Conflict("used_up", N_("这一项已经领完了。"), field="quantity")
        raise Conflict("used_up", N_("只剩 {left} 份了，请少要一点。"), left=left, field="quantity")


def may_still_cancel(starts_at: dt.datetime | None, hours: int, at: dt.datetime) -> bool:
    """Until so many hours before it begins; later it counts like not coming."""
    return starts_at is None or at + dt.timedelta(hours=hours) <= starts_at


def waited(booked: dt.datetime, arrived: dt.datetime, begun: dt.datetime) -> int:
    """Minutes waited beyond one's own time: who came early waits from the booked time on; never less than none."""
    return max(0, round((begun - max(booked, arrived)).total_seconds() / 60))
