"""Reads for the staff: lists by state, one item, what it still lacks."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import Q, QuerySet

from gongzhi.common.access import Actor, allows, covers
from gongzhi.common.clock import local_date
from gongzhi.common.errors import NotFound, Refused
from gongzhi.common.ids import readable_code
from gongzhi.common.paging import Page, clamp_limit, decode_cursor, page_of
from gongzhi.common.registry import consent_given
from gongzhi.common.text import N_
from gongzhi.documents.models import Evidence, EvidencePurpose
from gongzhi.documents.queries import evidence_of, taken_off
from gongzhi.duties.registry import resolve
from gongzhi.duties.schedules import rules_in_use
from gongzhi.packs import queries as packs
from gongzhi.packs.model_publications import PublicationKind, Publications
from gongzhi.people import vault
from gongzhi.people.models import Mandate
from gongzhi.publications import rules, words
from gongzhi.publications.models import CorrectionKind, Publication, Reply, ReplyState, Review, State, Verdict
from gongzhi.publications.rules.records import Change, Words, difference

JOINED = (
    "key",
    "place",
    "author_post",
    "releaser_post",
    "party",
    "subject_place",
    "subject_organization",
)


def settings() -> Publications:
    """What the model in use says; raises Refused `no_publications`."""
    found = packs.active_model().publications
    if found is None:
        raise Refused("no_publications", N_("现在的模式没有写公开事项。请在模式包里加上。"))
    return found


def kind_of(code: str) -> PublicationKind:
    """Raises NotFound `unknown_kind`."""
    found = settings().kind(code)
    if found is None:
        raise NotFound("unknown_kind", N_("没有这一种公开事项：{kind}。请从列表里选。"), kind=code)
    return found


def kind_name(code: str) -> str:
    found = settings().kind(code)
    return found.name if found else code


def working_paths(actor: Actor) -> tuple[str, ...]:
    return tuple({*actor.paths_for(rules.WRITE), *actor.paths_for(rules.RELEASE)})


def is_staff(actor: Actor, publication: Publication) -> bool:
    """Whether the actor writes or releases where the item belongs."""
    return covers(working_paths(actor), publication.path) or actor.kind == "system"


def visible_to(actor: Actor) -> QuerySet[Publication]:
    """For the staff's pages: everything of the places where the actor writes or releases."""
    if actor.kind == "system":
        return Publication.objects.all()
    reach = Q(pk__in=[])
    for path in working_paths(actor):
        reach |= Q(path__startswith=path)
    return Publication.objects.filter(reach)


def _not_found() -> NotFound:
    return NotFound("publication_not_found", N_("没有这一条，或者它不归您管。"))


def get_publication_for(actor: Actor, number: str, *, lock: bool = False) -> Publication:
    """One item of the actor's places; raises NotFound `publication_not_found`."""
    rows = visible_to(actor)
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.select_related(*JOINED).filter(number=number).first()
    if found is None:
        raise _not_found()
    return found


def staff_page(actor: Actor, *, state: str = "", cursor: str = "", limit: int | None = None) -> Page[Publication]:
    """One page of a state, the newest first; "" for what still waits for somebody."""
    waiting = (State.DRAFT, State.STATEMENT, State.REVIEW)
    states = (state,) if state in State.values else waiting
    rows = visible_to(actor).filter(state__in=states).select_related(*JOINED).order_by("-id")
    if cursor:
        rows = rows.filter(pk__lt=_id_of(cursor))
    size = clamp_limit(limit)
    return page_of(rows.defer("place__polygon")[: size + 1], size, lambda row: (str(row.pk),))


def _id_of(cursor: str) -> str:
    last = decode_cursor(cursor, 1)[0]
    if not isinstance(last, str) or len(last) != 36:
        raise Refused("bad_cursor", N_("翻页标记不对。请从第一页重新打开。"))
    return last


def replies_waiting(actor: Actor) -> QuerySet[Reply]:
    """Statements and replies that somebody must look at."""
    open_states = (ReplyState.FILED, ReplyState.REFUSING)
    rows = Reply.objects.filter(state__in=open_states, publication__in=visible_to(actor))
    return rows.select_related("publication__key").order_by("filed_at")


def evidence_for(publication: Publication) -> list[Evidence]:
    """What the facts were checked with: for the staff only."""
    return list(evidence_of([publication.evidence_reference]))


def pictures_of(publication: Publication) -> list[Evidence]:
    """What is shown with the text."""
    rows = evidence_of([publication.reference]).filter(purpose=EvidencePurpose.OTHER)
    gone = taken_off(publication.reference)
    return [row for row in rows.select_related("media__key") if str(row.media) not in gone]


def standing_of(publication: Publication, at: dt.datetime) -> rules.Standing:
    """What the list of what is missing looks at, from the tables."""
    subject = publication.subject_kind
    about, placed = bool(words.working(publication).about), publication.subject_place_id is not None
    has_subject = {
        "organization": publication.subject_organization_id is not None,
        "place": placed,
        "facility": placed and about,
        "duty": bool(publication.subject_reference),
    }.get(subject, about)
    until = publication.statement_until
    undecided = publication.replies.exclude(state__in=(ReplyState.SHOWN, ReplyState.REFUSED)).count()
    named = publication.named_id
    return rules.Standing(
        subject_kind=subject,
        has_subject=has_subject,
        has_party=publication.party_id is not None,
        evidence=evidence_of([publication.evidence_reference]).count() if publication.tone == "negative" else 0,
        noticed=publication.noticed_at is not None,
        notice_over=until is not None and at >= until,
        undecided=undecided,
        consented=consent_given(named, rules.NAMING) if named else None,
    )


