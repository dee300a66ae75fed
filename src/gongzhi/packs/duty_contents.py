"""The shape of a duty list (职责清单): who leads what, by which clause, and what may go to a community at all."""

from typing import Annotated, Literal

import msgspec

from gongzhi.common.text import N_
from gongzhi.packs.contents import Code, Pack, Positive, Sourced, Text
from gongzhi.packs.model_contents import Priority

# The six functions of a community (S4), and what lies outside them.
Function = Literal["publicity", "education", "service", "mediation", "assist", "voice", "outside"]
FUNCTIONS: tuple[Function, ...] = ("publicity", "education", "service", "mediation", "assist", "voice", "outside")
FUNCTION_WORDS: dict[str, str] = {
    "publicity": N_("政策宣传"),
    "education": N_("教育居民"),
    "service": N_("公共服务"),
    "mediation": N_("社会调解与管理"),
    "assist": N_("协助政府"),
    "voice": N_("表达民意"),
    "outside": N_("清单外"),
}
EvidenceKind = Literal["photo_before", "photo_after", "note", "signature", "document"]


class Duty(Sourced, frozen=True, kw_only=True):
    """One line: what (`category`, with what lies below it) at which `level` is led by which kind of unit.

    `level` is that of the place where the leading unit works; empty: whatever level. `fallback` takes it where no
    such unit works. `delegated` work of a government body goes to a community only with its funding line.
    """

    code: Code
    category: Code
    level: str = ""
    lead: Code
    co: tuple[Code, ...] = ()
    fallback: str = ""
    clause: Text
    priority: Priority | None = None
    evidence: tuple[EvidenceKind, ...] = ()
    function: Function
    community: bool = False
    delegated: bool = False


class DutiesPack(Pack, frozen=True, kw_only=True):
    """职责清单: the duty list of one model; `community_kinds` are the unit kinds that count as a community.

    `admission_days`: how long an 准入 lasts; `compare_from`: units with fewer orders are not compared.
    """

    model: Code
    community_kinds: Annotated[tuple[Code, ...], msgspec.Meta(min_length=1)]
    admission_days: Positive
    compare_from: Positive
    funding_clause: Text
    duties: Annotated[tuple[Duty, ...], msgspec.Meta(min_length=1)]
