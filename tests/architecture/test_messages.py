"""Source strings are plain Chinese, all of them marked; the English catalogue is complete and compiled."""

import ast
import gettext
import io
import re
from collections.abc import Iterator

import pytest
from django.template.base import Lexer, TokenType

from tests.architecture.source import PACKAGE, Source, docstrings, read, sources, tell, templates
from tools.messages import (
    CATALOGUE,
    Message,
    NotPlain,
    collect,
    compiled,
    in_python,
    in_template,
    missing,
    parse,
    write,
)

CHINESE = re.compile(r"[\u4e00-\u9fff]")
# 写法: what to say instead stands in docs/explanation/writing.md.
BANNED = (
    "成功|失败|非法|不合法|无效|系统异常|系统错误|系统繁忙|请联系管理员|联系系统管理员|操作失败|权限不足|无权限|无权访问|暂无数据|"
    "处置中|满意度评价|敬请谅解|请知悉|予以|维稳|黑名单|重点人员|刁民|缠访"
)
_BANNED = re.compile(BANNED)
_FAMILIAR = re.compile(r"你(?!们)")
_HALF_WIDTH = re.compile(
    r"[\u4e00-\u9fff”》][,;:!?]|[,;:!?][\u4e00-\u9fff“《]|[\u4e00-\u9fff]\.(?!\w)|[\u4e00-\u9fff][()]|[()][\u4e00-\u9fff]|\.{3}"
)
_SENTENCE = re.compile(r"[\u4e00-\u9fff].*[，。；：！？]", re.S)
_SPLIT_DATE = re.compile(r"\d\s+[年月日]\s*\d")

# Chinese that no catalogue reaches: what the demo writes, and what is said before anything is installed.
UNMARKED_FILES = re.compile(r"(^|/)(demo|demo_\w+|showcase|bootstrap|journeys|examples|examples_\w+)(/|\.py$)")


def complaints(text: str) -> list[str]:
    text = re.sub(r"\w+://\S+", "", text)
    found = [f"says “{match[0]}”" for match in _BANNED.finditer(text)]
    found += ["says 你, not 您"] if _FAMILIAR.search(text) else []
    found += [f"half-width {match[0]!r}" for match in _HALF_WIDTH.finditer(text)]
    return found + (["a date is broken by a space"] if _SPLIT_DATE.search(text) else [])


def test_the_words_are_plain_and_the_punctuation_full_width() -> None:
    tell(
        [
            f"{sorted(files)[0]}: {message.text[:40]!r} {'; '.join(found)}"
            for message, files in collect().items()
            if CHINESE.search(message.text) and (found := complaints(message.text))
        ],
        "Say it plainly: what happened, what is missing, one thing to do (docs/explanation/writing.md).",
    )


@pytest.mark.parametrize(
    "text",
    [
        "提交成功",
        "操作失败，请联系管理员",
        "你好",
        "写好了,再看看",
        "共 3 件(今天)",
        "请稍候...",
        "3 月 18 日 9 点",
    ],
)
def test_poor_writing_is_seen(text: str) -> None:
    assert complaints(text)


@pytest.mark.parametrize(
    "text",
    [
        "没送出去。您填的都在，没有丢。",
        "代表还差 {missing} 人。",
        "3月18日 18:00 前修好",
        "编号 LY-0317-046，2 小时内",
        "你们小区",
    ],
)
def test_plain_writing_is_let_be(text: str) -> None:
    assert not complaints(text)


def unmarked_in_template(text: str) -> Iterator[str]:
    """Chinese in a template outside any translate tag."""
    inside = ""
    for token in Lexer(text).tokenize():
        tag = token.contents.split()[0] if token.token_type == TokenType.BLOCK and token.contents.split() else ""
        if inside:
            inside = "" if tag == inside else inside
            continue
        if tag in ("blocktranslate", "blocktrans", "comment"):
            inside = f"end{tag}"
        elif tag in ("translate", "trans") or token.token_type == TokenType.COMMENT:
            continue
        else:
            visible = re.sub(r"<!--.*?-->|_\((\"[^\"]*\"|'[^']*')\)", "", token.contents, flags=re.S)
            if CHINESE.search(visible):
                yield f"{token.lineno}: {' '.join(visible.split())[:50]}"


def test_every_text_of_a_template_is_marked() -> None:
    tell(
        [
            f"{path.relative_to(PACKAGE)}:{line}"
            for path in templates()
            for line in unmarked_in_template(path.read_text("utf-8"))
        ],
        'Mark it: {% translate "…" %} or {% blocktranslate trimmed %}…{% endblocktranslate %}.',
    )