def is_real(actor: Actor, subject_kind: str, reference: str, at: dt.datetime) -> bool:
    """Whether what a matter or a duty refers to is there, and for this actor to see."""
    if subject_kind == "duty":
        return any(f"{rules.DUTY_RULE}{code}" == reference for code, _ in duty_rules(local_date(at)))
    return resolve(actor, reference) is not None


def duty_rules(on: dt.date) -> list[tuple[str, str]]:
    """Code and title of every rule in use: what an item about a duty may refer to."""
    return [(one.rule.code, one.rule.title) for one in rules_in_use(on)]


def about_of(publication: Publication, text: Words) -> str:
    """What an item is about in words: the body, the place or the duty it refers to, then the author's own words."""
    organization, place = publication.subject_organization, publication.subject_place
    named = [organization.name if organization else "", place.name if place else "", duty_title(publication)]
    return " ".join(dict.fromkeys(filter(None, [*named, text.about])))


def duty_title(publication: Publication) -> str:
    """The title of the rule that an item about a duty refers to."""
    code = publication.subject_reference.removeprefix(rules.DUTY_RULE)
    if publication.subject_kind != "duty" or not code:
        return ""
    on = local_date(publication.released_at or publication.changed_at)
    return next((one.rule.title for one in rules_in_use(on) if one.rule.code == code), code)


def subject_references(publication: Publication) -> list[str]:
    """The objects that an item is about, as the trail names them."""
    found = [publication.subject_reference]
    if publication.subject_place:
        found.append(f"place:{publication.subject_place.code}")
    if publication.subject_organization_id:
        found.append(f"organization:{publication.subject_organization_id}")
    return [one for one in found if one]


def needs_of(publication: Publication, at: dt.datetime) -> list[rules.Need]:
    return rules.needs_of(kind_of(publication.kind), words.working(publication), standing_of(publication, at))


def versions_of(publication: Publication) -> list[Review]:
    """Every look, the oldest first."""
    return list(publication.reviews.select_related("publication__key", "post").order_by("id"))


def changes_since_last_review(publication: Publication, reviews: Sequence[Review]) -> list[Change]:
    """The working text against the version that was sent to review before; [] for the first."""
    sent = [one for one in reviews if one.verdict == Verdict.SUBMITTED]
    if publication.state == State.REVIEW:
        sent = sent[:-1]
    if not sent:
        return []
    return list(difference(words.reviewed(sent[-1]).lines(), words.working(publication).lines()))


def post_of(actor: Actor, permission: str, path: str) -> int | None:
    """The post in which the actor does this here."""
    mandates = [scope.mandate_id for scope in actor.scopes if permission in scope.permissions]
    near = [
        scope.mandate_id for scope in actor.scopes if permission in scope.permissions and path.startswith(scope.path)
    ]
    chosen = next(iter(near or mandates), None)
    return Mandate.objects.filter(pk=chosen).values_list("post_id", flat=True).first() if chosen else None


def reply_code(publication: Publication) -> str:
    """The word on the notice that lets the body concerned answer without an account."""
    return readable_code(vault.keyring().derive("publication-reply"), str(publication.pk))


def pinned_in(path: str, at_date: dt.date) -> QuerySet[Publication]:
    """What stands on top of exactly this place now."""
    return Publication.objects.filter(path=path, state=State.RELEASED, pinned_until__gt=at_date)


def may_see_media(actor: Actor, number: str) -> bool:
    """Pictures of an item: everybody while it is public, its staff always."""
    found = Publication.objects.filter(number=number).first()
    return found is not None and (found.state == State.RELEASED or is_staff(actor, found))


def may_see_correction(actor: Actor, identifier: str) -> bool:
    """Pictures that a correction brings, while it waits: its item's staff."""
    if not identifier.isdigit():
        return False
    found = Publication.objects.filter(corrections=int(identifier)).first()
    return found is not None and is_staff(actor, found)


def standing_digest(publication: Publication) -> str:
    """The hash of the record that stands now."""
    done = publication.corrections.filter(kind=CorrectionKind.CORRECTED, released_at__isnull=False)
    newest = done.order_by("-released_at", "-pk").first()
    return bytes(newest.digest if newest else publication.digest).hex()


def may_see_evidence(actor: Actor, number: str) -> bool:
    found = Publication.objects.filter(number=number).first()
    return found is not None and is_staff(actor, found)


def may(actor: Actor, publication: Publication) -> dict[str, bool]:
    """For the page: what this actor may do here, apart from the state."""
    return {
        "write": allows(actor, rules.WRITE, path=publication.path),
        "release": allows(actor, rules.RELEASE, path=publication.path) and actor.person_id != publication.author_id,
    }
