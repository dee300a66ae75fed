"""What must not stand in a public text: numbers of people, plates, doors, and words that look like somebody's name.

Numbers are found surely; names are not. A name has no form of its own in Chinese, and the vault cannot be searched
for two characters in a text (it knows whole values only). So a hit on a name is a question, and no hit is no promise:
the page says so, and a second person reads.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from gongzhi.common.text import N_

COVER = "▇▇▇"
# Full-width digits and letters count as plain ones; the length stays, so that positions hold.
_PLAIN = {0xFF10 + n: 0x30 + n for n in range(10)} | {0xFF21 + n: 0x41 + n for n in range(26)} | {0xFF0D: 0x2D}
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_PEOPLE = "业主|居民|住户|租客|租户|房东|车主|当事人|村民|户主|老人|举报人|投诉人|摊主"
_TITLES = "某某|某|先生|女士|大爷|大妈|阿姨|奶奶|爷爷|师傅|同志"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("id_number", re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[0-9Xx](?![0-9A-Za-z])")),
    ("phone", re.compile(r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")),
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)),
    ("plate", re.compile(rf"[{_PROVINCES}][A-HJ-NP-Z][·• ]?[A-HJ-NP-Z0-9]{{5,6}}")),
    ("room", re.compile(r"(?:\d{1,3} ?(?:栋|幢|号楼|座) ?)?\d{1,2} ?单元 ?\d{3,4}(?: ?[室号])?")),
    ("room", re.compile(r"\d{1,3} ?(?:栋|幢|号楼|座) ?\d{3,4}(?: ?[室号户])?")),
    ("room", re.compile(r"(?<![\d-])\d{1,3}-\d{1,2}-\d{3,4}(?![\d-])")),
    ("room", re.compile(r"(?<![\d.])\d{3,4} ?室")),
    ("name", re.compile(rf"[{_SURNAMES}](?:{_TITLES})")),
)
_NAME_AFTER = re.compile(rf"(?:{_PEOPLE})[：: ]?([{_SURNAMES}][\u4e00-\u9fff]{{1,2}})(?=[，。、；：（）\s的把在将]|$)")
_CARD = re.compile(r"(?<!\d)\d{16,19}(?!\d)")
WORDS = {
    "id_number": N_("身份证号"),
    "phone": N_("手机号"),
    "email": N_("邮箱"),
    "plate": N_("车牌号"),
    "card": N_("银行卡号"),
    "room": N_("门牌号"),
    "name": N_("像是人名"),
}
# Never public; the rest may stand where it is an office's own, and somebody says so. A criticism shows none of them.
NEVER = frozenset({"id_number", "plate", "card"})
NEVER_IN_CRITICISM = NEVER | {"phone", "email", "room"}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found at [start, end) of one field of the text."""

    field: str
    kind: str
    start: int
    end: int
    found: str


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B."""
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _hits(text: str) -> Iterable[tuple[int, int, str]]:
    plain = text.translate(_PLAIN)
    for kind, pattern in _PATTERNS:
        yield from ((hit.start(), hit.end(), kind) for hit in pattern.finditer(plain))
    yield from ((hit.start(1), hit.end(1), "name") for hit in _NAME_AFTER.finditer(plain))
    yield from ((hit.start(), hit.end(), "card") for hit in _CARD.finditer(plain) if _luhn(hit.group()))


def find_in(field: str, text: str) -> list[Finding]:
    """Findings of one field from left to right, none inside another; the longer one of two that begin together."""
    found: list[Finding] = []
    free = 0
    for start, end, kind in sorted(_hits(text), key=lambda hit: (hit[0], -hit[1])):
        if start >= free:
            found.append(Finding(field, kind, start, end, text[start:end]))
            free = end
    return found


def find_all(texts: Mapping[str, str]) -> list[Finding]:
    return [finding for field, text in texts.items() for finding in find_in(field, text)]


def forbidden(findings: Iterable[Finding], *, negative: bool, confirmed: Collection[str]) -> list[Finding]:
    """What still must go: never public, or not yet confirmed by the author as an office's own."""
    never = NEVER_IN_CRITICISM if negative else NEVER
    return [one for one in findings if one.kind in never or one.kind not in confirmed]


def covered(text: str, findings: Iterable[Finding]) -> str:
    """The text with every finding covered."""
    for one in sorted(findings, key=lambda one: one.start, reverse=True):
        text = text[: one.start] + COVER + text[one.end :]
    return text


def only_covered(original: str, shown: str) -> bool:
    """Whether `shown` is the original with parts covered and nothing else changed.

    A cover that touches a mark which the writer put there makes one longer run: any run as long as a cover is one.
    """
    pattern = ".+?".join(re.escape(part) for part in re.split(f"{COVER}+", shown))
    return re.fullmatch(pattern, original, re.S) is not None
