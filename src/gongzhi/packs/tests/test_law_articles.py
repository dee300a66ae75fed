"""Every row of the law that issue 5 names stands in a pack, under its article, and its page says how sure it is.

The rows are written by hand from the law: section, pack, rule, article, how sure, a number as the page words it.
The numbers of all rules are held in law_numbers.toml.
"""

import re
from typing import Any

import pytest
from django.test import Client
from lxml import html

from gongzhi.packs import actions, shipped
from gongzhi.packs.tests.test_actions import AT, HOUSE
from tests import cast

L, P, V, S, M, D = "法条原文", "公开网页，待核对", "没读到原文，待核对", "来源文件", "凭记忆，待核对", "产品定的，可改"
OWNERS, BEIJING, HENAN = "cn.owners.decisions/2021.1", "cn.owners.decisions.11/2024.1", "cn.owners.decisions.41/2018.1"
COMMITTEE, COMMITTEE_11 = "cn.owners.committee/2021.1", "cn.owners.committee.11/2024.1"
VILLAGE, RESIDENTS, COLLECTIVE = "cn.village/2018.1", "cn.residents/2026.1", "cn.collective/2025.1"
LEVY, PARTY, OPEN, MAJOR = (
    "cn.levy/2021.1", "cn.party_branch/2021.1", "cn.government_information/2019.1", "cn.major_decisions/2019.1",
)  # fmt: skip
Row = tuple[str, str, str, str, str, str]
ROWS: list[Row] = [
    ("2.1", OWNERS, "participation", "第278条第二款", L, "业主总人数的 2/3 以上"),
    ("2.1", OWNERS, "special", "第278条第二款", L, "参与表决的人数的 3/4 以上"),
    ("2.1", OWNERS, "ordinary", "第278条第二款", L, "超过参与表决的人数的 1/2"),
    ("2.1", OWNERS, "matter.5", "第278条第一款第五项", L, "使用"),
    ("2.1", OWNERS, "matter.6", "第278条第一款第六项", L, "筹集"),
    ("2.1", OWNERS, "assembly_only", "第278条第一款", L, ""),
    ("2.1", OWNERS, "conversion", "第279条", L, "有利害关系的业主全部"),
    ("2.1", OWNERS, "conversion.interested", "建筑物区分所有权解释 第11条", P, ""),
    ("2.1", OWNERS, "revocation", "建筑物区分所有权解释 第12条", P, "1 年"),
    ("2.1", OWNERS, "fund", "第281条第一款", L, ""),
    ("2.1", OWNERS, "fund.emergency", "第281条第二款", L, ""),
    ("2.1", OWNERS, "income", "第282条", L, ""),
    ("2.1", OWNERS, "disclosure", "建筑物区分所有权解释 第13条", M, "5"),
    ("2.1", OWNERS, "meeting.extraordinary", "物业管理条例 第13条", L, "1/5 以上"),
    ("2.1", OWNERS, "meeting.notice", "物业管理条例 第14条", L, "15 天"),
    ("2.1", "cn.owners.decisions/2018.1", "participation", "第12条", L, "1/2"),
    ("2.1", "cn.owners.decisions/2018.1", "special", "第12条", L, "2/3 以上"),
    ("2.1", COMMITTEE, "filing", "第16条", L, "30 天"),
    ("2.1", BEIJING, "meeting.online", "第35条", L, "电子投票"),
    ("2.1", BEIJING, "meeting.regular", "第35条", L, "1"),
    ("2.1", BEIJING, "meeting.result", "第37条", L, "3 天"),
    ("2.1", BEIJING, "first.posted", "第32条", L, "15 天"),
    ("2.1", COMMITTEE_11, "seats", "第39条", L, "5"),
    ("2.1", COMMITTEE_11, "term", "第41条", L, "5 年"),
    ("2.1", COMMITTEE_11, "meeting.regular", "第45条", L, "2 个月"),
    ("2.1", COMMITTEE_11, "meeting.extraordinary", "第45条", L, "1/3 以上"),
    ("2.1", HENAN, "fund.unit_vote", "第66条", L, ""),
    ("2.1", HENAN, "fund.objection_vote", "第66条", L, "不超过"),
    ("2.1", HENAN, "fund.replenish", "第68条", L, "3/10"),
    ("2.1", HENAN, "fund.emergency", "第70条", L, ""),
    ("2.2", VILLAGE, "committee.size", "第6条", L, "7"),
    ("2.2", VILLAGE, "committee.term", "第11条", L, "5 年"),
    ("2.2", VILLAGE, "voters.classes", "第13条", L, "1 年"),
    ("2.2", VILLAGE, "roll", "第14条", L, "20 天"),
    ("2.2", VILLAGE, "election.valid", "第15条", L, "1/2"),
    ("2.2", VILLAGE, "election.elected", "第15条", L, "1/2"),
    ("2.2", VILLAGE, "election.second", "第15条", L, "1/3 以上"),
    ("2.2", VILLAGE, "election.proxy", "第15条", L, ""),
    ("2.2", VILLAGE, "recall.request", "第16条", L, "1/5 以上"),
    ("2.2", VILLAGE, "recall.pass", "第16条", L, "1/2"),
    ("2.2", VILLAGE, "handover", "第20条", L, "10 天"),
    ("2.2", VILLAGE, "assembly.call", "第21条", L, "1/10 以上"),
    ("2.2", VILLAGE, "assembly.notice", "第21条", L, "10 天"),
    ("2.2", VILLAGE, "assembly.quorum", "第22条", L, "2/3 以上"),
    ("2.2", VILLAGE, "assembly.decision", "第22条", L, "1/2"),
    ("2.2", VILLAGE, "assembly.observers", "第22条", L, ""),
    ("2.2", VILLAGE, "assembly.oversight", "第23条", L, "1"),
    ("2.2", VILLAGE, "matter.9", "第24条第九项", L, ""),
    ("2.2", VILLAGE, "representatives.composition", "第25条", L, "4/5 以上"),
    ("2.2", VILLAGE, "representatives.chosen", "第25条", L, "15"),
    ("2.2", VILLAGE, "representatives.call", "第26条", L, "1/5 以上"),
    ("2.2", VILLAGE, "representatives.quorum", "第26条", L, "2/3 以上"),
    ("2.2", VILLAGE, "charter", "第27条", L, ""),
    ("2.2", VILLAGE, "group.quorum", "第28条", L, "2/3 以上"),
    ("2.2", VILLAGE, "disclosure.general", "第30条", L, "3 个月"),
    ("2.2", VILLAGE, "disclosure.finance", "第30条", L, "1 个月"),
    ("2.2", VILLAGE, "supervision", "第32条", L, ""),
    ("2.2", VILLAGE, "review", "第33条", L, "2"),
    ("2.2", VILLAGE, "archives", "第34条", L, "10"),
    ("2.2", VILLAGE, "audit", "第35条", L, "1/5 以上"),
    ("2.2", VILLAGE, "funding", "第37条", L, ""),
    ("2.2", "cn.village/2026.1", "assembly.quorum", "2018 年文本第22条", V, "2/3 以上"),
    ("2.2", "cn.village/2026.1", "chair.secretary", "条号没读到", P, ""),
    ("2.2", "cn.residents/2018.1", "size", "第6条", L, "700"),
    ("2.2", "cn.residents/2018.1", "committee.size", "第7条", L, "9"),
    ("2.2", "cn.residents/2018.1", "assembly.call", "第10条", L, "1/5 以上"),
    ("2.2", RESIDENTS, "size", "第3条", P, "3000"),
    ("2.2", RESIDENTS, "consultation", "条号没读到", P, ""),
    ("2.2", RESIDENTS, "roll", "条号没读到", V, "20 天"),
    ("2.2", RESIDENTS, "representatives.composition", "条号没读到", V, "4/5 以上"),
    ("2.2", RESIDENTS, "assembly.call", "条号没读到", V, "1/10 以上"),
    ("2.2", RESIDENTS, "review", "条号没读到", V, "2"),
    ("2.2", COLLECTIVE, "assembly.notice", "第27条", L, "10 天"),
    ("2.2", COLLECTIVE, "assembly.quorum", "第27条", L, "2/3 以上"),
    ("2.2", COLLECTIVE, "assembly.decision", "第27条", L, "2/3 以上"),
    ("2.2", COLLECTIVE, "delegates.decision", "第28条", L, "2/3 以上"),
    ("2.3", "cn.resolution/2021.1", "party.attendance", "", P, "2/3 以上"),
    ("2.3", "cn.resolution/2021.1", "party.support", "", P, "1/2 以上"),
    ("2.3", "cn.resolution/2021.1", "times", "产品默认", D, ""),
    ("2.4", LEVY, "caps", "国办发〔2007〕4号", P, "10"),
    ("2.4", LEVY, "labour.age", "国办发〔2007〕4号", P, "55"),
    ("2.4", LEVY, "exempt.money", "国办发〔2007〕4号", P, "最低生活保障对象"),
    ("2.4", LEVY, "exempt.labour", "国办发〔2007〕4号", P, "伤残军人"),
    ("2.4", LEVY, "no_cash_for_labour", "国办发〔2007〕4号", P, ""),
    ("2.4", LEVY, "approval", "国办发〔2007〕4号", P, "乡镇"),
    ("2.5", PARTY, "own", "支部工作条例", P, "3"),
    ("2.5", PARTY, "joint", "支部工作条例", P, "5"),
    ("2.5", PARTY, "size", "支部工作条例", P, "50"),
    ("2.5", PARTY, "committee", "支部工作条例", P, "7"),
    ("2.5", PARTY, "term.community", "支部工作条例", P, "5 年"),
    ("2.5", PARTY, "temporary", "支部工作条例", P, "6 个月"),
    ("2.5", PARTY, "functional", "支部工作条例", V, ""),
    ("2.7", OPEN, "proactive", "第26条", L, "20 个工作日"),
    ("2.7", OPEN, "request.answer", "第33条", L, "20 个工作日"),
    ("2.7", OPEN, "request.supplement", "第30条", L, "7 个工作日"),
    ("2.7", OPEN, "request.third_party", "第32条", L, "15 个工作日"),
    ("2.7", OPEN, "privacy", "第15条", L, ""),
    ("2.7", MAJOR, "comments", "重大行政决策程序暂行条例", P, "30 天"),
    ("2.7", MAJOR, "hearing.materials", "第16条", P, "7 天"),
    ("2.7", MAJOR, "experts", "第20条", P, ""),
    ("2.7", MAJOR, "risk.tests", "社会稳定风险评估", P, "合法性"),
    ("2.7", MAJOR, "risk.levels", "S3", S, "低风险"),
]


