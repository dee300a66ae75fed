"""Who may enter what in a course; when it moves next; what an effect asks a person to do. Pure."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from gongzhi.common.errors import Conflict, Forbidden, Refused
from gongzhi.common.text import N_
from gongzhi.engines.procedure_terms import Definition, Due, Event, Next

RUN, SUPERVISE, READ = "deliberation.run", "deliberation.supervise", "deliberation.read"
SEALED_NOTE = "sealed"
INQUIRY = "pack:procedure/inquiry"
ANYONE = "anyone"
LONGEST_ABOUT, LONGEST_NOTE, LONGEST_FILED = 120, 1000, 80
STATUS_WORDS = {
    "running": N_("正在办"),
    "ended": N_("办完了"),
    "aborted": N_("停了"),
    "expired": N_("过期作废"),
}
KIND_WORDS = {
    "noticed": N_("发开会通知"),
    "called_off": N_("取消这次会"),
    "fell_through": N_("人没到够，会没开成"),
    "recorded": N_("记结果"),
    "signed": N_("监督签字"),
    "published": N_("公示"),
    "objected": N_("提异议"),
    "answered": N_("答复异议"),
    "aborted": N_("停下这件事"),
}
ANSWER_WORDS = {"rejected": N_("异议不成立"), "upheld": N_("异议成立"), "withdrawn": N_("提的人撤回")}
GROUP_WORDS = {
    "village": N_("村里的事"),
    "owners": N_("业主的事"),
    "election": N_("选举和罢免"),
    "rules": N_("立章程、立公约"),
    "consult": N_("听证、论证、评估"),
    "review": N_("报告、评议、质询"),
    "party": N_("选人用人"),
    "contest": N_("评选"),
}
CONCERNS_WORDS = {"holder": N_("说的是哪一位"), "vacancy": N_("补哪一个缺"), "member": N_("说的是哪一家")}
CONCERNS_MISSING = {
    "holder": N_("请选是哪一项任职。名字从登记里来，不用写。"),
    "vacancy": N_("请选是哪一项任职。名字从登记里来，不用写。"),
    "member": N_("请选是哪一家。只列出加入了这个联盟的。"),
}
# 五个民主: which groups of procedures serve each, and which other rooms do.
FIVE: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "election": (N_("民主选举"), ("election", "party"), ("votes",)),
    "consultation": (N_("民主协商"), ("consult",), ("gatherings", "topics")),
    "decision": (N_("民主决策"), ("village", "owners"), ("resolutions", "votes")),
    "management": (N_("民主管理"), ("rules", "contest"), ("resolutions",)),
    "oversight": (N_("民主监督"), ("review",), ("duties",)),
}
SIGNED_IN, STAFF = ("votes", "topics"), ("duties",)
ROOM_WORDS = {
    "votes": N_("表决和选举"),
    "gatherings": N_("会议"),
    "topics": N_("议题"),
    "resolutions": N_("决议"),
    "duties": N_("职责"),
}
# What an ending asks for beyond the resolution itself; people do it, nothing happens silently.
EFFECT_WORDS = {
    "adopt_text": N_("把通过的文本写进“文本”，从生效那天起管用。"),
    "end_post": N_("结束这项任职。一个人提出，另一个人核对，从决定那天起算。"),
    "begin_posts": N_("让选出来的人任职。一个人提出，另一个人核对，从决定那天起算。"),
    "honours": N_("把荣誉发给获评的人。"),
    "referral": N_("把材料转给有权问责的机关。"),
    "review": N_("把评议结果记进本人的档案。"),
    "work_order": N_("移送管这件事的部门：写清是什么事、归哪一类，就在这里建一件诉求，派过去办。"),
    "begin_body": N_("到“组织和任职”里登记定下来的组织。"),
}
# What is done here by an action of its own; of the others somebody says that it was done, and where.
POSTS = ("end_post", "begin_posts")
BY_ACTION = ("adopt_text", "work_order", *POSTS)
# How long after a post was left it may be filled by a by-election.
VACANT_DAYS = 366
# What starts other people's days is entered on the day itself.
TODAY = ("opened", "noticed", "published")
# What nobody has to wait for, and what is no way forward.
ASIDE = ("objected", "called_off", "fell_through", "aborted")


def watching(definition: Definition) -> frozenset[str]:
    """Bodies that only watch: they sign, and no step is theirs."""
    signers = {body for step in definition.steps for body in step.sign_off}
    return frozenset(signers - {step.body for step in definition.steps})


def permission_for(definition: Definition, kind: str, body: str) -> str:
    """Signing, and acting for a body that only watches, is another mandate than running the course."""
    return SUPERVISE if kind == "signed" or body in watching(definition) else RUN


def check_other_hand(event: Event, by: str, entered: Iterable[tuple[Event, str]]) -> None:
    """Whoever entered a result or a posting does not sign for it. Raises Forbidden `own_work`."""
    if event.kind != "signed":
        return
    own = any(who == by and one.step == event.step and one.kind != "signed" for one, who in entered)
    if own:
        raise Forbidden("own_work", N_("这一步是您记的，监督签字要换一个人。"))


def check_not_oneself(person_id: uuid.UUID | None, concerned: uuid.UUID | None) -> None:
    """Nobody runs, signs or carries out what is about themselves. Raises Forbidden `own_matter`."""
    if concerned is not None and person_id == concerned:
        raise Forbidden("own_matter", N_("这件事说的是您本人，要由别人来办。您可以申辩，也可以提异议。"))


def check_second_hand(asked_by: str, by: str) -> None:
    """Raises Forbidden `own_plan`, Conflict `nothing_planned`."""
    if not asked_by:
        raise Conflict("nothing_planned", N_("还没有人提出来。先由办这件事的人写明，再来核对。"))
    if asked_by == by:
        raise Forbidden("own_plan", N_("这是您提出的，要由另一个人核对。"))


def check_many(planned: int, decided: int | None) -> None:
    """As many posts begin as were filled. Raises Refused `wrong_number`."""
    if decided is not None and planned != decided:
        message = N_("决议里是 {decided} 人，现在写了 {planned} 人。一个也不能多，一个也不能少。")
        raise Refused("wrong_number", message, decided=decided, planned=planned)


def next_day(moves: Sequence[Next], dues: Sequence[Due], today: dt.date) -> dt.date | None:
    """When it moves next: the first day on which somebody may act, else the day after something runs out."""
    days = [move.earliest for move in moves if move.kind not in ASIDE]
    if days:
        return max(min(days), today)
    return min((due.on for due in dues), default=today) + dt.timedelta(days=1)


def rooms_for(rooms: Iterable[str], *, signed_in: bool, staff: bool) -> list[str]:
    """The rooms that a reader may enter."""
    return [room for room in rooms if (signed_in or room not in SIGNED_IN) and (staff or room not in STAFF)]


def check_announced(closed: bool) -> None:
    """Raises Refused `not_public`: what is about one member is not announced."""
    if closed:
        raise Refused("not_public", N_("这件事不公开，不发公告。要公开的是公约和总数，在联盟的页面上。"))


def check_never(words: Iterable[str], about: str, title: str) -> None:
    """A procedure that only praises is not opened about the worst. Raises Refused `never_about`."""
    for word in words:
        if word in about:
            message = N_("{title}只评好，不评差：“{word}”不能评。请改成评好的。")
            raise Refused("never_about", message, title=title, word=word, field="about")


def check_line(text: str, longest: int, code: str, message: str, field: str) -> str:
    """One line of words. Raises Refused with the given code when it is empty or too long."""
    line = " ".join(text.split())
    if not line:
        raise Refused(code, message, field=field)
    if len(line) > longest:
        raise Refused("too_long", N_("太长了，最多 {longest} 个字。"), longest=longest, field=field)
    return line
