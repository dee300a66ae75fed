"""What an answer is not taken without, by the category's list; each kind with what counts as it. Pure."""

from collections.abc import Collection, Iterable, Sequence

from gongzhi.common.errors import Refused
from gongzhi.common.text import N_

# Kind of the pack → its words, and the purposes of evidence that count as it (a note is the answer itself).
EVIDENCE: dict[str, tuple[str, tuple[str, ...]]] = {
    "photo_before": (N_("动手以前的照片"), ("before", "report")),
    "photo_after": (N_("办完后的照片"), ("after",)),
    "signature": (N_("反映人签字的单子（拍照）"), ("signature",)),
    "document": (N_("办理材料（拍照）"), ("document", "receipt")),
}


def missing_evidence(wanted: Iterable[str], given: Collection[str]) -> list[str]:
    """The kinds that are wanted and not there, in the table's order."""
    asked = set(wanted)
    return [kind for kind, (_, counts) in EVIDENCE.items() if kind in asked and not set(counts) & set(given)]


def evidence_refused(missing: Sequence[str]) -> Refused:
    """The refusal that lists all of them at once."""
    if list(missing) == ["photo_after"]:
        return Refused("missing_photo", N_("这类事要附一张办完后的照片。请拍一张再答复。"), field="photos")
    code = "missing_photo" if "photo_after" in missing else "missing_evidence"
    words = "、".join(EVIDENCE[kind][0] for kind in missing)
    return Refused(code, N_("还差：{missing}。补齐再答复；签字和材料在“记一笔”里传。"), field="photos", missing=words)
