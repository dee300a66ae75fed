"""闲置资产: what becomes of an idle asset, by a resolution; and afterwards what came of it."""

import datetime as dt

from django.db import transaction

from gongzhi.audit.actions import link
from gongzhi.common.access import Actor, require
from gongzhi.common.errors import Conflict, Refused
from gongzhi.common.text import N_
from gongzhi.duties.registry import resolve
from gongzhi.places.actions import set_features
from gongzhi.places.models import Place
from gongzhi.sheets.queries.premises import CHANGE, get_asset

LONGEST = 120


@transaction.atomic
def settle_asset(*, by: Actor, at: dt.datetime, code: str, use: str, resolution: str) -> Place:
    """One of the candidate uses, as a resolution says. Decided once; another decision is another resolution.

    Raises Forbidden, NotFound `no_such_asset`, Refused `use_not_listed`, `no_such_resolution`, Conflict `decided_so`.
    """
    asset = get_asset(by, code)
    require(by, CHANGE, path=asset.path)
    number = resolution.strip()
    if use not in asset.features.get("candidates", []):
        raise Refused("use_not_listed", N_("用途从登记的候选用途里选。要加新的，先改登记。"), field="use")
    if resolve(by, f"resolution:{number}") is None:
        message = N_("没有编号是 {number} 的决议。闲置资产派什么用场，要先经过议事，写决议的编号。")
        raise Refused("no_such_resolution", message, number=number or "—", field="resolution")
    if asset.features.get("decision") == number:
        raise Conflict("decided_so", N_("已经按这份决议记过了。"))
    link(by=by, at=at, source=asset.reference, relation="decided_by", target=f"resolution:{number}")
    return set_features(by=by, at=at, place=asset, features={"decision": number, "use": use, "outcome": ""})


@transaction.atomic
def record_outcome(*, by: Actor, at: dt.datetime, code: str, outcome: str) -> Place:
    """What came of the decision. Raises as `settle_asset`; Refused `not_decided`, `missing_outcome`."""
    asset = get_asset(by, code)
    require(by, CHANGE, path=asset.path)
    if not asset.features.get("decision"):
        raise Refused("not_decided", N_("还没有决定，没有结果可写。先记下是哪份决议定的。"), field="outcome")
    if not (words := " ".join(outcome.split())) or len(words) > LONGEST:
        message = N_("结果写一句，最多 {most} 字：什么时候、做成了什么。不写人名。")
        raise Refused("missing_outcome", message, most=LONGEST, field="outcome")
    return set_features(by=by, at=at, place=asset, features={"outcome": words})
