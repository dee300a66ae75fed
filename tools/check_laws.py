"""Hold the law packs against a folder of statute texts: `python tools/check_laws.py FOLDER`.

For developers: the texts are no part of the project. The folder holds one Markdown file a law, its articles beginning
“第…条”. Every rule with confidence L is looked up: the article must be there, and every share, period and number of
the rule must be said in it. Ends with 1 when something is not; what has no text in the folder is listed only.
"""

import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.config.settings")

from gongzhi.packs import laws, shipped  # noqa: E402
from gongzhi.packs.contents import LawPack, Rule  # noqa: E402
from gongzhi.packs.reading import read_pack  # noqa: E402

# What a source is called in a pack → the words in a file's name, where they are others.
FILES = {"民法典": "物权编"}
PARTS = {"民法典"}
# Numbers that the statute says without a figure: the words that stand for them.
SAID_SO = {
    "fee_fen": "不收取任何费用",
    "whole": "份额",
    "women_least": "应当有妇女成员",
    "report_per_year": "年度工作报告",
    "term": "任期相同",
}
# Numbers of the product beside those of the law, and numbers of items, which the table in the tests counts.
NOT_LAW = {"default_days", "number", "count", "matter", "deliberations", "publications"}
DIGITS = "零一二三四五六七八九"
ARTICLE = re.compile(r"^第([零一二三四五六七八九十百]+)条\s*", re.MULTILINE)
NAMED = re.compile(r"第([\d、—和]+)条")
UNITS = {
    "hours": ("小时",), "calendar_days": ("日", "天"), "working_days": ("个工作日",), "months": ("个月", "月"),
    "years": ("年", "周岁"),
}  # fmt: skip


class Looked(NamedTuple):
    """One figure of a rule: whether its article says it, or there is no text to look in."""

    where: str
    figure: str
    verdict: str


def chinese(number: int) -> str:
    """12 → 十二, 120 → 一百二十; from a thousand on as digits."""
    if number > 999:
        return str(number)
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = f"{DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        words += "十" if tens == 1 and not hundreds else f"{DIGITS[tens]}十"
    elif ones and hundreds:
        words += "零"
    return words + (DIGITS[ones] if ones or not number else "")


def articles(text: str) -> dict[str, str]:
    """“二十二” → the words of that article."""
    parts = ARTICLE.split(text)
    return {number: body.replace(" ", "") for number, body in zip(parts[1::2], parts[2::2], strict=True)}


def says(text: str, figure: object) -> bool:
    return any(re.search(word[3:], text) if word.startswith("re:") else word in text for word in wordings(figure))


def wordings(figure: object) -> Iterator[str]:
    """How a statute may write a figure."""
    if isinstance(figure, laws.Period):
        for word in UNITS[figure.unit]:
            yield from (f"{number}{word}" for number in (str(figure.amount), chinese(figure.amount)))
        if figure == laws.Period(3, "months"):
            yield "每季度"
        if figure == laws.Period(1, "months"):
            yield "每月"
        if figure == laws.Period(2, "months"):
            yield "每两个月"
    elif isinstance(figure, laws.Share):
        yield from _shares(figure)
    elif isinstance(figure, int):
        yield from (str(figure), chinese(figure))
        if figure == 2:
            yield "两"
    elif isinstance(figure, tuple):
        yield ""  # lists of matters are counted by the table in the tests


def _shares(figure: laws.Share) -> Iterator[str]:
    top, bottom = figure.share.numerator, figure.share.denominator
    if (top, bottom) == (1, 1):
        yield from ("一致同意", "不超过业主委员会委员人数")
    elif (top, bottom) == (1, 2):
        yield from ("过半数",) if not figure.inclusive else ("二分之一", "百分之五十以上", "半数以上", "一半以上")
    else:
        percent = 100 * top // bottom
        names = (f"{chinese(bottom)}分之{chinese(top)}", f"百分之{chinese(percent)}", f"{percent}%", f"{top}/{bottom}")
        end = "以下" if figure.most else "以上"
        yield from (f"{name}{end}" for name in names)
        # “不得少于…的三分之一”, “不足…百分之三十”: the word that includes or excludes the number stands before it.
        lead = "不足[^，。]*" if figure.most else "不得少于[^，。]*"
        yield from (f"re:{lead}{name}" for name in names)


def text_of(rule: Rule, pack: LawPack, folder: Path) -> str | None:
    """The words of the articles that a rule names; None when the folder has no such text."""
    cite = laws.cited("", pack, rule)
    name = FILES.get(cite.source, cite.source)
    found = next((path for path in sorted(folder.glob("*.md")) if name and name == path.stem.split("(")[0]), None)
    if found is None:
        return None
    known = articles(found.read_text("utf-8"))
    numbers = [int(each) for part in NAMED.findall(cite.article) for each in re.findall(r"\d+", part)]
    wanted = [chinese(number) for number in numbers]
    if cite.source in PARTS and not known.keys() & set(wanted):
        return None  # an article of another part of the same code
    if not wanted or any(number not in known for number in wanted):
        return ""
    return "".join(known[number] for number in wanted)


def look(pack: LawPack, folder: Path) -> Iterator[Looked]:
    for rule in pack.rules:
        cite = laws.cited("", pack, rule)
        if cite.confidence != "L":
            continue
        where = f"{pack.name}/{pack.version} {rule.code} {cite.source}{cite.article}"
        text = text_of(rule, pack, folder)
        if text is None:
            yield Looked(where, "", "no text")
        elif not text:
            yield Looked(where, "", "NO SUCH ARTICLE")
        else:
            yield Looked(where, "", "found")
            for key, figure in laws.figures(rule.params):
                if key not in NOT_LAW:
                    found = says(text, figure) or (key in SAID_SO and SAID_SO[key] in text)
                    yield Looked(where, f"{key} = {figure}", "said" if found else "NOT SAID")


def main(folder: Path) -> int:
    rows = [row for path in shipped.common_packs() if "laws" in path.parts for row in look(_law(path), folder)]
    for verdict in ("no text", "NO SUCH ARTICLE", "NOT SAID"):
        for row in rows:
            if row.verdict == verdict:
                sys.stdout.write(f"{verdict}: {row.where} {row.figure}\n")
    sys.stdout.write(f"{dict(Counter(row.verdict for row in rows))}\n")
    return int(any(row.verdict.isupper() for row in rows))


def _law(path: Path) -> LawPack:
    pack = read_pack(path.read_text("utf-8"), path.name)
    if not isinstance(pack, LawPack):
        raise TypeError(path.name)
    return pack


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
