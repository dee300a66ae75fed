"""五个民主: each leads to its procedures, to what runs there, and to the rooms that serve it."""

import datetime as dt

import pytest
from django.test import Client
from lxml import html

from gongzhi.common import clock
from gongzhi.deliberation.tests.courses import load_procedures, opened
from tests.cast import NOW, World

FIVE = ["民主选举", "民主协商", "民主决策", "民主管理", "民主监督"]


@pytest.mark.req("G11", where="/deliberations/five/")
def test_each_of_the_five_leads_to_its_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW + dt.timedelta(hours=1))
    load_procedures(("hearing", "duty_report", "village_election"))
    decision = opened(world, about="修排水沟")
    hearing = opened(world, "hearing", opener="host", matter="", about="停车怎么收费")
    client = Client()
    page = html.fromstring(client.get("/deliberations/five/").content)
    heads = page.xpath("//h2[@class='card-title']/a")
    assert [head.text_content() for head in heads] == FIVE
    said = {card.xpath(".//h2")[0].text_content(): card.text_content() for card in page.xpath("//section")}
    assert "正在办 1" in said["民主决策"] and "四议两公开一监督" in said["民主决策"]
    assert "正在办 1" in said["民主协商"] and "听证会" in said["民主协商"] and "述职述廉" in said["民主监督"]
    shown = {head.text_content(): client.get(f"/deliberations/{head.get('href').split('/')[-1]}") for head in heads}
    assert all(answer.status_code == 200 for answer in shown.values())
    lists = {name: answer.content.decode() for name, answer in shown.items()}
    assert decision.number in lists["民主决策"] and hearing.number not in lists["民主决策"]
    assert hearing.number in lists["民主协商"] and decision.number not in lists["民主监督"]
    for link in page.xpath("//main//a[contains(@class, 'btn')]/@href"):
        assert client.get(link).status_code == 200, link
    assert client.get("/deliberations/?of=nothing").status_code == 404
