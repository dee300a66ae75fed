"""What the law and the packs say to a resident about a case: whom to call first, which rights, which other ways."""

import datetime as dt
import time
from dataclasses import dataclass

from gongzhi.cases.models import Case
from gongzhi.cases.queries.routing import lineage
from gongzhi.cases.rules.petitions import Promise, petition_promises
from gongzhi.common.clock import CHINA, local_date
from gongzhi.common.errors import NotFound
from gongzhi.packs import queries as packs
from gongzhi.packs.contents import LawPack

PETITION, EMERGENCY, RIGHTS = "cn.petition", "cn.emergency", "cn.rights"
PETITIONS = ("petition", "referral.petition")
LATER = ("review", "second_review")


@dataclass(frozen=True, slots=True)
class Call:
    """A number to call before anything else, and for what."""

    phone: str
    title: str


@dataclass(frozen=True, slots=True)
class Right:
    """What a resident may claim in such a matter, and where to turn; with the article it rests on."""

    right: str
    relief: str
    source: str
    article: str


_remembered: dict[tuple[str, dt.date], tuple[float, LawPack | None]] = {}
REMEMBERED_SECONDS, MOST_REMEMBERED = 60.0, 500


def forget() -> None:
    """Look again at the next question."""
    _remembered.clear()


def _law(name: str, on: dt.date) -> LawPack | None:
    """The pack, or None in an instance that has not loaded it: advice may be missing, a page may not.

    Remembered for a minute: every progress page asks.
    """
    until, found = _remembered.get((name, on), (0.0, None))
    if time.monotonic() < until:
        return found
    try:
        found = packs.law(name, on)
    except NotFound:
        found = None
    if len(_remembered) > MOST_REMEMBERED:
        forget()
    _remembered[name, on] = (time.monotonic() + REMEMBERED_SECONDS, found)
    return found


def calls_for(text: str, on: dt.date) -> list[Call]:
    """Whom to call at once, by the words of a report; nothing here is handled by this system."""
    law = _law(EMERGENCY, on)
    rules = law.rules if law else ()
    return [Call(r.params["phone"], r.title) for r in rules if any(word in text for word in r.params["words"])]


def right_for(case: Case, on: dt.date) -> Right | None:
    """The applicable right and relief of the case's category, else of the nearest above, else of any matter."""
    law = _law(RIGHTS, on)
    if law is None:
        return None
    rules = {rule.code: rule for rule in law.rules}
    code = next((c for c in [*lineage(case.category), "any"] if c in rules), "any")
    rule = rules[code]
    return Right(rule.params["right"], rule.params["relief"], rule.source or law.source, rule.article)


def is_petition(case: Case) -> bool:
    return case.channel in PETITIONS or case.category in PETITIONS


def promises_of(case: Case, accepted: dt.date | None = None) -> list[tuple[Promise, str, str]]:
    """(clock, what the law says, article) of a referred petition; `accepted` is what the petition office told."""
    on = local_date(case.received_at)
    law = packs.law(PETITION, on)
    told = {rule.code: rule for rule in law.rules}
    noon = dt.datetime.combine(accepted, dt.time(12), CHINA) if accepted else None
    found = petition_promises(
        received=case.received_at.astimezone(CHINA),
        accepted=noon,
        law={code: rule.params for code, rule in told.items()},
        calendar=packs.calendar(),
    )
    rules = [told[promise.code.removesuffix("_extended")] for promise in found]
    return [(promise, rule.title, rule.article) for promise, rule in zip(found, rules, strict=True)]


def later_of(case: Case) -> list[tuple[str, str]]:
    """(what the law says, article) of review and second review: they run from answers that are not known here."""
    law = packs.law(PETITION, local_date(case.received_at))
    return [(rule.title, rule.article) for rule in law.rules if rule.code in LATER]