def test_unmarked_text_is_seen() -> None:
    assert list(unmarked_in_template("<p>报事</p>"))
    assert list(unmarked_in_template('{% include "x.html" with title="报事" %}'))
    assert not list(unmarked_in_template('{# 说明 #}{% translate "报事" %}{{ _("议事") }}'))
    assert not list(unmarked_in_template("{% blocktranslate %}共 {{ n }} 件{% endblocktranslate %}"))


def unmarked_in_python(source: Source) -> Iterator[str]:
    """Chinese sentences that no marker holds. Single words and patterns are content, not interface."""
    marked: set[int] = docstrings(source.tree)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if "gettext" in name or name in ("N_", "_", "compile"):
                marked |= {id(inner) for inner in ast.walk(node)}
            marked |= {
                id(inner)
                for k in node.keywords
                for inner in ast.walk(k.value)
                if k.arg in ("help_text", "verbose_name", "example", "examples")
            }
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and id(node) not in marked and _SENTENCE.search(str(node.value)):
            yield f"{source.at(node)} {str(node.value)[:40]!r}"


def test_every_sentence_of_the_code_is_marked() -> None:
    looked_at = [source for source in sources() if not UNMARKED_FILES.search(source.path)]
    tell(
        [line for source in looked_at for line in unmarked_in_python(source)],
        "Mark it with N_() (translate where it is shown) or gettext().",
    )


def test_every_mark_holds_a_plain_string() -> None:
    computed = []
    for source in sources():
        try:
            list(in_python(source.text))
        except NotPlain as error:
            computed.append(f"{source.path}: {error}")
    tell(computed, 'Mark a plain string with {placeholders}: N_("还差 {missing} 人。"), never an f-string.')


def english() -> dict[Message, list[str]]:
    return parse(CATALOGUE.read_text("utf-8"))


def test_the_english_catalogue_is_complete() -> None:
    absent = missing(english(), collect())
    tell([message.text for message in absent], "Run tools/messages.py, then write the English into django.po.")


def test_the_catalogue_holds_nothing_that_is_gone() -> None:
    gone = set(english()) - set(collect())
    tell([message.text for message in gone], "Run tools/messages.py: these are no longer in the product.")


def test_the_english_keeps_every_placeholder() -> None:
    places = re.compile(r"\{(\w+)[^}]*\}|%\((\w+)\)s")
    wrong = []
    for message, forms in english().items():
        wanted = set(places.findall(message.text + message.plural))
        wrong += [message.text for form in forms if form and set(places.findall(form)) - wanted]
        if forms and forms[-1] and wanted - set(places.findall("".join(forms))):
            wrong.append(message.text)
    tell(wrong, "The English must use the same {placeholders}.")


def test_the_english_is_english() -> None:
    mixed = [forms[0] for forms in english().values() for form in forms if CHINESE.search(form.replace("共治", ""))]
    tell(mixed, "Write the English without Chinese characters (the name 共治 apart).")


def test_the_compiled_catalogue_is_current() -> None:
    assert CATALOGUE.with_suffix(".mo").read_bytes() == compiled(english()), "Run tools/messages.py."


def test_messages_are_read_as_the_product_reads_them() -> None:
    template = (
        '{% translate "报事" %}{% translate "开" context "门" %}{{ _("议事") }}'
        "{% blocktranslate trimmed count n=3 %}\n  {{ n }} 件\n {% plural %} {{ n }} 件们"
        "{% endblocktranslate %}"
        '{% translate "满 50%" %}'
    )
    assert [message for _, message in in_template(template)] == [
        Message("报事"),
        Message("开", context="门"),
        Message("议事"),
        Message("%(n)s 件", "%(n)s 件们"),
        Message("满 50%%"),
    ]
    code = 'N_("一" "二"); gettext_lazy("三"); ngettext("四", "五", 2); gettext(error.message)'
    assert [m for _, m in in_python(code)] == [Message("一二"), Message("三"), Message("四", "五")]
    with pytest.raises(NotPlain):
        list(in_python("N_(f'{x}')"))


def test_a_catalogue_survives_writing_reading_and_compiling() -> None:
    entries = {
        Message('引“号" \\ 行\n二'): ['Quote " \\ line\ntwo'],
        Message("%(n)s 件", "%(n)s 件们"): ["%(n)s case", "%(n)s cases"],
        Message("开", context="门"): ["open"],
    }
    assert parse(write(entries, {message: {"a.py"} for message in entries})) == entries
    translations = gettext.GNUTranslations(io.BytesIO(compiled(entries)))
    assert translations.gettext('引“号" \\ 行\n二') == 'Quote " \\ line\ntwo'
    assert translations.ngettext("%(n)s 件", "%(n)s 件们", 2) == "%(n)s cases"
    assert translations.pgettext("门", "开") == "open"


def test_a_sample_reads_itself() -> None:
    assert list(unmarked_in_python(read("x = '没送出去。'")))
    assert not list(unmarked_in_python(read("x = N_('没送出去。')\ny = '居民'")))
