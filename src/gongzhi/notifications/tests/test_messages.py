import re
from pathlib import Path

import pytest

from gongzhi.common.errors import Refused
from gongzhi.notifications import rendering

FOLDER = Path(rendering.__file__).parent / "templates" / "notifications" / "messages"
KINDS = sorted(path.stem for path in FOLDER.glob("*.txt"))
FACTS = {
    "number": "GZ-0317-046", "unit": "柳园物业", "due_at": "2027-03-19T10:00:00+00:00", "code": "246810",
    "minutes": 10, "next_at": "2027-04-01T01:00:00+00:00",
}  # fmt: skip
FROWNED_ON = re.compile(r"成功|失败|非法|系统异常|操作|处置|[,!?;]")


def test_every_kind_of_the_first_loop_has_words() -> None:
    assert set(KINDS) >= {
        "sign_in_code", "case_reported", "case_dispatched", "case_answered", "case_verified",
        "case_confirm_please", "case_reopened", "case_deferred", "case_closed", "case_escalated",
        "order_assigned",
    }  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_message_has_a_subject_a_text_and_no_gaps(kind: str, language: str) -> None:
    message = rendering.render(kind, FACTS, language)
    assert 4 <= len(message.subject) <= 60 and len(message.text) >= 15
    assert "{" not in message.subject + message.text and "None" not in message.text


@pytest.mark.parametrize("kind", KINDS)
def test_messages_are_written_as_the_house_writes(kind: str) -> None:
    message = rendering.render(kind, FACTS, "zh-hans")
    words = re.sub(r"https?://\S+", "", message.subject + message.text)
    assert not FROWNED_ON.search(words)


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_without_a_deadline_still_reads_well(kind: str) -> None:
    few = {name: value for name, value in FACTS.items() if not name.endswith("_at")}
    assert "，前" not in rendering.render(kind, few, "zh-hans").text


def test_times_are_said_in_civil_time() -> None:
    assert "3月19日 18:00" in rendering.render("case_dispatched", FACTS, "zh-hans").text


def test_names_are_not_escaped_in_plain_text() -> None:
    assert "A&B" in rendering.render("case_dispatched", {**FACTS, "unit": "A&B"}, "zh-hans").text


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(Refused, match="unknown_message"):
        rendering.render("no_such_kind", {})


def test_a_date_alone_is_said_as_a_date() -> None:
    assert "4月1日 再看" in rendering.render("case_deferred", {**FACTS, "next_at": "2027-04-01"}, "zh-hans").text


def test_a_page_links_where_the_message_leads() -> None:
    message = rendering.render("case_closed", FACTS, "zh-hans")
    assert message.path == "/track/GZ-0317-046" and "http" not in message.words
    assert rendering.render("sign_in_code", FACTS, "zh-hans").path == ""
