"""The English catalogue: collect what is marked, keep what is translated, compile. Needs no gettext programs.

python tools/messages.py            collect into django.po and compile django.mo
python tools/messages.py --missing  list what has no English yet
"""

import ast
import re
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src/gongzhi"
CATALOGUE = PACKAGE / "web/locale/en/LC_MESSAGES/django.po"

# Function → positions of (context, message, plural) among its arguments.
MARKERS = {
    "N_": (None, 0, None),
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
}
_CALL = re.compile(r"(?<![\w.])(n?p?gettext|_)\(")
_HEADER = (
    "Project-Id-Version: gongzhi\nLanguage: en\nMIME-Version: 1.0\n"
    "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n"
    "Plural-Forms: nplurals=2; plural=(n != 1);\n"
)


@dataclass(frozen=True, order=True)
class Message:
    """One thing to translate; a plural where a count decides, a context where a word has two senses."""

    text: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> str:
        return f"{self.context}\x04{self.text}" if self.context else self.text


Catalogue = dict[Message, list[str]]
Found = dict[Message, set[str]]


class NotPlain(Exception):
    """A marker around something that is not a plain string cannot be collected."""


def _constant(call: ast.Call, position: int | None) -> str:
    if position is None:
        return ""
    node = call.args[position] if position < len(call.args) else None
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        raise NotPlain(ast.unparse(call)[:80])
    return node.value


def _message(name: str, call: ast.Call) -> Message:
    context, text, plural = MARKERS[name]
    return Message(_constant(call, text), _constant(call, plural), _constant(call, context))


def in_python(text: str) -> Iterator[tuple[int, Message]]:
    """(line, message) for every marker; raises NotPlain where the argument is computed."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            if name in MARKERS and node.args and not _passes_on(node):
                yield node.lineno, _message(name, node)


def _passes_on(call: ast.Call) -> bool:
    """gettext(refused.message): the text was marked elsewhere with N_."""
    marked_elsewhere = isinstance(call.args[0], ast.Name | ast.Attribute | ast.Subscript | ast.Call)
    return marked_elsewhere and not (isinstance(call.func, ast.Name) and call.func.id == "N_")


def in_template(text: str) -> Iterator[tuple[int, Message]]:
    """(line, message) for every translate tag, block and _("…"), as Django reads templates."""
    from django.utils.translation.template import templatize

    code = templatize(text)
    for match in _CALL.finditer(code):
        call = _call_at(code, match.start())
        yield code.count("\n", 0, match.start()) + 1, _message(match[1], call)


def _call_at(code: str, start: int) -> ast.Call:
    """The call that begins at `start`: the shortest text up to a closing bracket that parses."""
    end = start
    while (end := code.find(")", end) + 1) > 0:
        try:
            expression = ast.parse(code[start:end].replace("\n", " "), mode="eval").body
        except SyntaxError:
            continue
        if isinstance(expression, ast.Call):
            return expression
    raise NotPlain(code[start : start + 60])


def collect() -> Found:
    """Every message of the product and the files it stands in."""
    found: Found = {}
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.glob("*/templates/**/*.*")]):
        name = path.relative_to(PACKAGE).as_posix()
        if "/tests/" in name or "/migrations/" in name or path.suffix not in (".py", ".html", ".txt"):
            continue
        read = in_python if path.suffix == ".py" else in_template
        for _, message in read(path.read_text("utf-8")):
            found.setdefault(message, set()).add(name)
    return found


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'


_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


def _unquote(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), text.strip()[1:-1])


def parse(text: str) -> Catalogue:
    """A .po file, without its header."""
    entries: Catalogue = {}
    for block in re.split(r"\n\s*\n", text):
        fields: dict[str, str] = {}
        field = ""
        for line in block.splitlines():
            if match := re.match(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)\s+(".*")$', line):
                field = match[1]
                fields[field] = _unquote(match[2])
            elif line.startswith('"'):
                fields[field] += _unquote(line)
        if fields.get("msgid"):
            message = Message(fields["msgid"], fields.get("msgid_plural", ""), fields.get("msgctxt", ""))
            entries[message] = [value for name, value in sorted(fields.items()) if name.startswith("msgstr")]
    return entries


def write(catalogue: Catalogue, found: Found) -> str:
    """The .po file: sorted by file, then text, without line numbers, so that changes stay small."""
    blocks = ['msgid ""\nmsgstr ""\n' + "\n".join(_quote(f"{line}\n") for line in _HEADER.splitlines())]
    for message in sorted(found, key=lambda one: (min(found[one]), one)):
        lines = [f"#: {name}" for name in sorted(found[message])]
        if message.context:
            lines.append(f"msgctxt {_quote(message.context)}")
        lines.append(f"msgid {_quote(message.text)}")
        translated = catalogue.get(message) or [""]
        if message.plural:
            lines.append(f"msgid_plural {_quote(message.plural)}")
            forms = (translated * 2)[:2]
            lines += [f"msgstr[{number}] {_quote(form)}" for number, form in enumerate(forms)]
        else:
            lines.append(f"msgstr {_quote(translated[0])}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def compiled(catalogue: Catalogue) -> bytes:
    """The .mo file (GNU gettext manual, "The Format of GNU MO Files"), without a hash table."""
    pairs = {b"": _HEADER.encode()}
    for message, forms in catalogue.items():
        if all(forms):
            original = message.key + (f"\0{message.plural}" if message.plural else "")
            pairs[original.encode()] = "\0".join(forms).encode()
    originals = sorted(pairs)
    texts = [*originals, *(pairs[one] for one in originals)]
    offset = 28 + 16 * len(originals)
    table = b""
    for text in texts:
        table += struct.pack("<II", len(text), offset)
        offset += len(text) + 1
    count = len(originals)
    head = struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, 0)
    return head + table + b"".join(text + b"\0" for text in texts)


def missing(catalogue: Catalogue, found: Found) -> list[Message]:
    return sorted(message for message in found if not all(catalogue.get(message) or [""]))


def main(arguments: list[str]) -> int:
    found = collect()
    catalogue = parse(CATALOGUE.read_text("utf-8")) if CATALOGUE.exists() else {}
    untranslated = missing(catalogue, found)
    if "--missing" in arguments:
        print("\n".join(message.text for message in untranslated))
        return 1 if untranslated else 0
    kept = {message: catalogue[message] for message in found if message in catalogue}
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_text(write(kept, found), "utf-8")
    CATALOGUE.with_suffix(".mo").write_bytes(compiled(kept))
    print(f"{len(found)} messages, {len(untranslated)} without English.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
