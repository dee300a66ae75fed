"""上报: one action behind every way in. Routed, timed, written to trail and outbox in one statement."""

import datetime as dt
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from gongzhi.audit.actions import new_entry
from gongzhi.audit.limits import Request
from gongzhi.cases import queries, rules, sql, timing, words
from gongzhi.cases.grams import grams_of
from gongzhi.cases.models import Case
from gongzhi.cases.queries.mediating import is_talk
from gongzhi.cases.queries.meeting import privacy_of
from gongzhi.cases.rules import Where
from gongzhi.cases.rules.channels import check_about, check_bound
from gongzhi.cases.rules.privacy import activity_of
from gongzhi.common.access import Actor, allows
from gongzhi.common.clock import local_date
from gongzhi.common.errors import Forbidden, Refused, SignInRequired
from gongzhi.common.prepared import fetch_one
from gongzhi.common.registry import activity_on, check_activity
from gongzhi.common.text import N_, tidy
from gongzhi.documents.actions import Upload, attach_evidence, store_photo, store_sound
from gongzhi.packs import queries as packs
from gongzhi.packs.model_contents import Channel
from gongzhi.people import vault
from gongzhi.people.actions.accounts import clean_contact


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach somebody without an account; kept under the case's key."""

    name: str = ""
    phone: str = ""