def test_every_row_stands_on_its_page_with_its_article(db: Any) -> None:
    world = cast.build()
    for path in shipped.common_packs():
        if path.parent.name == "laws":
            actions.load_pack(by=HOUSE, at=AT, path=path)
    client = Client()
    client.force_login(world.people["dispatcher"])
    pages = {pack: html.fromstring(client.get(f"/packs/law/{pack}").content) for pack in {row[1] for row in ROWS}}
    wrong = []
    for section, pack, rule, article, sure, number in ROWS:
        row = pages[pack].xpath(f"//tr[@id='{rule}']")
        said = re.sub(r"\s+", " ", row[0].text_content()) if row else ""
        wrong += [
            (section, pack, rule, words, said)
            for words in (article, sure, number)
            if words not in said.replace("，正好也算", "")
        ]
    assert not wrong
    assert {row[0] for row in ROWS} == {"2.1", "2.2", "2.3", "2.4", "2.5", "2.7"}


@pytest.mark.parametrize("name", ["cn.village", "cn.residents"])
def test_2018_and_2026_stand_side_by_side(name: str, db: Any) -> None:
    world = cast.build()
    for path in shipped.common_packs():
        if path.parent.name == "laws" and path.stem.startswith(name):
            actions.load_pack(by=HOUSE, at=AT, path=path)
    client = Client()
    client.force_login(world.people["dispatcher"])
    both = client.get(f"/packs/laws/{name}/2018.1/2026.1").content.decode()
    assert L in both and V in both and "新的里才有" in both
