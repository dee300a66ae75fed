"""Walking the written stories through the same actions that people use, at their own times in the past."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

from gongzhi.audit.actions import seal_entries
from gongzhi.cases import actions as cases
from gongzhi.cases import queries
from gongzhi.cases.actions.reporting import add_photos
from gongzhi.cases.models import Case
from gongzhi.cases.queries.routing import clear_units
from gongzhi.cli.showcase import (
    agreements,
    alliances,
    areas,
    ballots,
    deliberation,
    duties,
    elections,
    facts,
    figures,
    funds,
    gatherings,
    homes,
    joint,
    neighbours,
    nights,
    owners,
    pictures,
    privacy,
    private,
    publications,
    reviews,
    rounds,
    self_governing,
    sharing,
    volunteering,
    works,
)
from gongzhi.cli.showcase.staff import SHOWCASE, Crew, make_crew
from gongzhi.common import clock
from gongzhi.common.progress import Progress, Silent
from gongzhi.packs import queries as packs
from gongzhi.places.models import Place
from gongzhi.places.queries import root_path

STORIES = Path(__file__).with_name("stories.toml")


def build(model: str, *, progress: Progress | None = None) -> None:
    """Fill an instance that has a model but nobody in it."""
    shown, now = progress or Silent(), clock.now()
    spots = _spots()
    crew = make_crew(now, shown, spots)
    clear_units()
    privacy.approve_register(crew, now)
    told = tomllib.loads(STORIES.read_text("utf-8"))
    stories = told["story"]
    shown.start("演示诉求", len(stories))
    for number, story in enumerate(stories):
        _tell(story, crew, spots[number * 7 % len(spots)], now)
        shown.advance()
    shown.finish()
    nights.keep_nights(now)
    nights.show_a_night(crew, spots[0], told["night"], now)
    joint.open_list(crew, spots[0], told["list"], now)
    duties.show_duties(crew, spots[0], now)
    joint.hold_a_talk(crew, spots[0], told["talk"], now)
    gatherings.hold_council(crew, spots[0], now)
    gatherings.coordinate(crew, spots[0], now)
    self_governing.govern_a_building(crew, spots[0], now)
    areas.share_areas(spots[0], now)
    deliberation.decide_together(crew, spots[0], now)
    reviews.review_a_member(crew, spots[0], now)
    alliances.agree_a_pact(crew, spots[0], now)
    figures.show_figures(crew, now)
    publications.publish(crew, spots[0], now)
    homes.show_homes(crew, spots[0], now)
    if votes := ballots.hold_votes(crew, now):
        owners.decide_as_owners(crew, votes[0].organization, votes, now)
    elections.elect(crew, spots[0], now)
    facts.ask_once(crew, spots[0], now)
    funds.keep_books(crew, spots[0], now)
    works.show_works(crew, spots[0], now)
    agreements.agree(crew, spots[0], now)
    sharing.share(crew, spots[0], now)
    volunteering.serve(crew, spots[0], now)
    neighbours.talk(crew, now)
    works.show_venture(crew, spots[0], now)
    rounds.hold_rounds(crew, spots[0], now)
    privacy.open_privacy(crew, now)
    seal_entries(by=SHOWCASE, at=now, everything=True)


def _spots() -> list[Place]:
    """Buildings of the first few grids, so that neighbours meet each other's cases; else any compound."""
    inside = Place.objects.current().under(root_path()).order_by("path").defer("polygon")
    found = list(inside.filter(kind="building")[:24])
    return found or list(inside.filter(level="compound")[:24]) or list(inside.filter(kind="region").reverse()[:8])


