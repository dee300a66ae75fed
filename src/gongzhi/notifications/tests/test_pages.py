from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongzhi.notifications import actions, jobs
from gongzhi.notifications.models import Delivery, Notice
from gongzhi.notifications.tests.conftest import HOUSE, NOW, Mailbox, later
from gongzhi.people.actions.accounts import create_person

pytestmark = pytest.mark.django_db


def tell(person: Any, dedupe_key: str = "one", kind: str = "case_closed") -> None:
    params = {"number": "GZ-0317-046", "unit": "<b>柳园</b>"}
    actions.notify_person(
        by=HOUSE, at=NOW, person_id=person.pk, kind=kind, params=params, subject="case:GZ-0317-046",
        dedupe_key=dedupe_key,
    )  # fmt: skip


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_nobody_signed_in_is_sent_to_sign_in() -> None:
    answer = Client().get(reverse("notices"))
    assert answer.status_code in (302, 401)


def test_my_notices_and_only_mine(resident: Any) -> None:
    tell(resident, kind="case_dispatched")
    page = signed_in(resident).get(reverse("notices")).content.decode()
    assert "GZ-0317-046 有人管了" in page and "&lt;b&gt;柳园" in page
    other = signed_in(create_person(by=HOUSE, at=NOW))
    assert "GZ-0317-046" not in other.get(reverse("notices")).content.decode()
    assert other.post(reverse("notice-open", args=[Notice.objects.get().pk])).status_code == 404


def test_opening_a_notice_marks_it_and_leads_on(resident: Any) -> None:
    tell(resident)
    tell(resident, "two")
    client = signed_in(resident)
    answer = client.post(reverse("notice-open", args=[Notice.objects.first().pk]))
    assert answer.status_code == 302 and answer["Location"] == "/track/GZ-0317-046"
    assert Notice.objects.filter(read_at__isnull=False).count() == 1
    assert client.post(reverse("notices-read"))["Location"] == reverse("notices")
    assert not Notice.objects.filter(read_at__isnull=True).exists()


def test_older_notices_stand_on_the_next_page(resident: Any) -> None:
    for number in range(31):
        tell(resident, f"key:{number}")
    client = signed_in(resident)
    page = client.get(reverse("notices"))
    assert len(page.context["notices"]) == 30
    assert len(client.get(page.context["next_url"]).context["notices"]) == 1
    assert client.get(reverse("notices"), {"cursor": "nonsense"}).status_code == 422


def test_the_administrator_sees_why_and_lets_it_start_over(resident: Any, clerk: Client, mailbox: Mailbox) -> None:
    mailbox.answer = "550 mailbox is full"
    tell(resident)
    jobs.deliver_due(NOW)
    page = clerk.get(reverse("deliveries"))
    taken = clerk.get(reverse("deliveries"), {"export": "xlsx"})
    assert taken.headers["Content-Disposition"].endswith(".xlsx") and len(taken.content) > 1000
    shown = page.content.decode()
    assert page.status_code == 200 and "mailbox is full" in shown and "GZ-0317-046 结案了" in shown
    row = Delivery.objects.get()
    assert clerk.post(reverse("delivery-retry", args=[row.pk])).status_code == 302
    row.refresh_from_db()
    assert row.status == "waiting"
    jobs.deliver_due(later(days=900))
    assert clerk.post(reverse("deliveries-retry")).status_code == 302
    row.refresh_from_db()
    assert row.status == "waiting"


def test_nobody_else_sees_deliveries(resident: Any) -> None:
    for client in (signed_in(resident), Client()):
        for name in ("deliveries-retry", "delivery-retry"):
            address = reverse(name, args=[1] if name == "delivery-retry" else [])
            assert client.post(address).status_code in (302, 401, 403)
        assert client.get(reverse("deliveries")).status_code in (302, 401, 403)


def test_the_screen_of_the_demo_exists_in_the_demo_alone(settings: Any, resident: Any) -> None:
    assert Client().get(reverse("demo-messages")).status_code == 404
    settings.DEMO = True
    tell(resident)
    actions.send_address(
        by=HOUSE, at=NOW, channel="sms", to="13900009999", kind="sign_in_code", params={"minutes": 10},
        secret={"code": "246810"}, dedupe_key="sign-in:1",
    )  # fmt: skip
    for _ in range(2):  # before the worker ran, and after
        page = Client().get(reverse("demo-messages")).content.decode()
        assert "登录验证码 246810" in page and "GZ-0317-046 结案了" in page
        jobs.deliver_due(NOW)


def test_with_a_real_mail_server_the_screen_of_the_demo_shows_no_mail(
    settings: Any, resident: Any, mailbox: Mailbox
) -> None:
    settings.DEMO = True
    tell(resident)
    assert "GZ-0317-046" not in Client().get(reverse("demo-messages")).content.decode()
