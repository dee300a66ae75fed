"""Levels by role: what everybody of the cast sees of a personal value, before and after asking, rule and pages."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from gongzhi.audit.models import Access, Entry
from gongzhi.cases import actions
from gongzhi.cases import queries as cases
from gongzhi.cases.actions import Contact
from gongzhi.cases.models import Case
from gongzhi.common.access import ANONYMOUS
from gongzhi.common.personal import LEVELS, Viewer, seen_clear, show
from gongzhi.people import actions as people
from gongzhi.people import vault
from gongzhi.people.models import VaultValue
from gongzhi.people.rules import VAULT_LEVELS
from gongzhi.privacy import queries
from tests.cast import NOW, PRIVACY_OFFICERS, RESIDENTS, ROLES, SETUP, World, phone_of

VALUES = {"name": "欧阳住户", "phone": "13812342046", "email": "ouyang@example.cn", "address": "柳园小区5栋601"}
PARTS = {"name": "欧***", "phone": "138****2046", "email": "o***@example.cn", "address": "***"}
STARS = {"name": "欧***", "phone": "***", "email": "***", "address": "***"}
EVERYBODY = (*ROLES, *PRIVACY_OFFICERS)
SignIn = Callable[[str], Client]
Report = Callable[..., Case]


@pytest.mark.parametrize(
    ("level", "stranger", "staff", "own", "asked"),
    [
        ("L1", VALUES["phone"], VALUES["phone"], VALUES["phone"], VALUES["phone"]),
        ("L2", "***", VALUES["phone"], VALUES["phone"], VALUES["phone"]),
        ("L3", "***", "138****2046", "138****2046", VALUES["phone"]),
        ("L4", "***", "***", "***", VALUES["phone"]),
    ],
)
def test_each_level_for_each_kind_of_viewer(level: str, stranger: str, staff: str, own: str, asked: str) -> None:
    viewers = (Viewer(), Viewer(staff=True), Viewer(own=True), Viewer(revealed=True))
    seen = [show("phone", VALUES["phone"], level=level, viewer=one) for one in viewers]
    assert seen == [stranger, staff, own, asked]
    assert show("phone", "", level=level, viewer=Viewer()) == ""
    assert [seen_clear(level, one) for one in viewers] == [value == VALUES["phone"] for value in seen]
    assert level in LEVELS


def test_the_vaults_levels_are_those_of_the_register(world: World) -> None:
    """Every field of the vault has a level, and the register of processing activities says no other."""
    assert set(VAULT_LEVELS) == {field for field, _ in VaultValue._meta.get_field("field").choices}
    registered = queries.level_of("people.VaultValue.sealed", dt.date(2026, 3, 18))
    assert set(VAULT_LEVELS.values()) == {registered}


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("field", sorted(VALUES))
def test_every_field_for_everybody(world: World, who: str, field: str) -> None:
    """Staff recognise a part, others a name at most; all of it only who asked, and that is written down."""
    person = people.create_person(by=SETUP, at=NOW, values=VALUES)
    actor, before = world.actor(who), Access.objects.count()
    shown = vault.shown_to(actor, [person.pk], [field])[person.pk][field]
    assert shown == (STARS if who in RESIDENTS else PARTS)[field]
    assert Access.objects.count() == before
    asked = vault.reveal(by=actor, at=NOW, person_ids=[person.pk], fields=[field], purpose="核对")
    assert asked[person.pk][field] == VALUES[field]
    row = Access.objects.latest("id")
    assert (row.actor, row.fields, row.subjects) == (actor.reference, field, [f"person:{person.pk}"])


@pytest.mark.parametrize("who", EVERYBODY)
def test_ones_own_page_shows_all_only_when_asked(world: World, sign_in: SignIn, who: str) -> None:
    person, client = world.people[who], sign_in(who)
    people.set_value(by=SETUP, at=NOW, person=person, field="email", value=VALUES["email"])
    clear = vault.own_values(person)
    masked = client.get(reverse("me")).content.decode()
    asked = client.post(reverse("my-values")).content.decode()
    for field in ("name", "phone", "email"):
        assert clear[field] not in masked and clear[field] in asked
        assert show(field, clear[field], level="L3", viewer=Viewer(own=True)) in masked


# By role: a case's contact before asking, after asking; a holder of a post before, after. "" where no page opens.
PART, ALL, SHUT = "139****0000", "13900000000", ""
CASE_PAGES = {
    "resident": (SHUT, SHUT),
    "neighbour": (SHUT, SHUT),
    "outsider": (SHUT, SHUT),
    "grid_member": (PART, ALL),
    "other_grid_member": (SHUT, SHUT),
    "patch_lead": (PART, SHUT),
    "dispatcher": (PART, ALL),
    "department": (PART, ALL),
    "property": (SHUT, SHUT),
    "secretary": (PART, SHUT),
    "supervisor": (PART, SHUT),
    "auditor": (PART, SHUT),
    "administrator": (SHUT, SHUT),
    "privacy_officer": (SHUT, SHUT),
    "second_privacy_officer": (SHUT, SHUT),
}


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_page_of_a_case_by_role(world: World, sign_in: SignIn, report: Report, who: str) -> None:
    case = report("resident")
    actions.accept_case(by=world.actor("grid_member"), at=NOW, number=case.number)
    actions.dispatch_case(by=world.actor("dispatcher"), at=NOW, number=case.number, unit_id=world.units["utility"].pk)
    before, after = CASE_PAGES[who]
    client = sign_in(who)
    page = client.get(reverse("case-page", args=[case.number])).content.decode()
    assert (PART in page) is bool(before) and ALL not in page
    asked = client.post(reverse("case-contact", args=[case.number]), {"purpose": "上门前联系"}).content.decode()
    assert (ALL in asked) is bool(after)
    refused = Entry.objects.filter(action="audit.refuse_reading", actor=world.actor(who).reference)
    assert refused.filter(subject=case.reference, changes__fields="contact").count() == int(not after)


def test_nothing_of_a_protected_report_is_recognised_before_asking(world: World, report: Report) -> None:
    case = report("resident", contact=Contact(VALUES["name"], VALUES["phone"]))
    dispatcher = world.actor("dispatcher")
    assert cases.contacts_for(dispatcher, case)[0]["name"] == PARTS["name"]
    case.privacy = "protected"
    found = cases.contacts_for(dispatcher, case)[0]
    assert (found["name"], found["phone"]) == ("***", "***")
    assert cases.contacts_for(ANONYMOUS, case)[0]["phone"] == "***"


HOLDER_PAGES = {
    "dispatcher": True,
    "secretary": True,
    "supervisor": True,
    "auditor": True,
    "administrator": True,
    "privacy_officer": True,
    "second_privacy_officer": True,
}


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_page_of_a_post_by_role(world: World, sign_in: SignIn, who: str) -> None:
    client, phone = sign_in(who), phone_of("grid_member")
    mandate = world.people["grid_member"].mandates.get()
    opens = HOLDER_PAGES.get(who, False)
    page = client.get(reverse("post", args=[mandate.post.code]))
    assert (page.status_code == 200) is opens
    assert "演示grid_member" not in page.content.decode() and phone not in page.content.decode()
    asked = client.post(reverse("show-holder", args=[mandate.pk]), {"purpose": "核对值班电话"}).content.decode()
    assert (phone in asked) is opens
    refused = Entry.objects.filter(action="audit.refuse_reading", actor=world.actor(who).reference)
    assert refused.filter(subject=f"mandate:{mandate.pk}").count() == int(not opens)
