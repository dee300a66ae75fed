"""The auditor's search: everything by code, nothing in words; what is read and taken out is noted."""

import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from gongzhi.audit.models import Access
from gongzhi.cases import actions
from gongzhi.cases.models import Case
from gongzhi.cases.queries.auditing import AuditFilters, audited
from gongzhi.common.errors import Forbidden
from tests.cast import NOW, World

TEXT = "5栋门口路灯不亮，晚上看不见台阶。"


@pytest.fixture
def returned(world: World, report: Callable[..., Case]) -> Case:
    case, handler = report(text=TEXT), world.actor("department")
    unit = world.units["utility"].pk
    actions.dispatch_case(by=world.actor("dispatcher"), at=NOW, number=case.number, unit_id=unit)
    return actions.return_case(by=handler, at=NOW, number=case.number, reason="return.not_ours", note="归物业")


def test_by_reason_unit_and_state(world: World, returned: Case, report: Callable[..., Case]) -> None:
    other, auditor = report(), world.actor("auditor")

    def found(**filters: object) -> set[str]:
        return {case.number for case in audited(auditor, AuditFilters(**filters))}

    assert found() == {returned.number, other.number}
    assert found(reason="return.not_ours") == {returned.number}
    assert found(status="returned") == {returned.number} and found(unit=world.units["utility"].pk)
    assert found(approver=auditor.reference) == set() and found(excluded=True) == set()
    with pytest.raises(Forbidden):
        audited(world.actor("supervisor"), AuditFilters())


def test_no_words_on_the_page_or_in_the_workbook(world: World, returned: Case, client: Client) -> None:
    client.force_login(world.people["auditor"])
    page = client.get(reverse("audit-cases"), {"reason": "return.not_ours"}).content.decode()
    assert returned.number in page and "路灯不亮" not in page and "归物业" not in page
    noted = Access.objects.filter(actor=world.actor("auditor").reference, fields="metadata")
    assert noted.filter(subjects__contains=[returned.reference]).exists()
    refused = client.post(reverse("audit-cases-export"))
    assert refused.status_code == 422
    answer = client.post(reverse("audit-cases-export"), {"purpose": "季度抽查"})
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    assert "季度抽查" in rows[0][0] and world.actor("auditor").reference in rows[0][0]
    assert rows[2][0] == returned.number and "路灯不亮" not in str(rows)


def test_the_list_goes_out_as_a_workbook_as_the_page_shows_it(world: World, returned: Case, client: Client) -> None:
    client.force_login(world.people["dispatcher"])
    answer = client.get(reverse("case-list"), {"format": "xlsx", "status": "returned"})
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    assert [row[0] for row in rows[2:]] == [returned.number]