class _Numbers:
    """Case numbers from blocks of a sequence, shared by the threads of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next = self._end = 0

    def take(self) -> int:
        with self._lock:
            if self._next >= self._end:
                with connection.cursor() as cursor:
                    cursor.execute(sql.NUMBER_BLOCK)
                    self._next = cursor.fetchone()[0]
                self._end = self._next + sql.BLOCK
            self._next += 1
            return self._next - 1


_numbers = _Numbers()


def new_number(path: str, at: dt.datetime) -> str:
    """PC-261118-0042: the next free one."""
    return f"{queries.prefix_of(path)}-{local_date(at):%y%m%d}-{_numbers.take():04d}"


def _channel(by: Actor, code: str, where: Where) -> Channel:
    channel = packs.active_model().channel(code)
    if channel is None:
        raise Refused("unknown_channel", N_("没有这个渠道。请从列表里选。"), field="channel")
    if by.kind == "anonymous" and not channel.anonymous:
        raise SignInRequired("sign_in_required", N_("这一步要先登录。登录后会回到这里。"))
    if channel.entered_by == "import" and by.kind != "system":
        raise Forbidden(
            "channel_for_imports",
            N_("这个渠道只给导入用。新的诉求请用 web 或 api；要导入旧的，请用命令 import messages。"),
            field="channel",
        )
    if channel.entered_by == "issue":
        raise Forbidden(
            "channel_for_orders",
            N_("“{channel}”由机关交办，不从这里填。请从督办、清单的页面交办。"),
            field="channel",
            channel=channel.name,
        )
    path = where.path if where.place_id or where.grid_id else None  # where it lies is often found out later
    if channel.entered_by == "staff" and not allows(by, "cases.report_for", path=path):
        raise Forbidden(
            "channel_for_staff",
            N_("“{channel}”由工作人员替人填。您自己的事，请从网页报；要替别人填，请让街道管理员核对您的任职。"),
            field="channel",
            channel=channel.name,
        )
    return channel


def _category(given: str, channel: Channel, text: str) -> tuple[str, str]:
    """Category code and who said so; a guess is only a suggestion, shown as one."""
    if given:
        if packs.find_category(given) is None:
            raise Refused("unknown_category", N_("没有这个类别。请从列表里选。"), field="category")
        return given, "reporter"
    if channel.category:
        return channel.category, "reporter"
    guesses = packs.guess_category(text) if activity_on("suggesting") else []
    return (guesses[0].category.code if guesses else ""), "guess"


def _contact_values(contact: Contact | None, key: bytes, key_id: Any) -> dict[str, Any]:
    if contact is None or not (contact.name.strip() or contact.phone.strip()):
        return {"contact": None, "phone_index": None}
    phone = clean_contact("phone", contact.phone) if contact.phone.strip() else ""
    value = {"name": contact.name.strip()[:40], "phone": phone}
    return {
        "contact": words.seal_part(key, key_id, "contact", value),
        "phone_index": vault.blind_index("phone", phone) if phone else None,
    }


def report_case(
    *,
    by: Actor,
    at: dt.datetime,
    text: str,
    where: Where,
    channel: str = "web",
    category: str = "",
    contact: Contact | None = None,
    on_behalf_of: Contact | None = None,
    about_unit_id: int | None = None,
    detail: str = "",
    photos: Sequence[Upload] = (),
    request: Request | None = None,
    answers: Sequence[Mapping[str, str]] = (),
    sound: Upload | None = None,
    priority: str = "",
) -> dict[str, Any]:
    """Take a demand in; returns the public answer {number, track_code, status, category, unit, due_at}.

    `on_behalf_of` records that `by` helped somebody else; `answers` are those to the channel's form ({code, label,
    value}, sealed with the words); `sound` a voice note beside them;
    `priority` the class that an answer asks for (pack data).
    Raises Refused `text_length`, `unknown_channel`, `unknown_category`, `bad_phone`,
    `place_needed`, `about_missing`; SignInRequired where the channel wants a name; Forbidden `channel_for_staff`,
    `channel_for_imports`.
    """
    chosen = _channel(by, channel, where)
    check_bound(bound=chosen.bound, found=where.found, channel=chosen.name)
    if chosen.about:
        check_about(wanted=chosen.about, kind=queries.kind_of_body(about_unit_id), channel=chosen.name)
    text = rules.check_text(tidy(text))
    code, source = _category(category, chosen, text)
    talk = is_talk(chosen.code, code if source != "guess" else "")
    check_activity(activity_of(privacy=chosen.privacy, talk=talk))
    key_row, key = vault.new_key("case", at)
    helped, detail = on_behalf_of is not None, tidy(detail)
    sealed = {
        "words": words.seal_part(key, key_row.pk, "words", words.to_keep(text, detail, answers)),
        "grams": grams_of(text, detail, privacy_of(chosen.privacy, code, source)),
        **_contact_values(on_behalf_of or contact, key, key_row.pk),
        "person_id": None if helped else by.person_id,
        "helper_id": by.person_id if helped else None,
        "assisted": helped,
    }
    route = _route(where.path, code, chosen, about_unit_id, at)
    listed = route.line.priority if route.line else None
    priority = priority or listed or queries.priority_of(code, channel, local_date(at))
    draft = _Draft(by, at, chosen, code, source, priority, where, route, about_unit_id)
    answer = draft.answer()
    values = {**_key_values(key_row), **sealed, **draft.values(), **_request_values(request, answer)}
    _write(values, by=by, at=at, photos=photos, sound=sound)
    return queries.with_track_code(answer)


def _route(path: str, category: str, channel: Channel, about_unit_id: int | None, at: dt.datetime) -> rules.Route:
    """Who is responsible; a letter goes to the role it is written to, and to no unit."""
    if channel.kind == "letter":
        return rules.Route(None, "role", {"role": channel.to_role})
    return queries.route_for(path, category, channel, about_unit_id, local_date(at))


class _Draft:
    """A report with everything worked out, on its way into one statement."""

    def __init__(
        self,
        by: Actor,
        at: dt.datetime,
        channel: Channel,
        category: str,
        source: str,
        priority: str,
        where: Where,
        route: rules.Route,
        about_unit_id: int | None,
    ) -> None:
        self.by, self.at, self.channel, self.where, self.route = by, at, channel, where, route
        self.category, self.source, self.priority, self.about = category, source, priority, about_unit_id
        self.unit_id = route.unit.id if route.unit else None
        self.first, self.resolve = (timing.plan_for(priority, k, at) for k in ("first_contact", "resolve"))
        if channel.resolve:
            self.resolve = timing.plan("resolve", channel.resolve, at)
        self.number = new_number(where.path, at)

    def answer(self) -> dict[str, Any]:
        """What the caller learns, in the contract's words (without the code, which is derived)."""
        return {
            "number": self.number,
            "status": "reported",
            "category": self.category or None,
            "unit": self.route.unit.name if self.route.unit else None,
            "due_at": self.resolve.due_at.isoformat(),
        }

    def values(self) -> dict[str, Any]:
        return {**self._case(), **self._place(), **self._clocks(), **self._trail()}

    def _case(self) -> dict[str, Any]:
        routing = {"code": self.route.code, "pack": packs.in_use().model_reference, **self.route.facts}
        return {
            "at": self.at,
            "number": self.number,
            "channel": self.channel.code,
            "category": self.category,
            "category_source": self.source,
            "priority": self.priority,
            "privacy": privacy_of(self.channel.privacy, self.category, self.source),
            "unit_id": self.unit_id,
            "about_unit_id": self.about,
            "routing": json.dumps(routing),
            "facts": json.dumps({"route": self.route.code, "channel": self.channel.code}),
        }

    def _place(self) -> dict[str, Any]:
        return {
            "place_id": self.where.place_id,
            "grid_id": self.where.grid_id,
            "path": self.where.path,
            "location": self.where.found,
            "longitude": self.where.longitude,
            "latitude": self.where.latitude,
        }

    def _clocks(self) -> dict[str, Any]:
        clocks = [self.first, self.resolve]
        next_kind, next_at = timing.next_look("reported", self.priority, clocks)
        return {
            "due_at": self.resolve.due_at,
            "due_certain": self.resolve.certain,
            "next_clock": next_kind,
            "next_clock_at": next_at,
            "clocks": _clocks_json(clocks),
        }

    def _trail(self) -> dict[str, Any]:
        subject = f"case:{self.number}"
        changes = {"status": [None, "reported"], "unit": self.unit_id, "route": self.route.code}
        entry = new_entry(by=self.by, at=self.at, action="cases.report", subject=subject, changes=changes)
        return {
            "subject": subject,
            "actor": entry.actor,
            "mandate_id": entry.mandate_id,
            "purpose": entry.purpose,
            "changes": json.dumps(changes),
            "digest": entry.digest,
            "payload": json.dumps({"case": self.number, "status": "reported"}),
        }


