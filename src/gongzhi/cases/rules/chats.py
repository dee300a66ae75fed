"""A chat group's export as text: messages with their speakers, the same words of several people once. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gongzhi.common.personal import STAFF, show
from gongzhi.common.text import mask_personal_numbers

_DATE = r"(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?)"
_TIME = r"(?:\d{1,2}:\d{2}(?::\d{2})?)"
# 张三 2026-11-20 10:23:00 / 2026-11-20 10:23 张三 / 张三 10:23 / 张三：路灯不亮
_HEADS = (
    re.compile(rf"^(?P<who>.{{1,30}}?)\s+(?:{_DATE}\s+)?{_TIME}\s*$"),
    re.compile(rf"^{_DATE}\s+{_TIME}\s+(?P<who>\S.{{0,29}}?)\s*$"),
    re.compile(rf"^\[?(?:{_DATE}\s+)?{_TIME}\]?\s+(?P<who>[^\s:：]{{1,30}})[:：]\s*(?P<said>.+)$"),
    re.compile(r"^(?P<who>[^\s:：，。！？,.!?\d][^\s:：，。！？,.!?]{0,19})[:：]\s*(?P<said>.+)$"),
)
_DAY_LINE = re.compile(rf"^[-—=\s]*(?:{_DATE}|昨天|今天|星期.)?\s*{_TIME}?[-—=\s]*$")
# What a chat program writes itself.
_NOISE = re.compile(
    r"^\[(图片|视频|语音|表情|动画表情|文件|链接|位置|红包|聊天记录|小程序)[^\]]*\]$|撤回了一条消息|加入了?群聊|拍了拍"
)
SHORTEST, LONGEST = 2, 4000
MOST = 500


@dataclass(slots=True)
class Message:
    """Words said in a group, by everybody who said them; `speakers` stay as written, `masked` is for the page."""

    text: str
    speakers: list[str] = field(default_factory=list)
    times: int = 1

    @property
    def masked(self) -> list[str]:
        return [show("name", name, level="L3", viewer=STAFF) for name in self.speakers]

    @property
    def shown(self) -> str:
        return mask_personal_numbers(self.text)

    @property
    def likely(self) -> bool:
        """Long enough to be about something; only a hint for the ticks."""
        return len(same_words(self.text)) >= 6


def _parsed(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(speaker, words) of each message."""
    who, said = "", list[str]()
    for line in lines:
        line = line.strip()
        head = next((found for shape in _HEADS if (found := shape.match(line))), None)
        if head is None:
            if line and not _DAY_LINE.match(line) and not _NOISE.search(line):
                said.append(line)
            continue
        if said:
            yield who, "\n".join(said)
        who, said = head["who"].strip(" []"), [head["said"]] if "said" in head.groupdict() and head["said"] else []
    if said:
        yield who, "\n".join(said)


def same_words(text: str) -> str:
    """Words as they are compared: without marks and spaces, full-width letters folded."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(letter for letter in folded if letter.isalnum())


def read_chat(text: str) -> list[Message]:
    """The messages in their order; what several people said in the same words is one message of all of them."""
    found: dict[str, Message] = {}
    for who, said in _parsed(text.replace("\r", "\n").split("\n")):
        key = same_words(said)
        if _NOISE.search(said) or len(key) < SHORTEST or len(said) > LONGEST:
            continue
        message = found.get(key)
        if message is None:
            if len(found) >= MOST:
                break
            found[key] = Message(said, [who] if who else [])
            continue
        message.times += 1
        if who and who not in message.speakers:
            message.speakers.append(who)
    return list(found.values())
