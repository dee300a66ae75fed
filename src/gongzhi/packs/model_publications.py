"""What a model says about things made public: the kinds, and what each of them needs before and after its release."""

from typing import Annotated, Literal

import msgspec

from gongzhi.packs.contents import Code, Count, Positive, Sourced, Strict, Text

# There is no value for a person, and no pack can add one.
SubjectKind = Literal["place", "facility", "organization", "matter", "duty"]
SUBJECT_KINDS: tuple[SubjectKind, ...] = ("place", "facility", "organization", "matter", "duty")
Tone = Literal["positive", "neutral", "negative"]
PaperForm = Literal["notice", "disclosure"]
TONES: tuple[Tone, ...] = ("positive", "neutral", "negative")


class PublicationField(Strict, frozen=True, kw_only=True):
    """One line that this kind shows beside its text, such as 监督电话."""

    code: Code
    label: Text
    kind: Literal["text", "long_text", "date"] = "text"
    required: bool = False


class PublicationKind(Sourced, frozen=True, kw_only=True):
    """公开事项的种类: tone, allowed subjects, fields, days of statement, reply and expiry.

    `counts_down`: it runs for its days and says how many are left (公示). `dated`: it happens at a time and goes into
    calendars. `persons`: somebody may be named in it with a consent of their own. `archive`: what stays readable
    after its end, the whole text or one line without it. `paper`: the template it is printed by. `register`: it stands
    in the register of brands and honours.
    """

    code: Code
    name: Text
    tone: Tone = "neutral"
    subjects: Annotated[tuple[SubjectKind, ...], msgspec.Meta(min_length=1)]
    fields: tuple[PublicationField, ...] = ()
    basis: str = ""
    expiry_days: Positive
    reply_days: Positive
    statement_days: Count = 0
    counts_down: bool = False
    dated: bool = False
    persons: bool = False
    archive: Literal["text", "line"] = "text"
    paper: PaperForm = "notice"
    register: Literal["", "brand", "honour"] = ""

    @property
    def negative(self) -> bool:
        return self.tone == "negative"


class Publications(Sourced, frozen=True, kw_only=True):
    """公开: how many items one place may pin and for how long; readings are told from `reads_from` on."""

    pin_limit: Positive
    pin_days: Positive
    reads_from: Positive
    kinds: Annotated[tuple[PublicationKind, ...], msgspec.Meta(min_length=1)]

    def kind(self, code: str) -> PublicationKind | None:
        return next((kind for kind in self.kinds if kind.code == code), None)