def _key_values(row: Any) -> dict[str, Any]:
    return {"key_id": row.pk, "master_id": row.master_id, "wrapped": row.wrapped}


def _request_values(request: Request | None, answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "caller": request.caller if request else "",
        "request_key": request.key if request else "",
        "fingerprint": request.fingerprint if request else b"",
        "answer": json.dumps(answer),
    }


def _clocks_json(clocks: Sequence[timing.Planned]) -> str:
    return json.dumps(
        [
            {"kind": c.kind, "due_at": c.due_at.isoformat(), "certain": c.certain, "period": c.period}
            for c in clocks
        ]
    )


def _write(
    values: dict[str, Any], *, by: Actor, at: dt.datetime, photos: Sequence[Upload], sound: Upload | None
) -> None:
    if not photos and sound is None:
        # One statement is one transaction: no BEGIN and COMMIT around it.
        fetch_one(sql.REPORT, values)
        return
    with transaction.atomic():
        fetch_one(sql.REPORT, values)
        case = Case.objects.select_related("key").get(number=values["number"])
        add_photos(by=by, at=at, case=case, photos=photos, purpose="report")
        add_sound(by=by, at=at, case=case, sound=sound, purpose="report")


def add_photos(*, by: Actor, at: dt.datetime, case: Case, photos: Sequence[Upload], purpose: str) -> None:
    """Store photos under the case's key and attach them as evidence (report, before, after, work)."""
    for photo in photos[: queries.MAX_PHOTOS]:
        media = store_photo(by=by, at=at, key=case.key, upload=photo)
        attach_evidence(by=by, at=at, media=media, subject=case.reference, purpose=purpose)


def add_sound(*, by: Actor, at: dt.datetime, case: Case, sound: Upload | None, purpose: str) -> None:
    """Store a voice note under the case's key beside its words; there is always a written word too."""
    if sound is not None:
        media = store_sound(by=by, at=at, key=case.key, upload=sound)
        attach_evidence(by=by, at=at, media=media, subject=case.reference, purpose=purpose)