def _tell(story: dict[str, Any], crew: Crew, spot: Place, now: dt.datetime) -> None:
    begun = now - dt.timedelta(hours=float(story["hours_ago"]))
    reporter = crew.residents[story.get("resident", 0)]
    by = crew.actor(reporter)
    helped = None
    if story.get("helped"):
        by = crew.actor(crew.over(spot.path, "grid_member", "patch_lead"))
        helped = cases.Contact(f"{story['helped']}（演示）", "19900009999")
    answer = cases.report_case(
        by=by,
        at=begun,
        text=story["text"].replace("{place}", spot.name),
        where=queries.locate(place_code=spot.code),
        channel=story.get("channel", "web"),
        category=story.get("category", ""),
        on_behalf_of=helped,
    )
    case = Case.objects.select_related("key").get(number=answer["number"])
    if scene := story.get("scene"):
        stage = [pictures.draw(scene, "report")]
        add_photos(by=by, at=begun, case=case, photos=stage, purpose="report")
    at = begun
    for step in story.get("steps", []):
        at = begun + dt.timedelta(hours=float(step[1]))
        _take(step[0], answer["number"], crew, min(at, now), step[2] if len(step) > 2 else "", story)


def _take(move: str, number: str, crew: Crew, at: dt.datetime, note: str, story: dict[str, Any]) -> None:
    """One step of a story by whoever the rules let take it."""
    case = Case.objects.select_related("key", "unit").get(number=number)
    dispatcher = crew.actor(crew.over(case.path, "dispatcher"))
    handler = crew.actor(crew.by_unit.get(case.unit_id or 0) or crew.by_role["department"])
    common: dict[str, Any] = {"at": at, "number": number}
    if move == "accept":
        cases.accept_case(by=dispatcher, note=note, **common)
    elif move == "dispatch":
        cases.dispatch_case(by=dispatcher, unit_id=case.unit_id or 0, note=note, **common)
    elif move == "start":
        cases.start_work(by=handler, note=note, **common)
    elif move == "record":
        cases.record_work(by=handler, note=note, **common)
    elif move in private.STEPS:
        private.take_private(move, handler, common, note)
    elif move in joint.STEPS:
        joint.STEPS[move](crew, case, common, note)
    elif move == "answer":
        for purpose in _shown_at_answer(case):
            photos = [pictures.draw(story.get("scene", "road"), "after")]
            add_photos(by=handler, at=at, case=case, photos=photos, purpose=purpose)
        cases.submit_result(by=handler, note=note, **common)
    else:
        _close_in(move, case, crew, dispatcher, handler, note, common, story)


def _shown_at_answer(case: Case) -> list[str]:
    """Purposes of the photos that the category wants before an answer is taken; always one of the finished work."""
    category = packs.find_category(case.category)
    wanted = category.evidence if category else ()
    papers = [kind for kind in ("signature", "document") if kind in wanted]
    return ["after", *papers, *(["before"] if "photo_before" in wanted else [])]


def _close_in(
    move: str, case: Case, crew: Crew, dispatcher: Any, handler: Any, note: str, common: dict[str, Any], story: Any
) -> None:
    at = common["at"]
    checker = crew.actor(crew.over(case.path, "grid_member", "patch_lead"))
    resident = crew.actor(crew.residents[story.get("resident", 0)])
    if move == "verify":
        cases.verify_case(by=checker, note=note, **common)
    elif move in ("yes", "partly", "no", "disagree"):
        cases.answer_case_question(
            by=resident, solved=move, heard=True, satisfied={"yes": 5, "partly": 3}.get(move), note=note, **common
        )
    elif move == "close":
        cases.close_case(by=dispatcher, **common)
    elif move == "return":
        cases.return_case(by=handler, reason="return.not_ours", note=note, **common)
    elif move == "extend":
        cases.ask_extension(by=handler, reason="extension.parts", note=note, **common)
    elif move == "defer":
        until = clock.local_date(at) + dt.timedelta(days=45)
        cases.ask_deferral(by=dispatcher, reason="defer.funds", note=note, until=until, **common)
    elif move == "refer":
        cases.refer_case(by=dispatcher, reason="refer.petition", note=note, **common)
    else:
        raise ValueError(f"stories.toml: no step is called {move}")
