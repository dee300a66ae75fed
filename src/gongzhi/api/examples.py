"""One real-looking call and answer for every endpoint, shown on the docs page and carried in the OpenAPI document.

People and phones are made up (演示数据); `$URL` and `$TOKEN` stand for the instance and a token of yours.
"""

from gongzhi.api.example import Example
from gongzhi.api.examples_deciding import DECIDING
from gongzhi.api.examples_exchange import EXCHANGE
from gongzhi.api.examples_ledger import LEDGER
from gongzhi.api.examples_meeting import MEETING
from gongzhi.api.examples_partnerships import PARTNERSHIPS
from gongzhi.api.examples_projects import PROJECTS

_TIMELINE = [
    {"at": "2026-03-18T09:00:00+08:00", "status": "reported", "unit": "路灯管理所", "note": None},
    {"at": "2026-03-18T09:20:00+08:00", "status": "dispatched", "unit": "路灯管理所", "note": None},
    {"at": "2026-03-18T15:40:00+08:00", "status": "answered", "unit": "路灯管理所", "note": "灯泡换好了，请晚上看看。"},
]
_ITEM = {
    "number": "PC-260318-0051",
    "status": "answered",
    "channel": "web",
    "category": "facility.lighting.streetlight",
    "priority": "small",
    "place": "柳园小区5栋",
    "unit": "路灯管理所",
    "received_at": "2026-03-18T09:00:00+08:00",
    "due_at": "2026-03-25T09:00:00+08:00",
    "closed_at": None,
    "main": None,
}

_MOVED = {
    "number": "PC-260318-0051",
    "status": "in_progress",
    "unit": "路灯管理所",
    "due_at": "2026-03-25T09:00:00+08:00",
}
_ISSUED = {**_MOVED, "number": "PC-260318-0090", "status": "dispatched"}

EXAMPLES = {
    "report_case": Example(
        """curl $URL/api/v1/cases \\
  -H 'Content-Type: application/json' -H 'Idempotency-Key: 3f1c0b6e' \\
  -d '{"text": "5栋2单元门口路灯不亮，晚上看不见台阶。", "place_code": "LY-5",
       "contact": {"name": "演示张阿姨", "phone": "13900000000"}}'

curl $URL/api/v1/cases -F text='5栋2单元门口路灯不亮' \\
  -F point='{"lat": 32.105, "lng": 119.605, "crs": "gcj02"}' -F 'photos[]=@lamp.jpg'""",
        {
            "number": "PC-260318-0051",
            "track_code": "7KQ2-M9PX",
            "status": "reported",
            "category": "facility.lighting.streetlight",
            "unit": "路灯管理所",
            "due_at": "2026-03-25T09:00:00+08:00",
        },
    ),
    "track_case": Example(
        "curl '$URL/api/v1/track/PC-260318-0051?code=7KQ2-M9PX'",
        {
            "number": "PC-260318-0051",
            "status": "answered",
            "category": "facility.lighting.streetlight",
            "unit": "路灯管理所",
            "received_at": "2026-03-18T09:00:00+08:00",
            "due_at": "2026-03-25T09:00:00+08:00",
            "result": "灯泡换好了，请晚上看看。",
            "timeline": _TIMELINE,
        },
    ),
    "list_cases": Example(
        "curl '$URL/api/v1/cases?status=open&region=PC-1&limit=50' -H \"Authorization: Bearer $TOKEN\"",
        {"items": [_ITEM], "next_cursor": "WzQyXQ"},
    ),
    "read_case": Example(
        'curl $URL/api/v1/cases/PC-260318-0051 -H "Authorization: Bearer $TOKEN"',
        {
            **_ITEM,
            "text": "5栋2单元门口路灯不亮，晚上看不见台阶。",
            "result": "灯泡换好了，请晚上看看。",
            "timeline": _TIMELINE,
        },
    ),
    "similar_cases": Example(
        """curl $URL/api/v1/cases/similar -H 'Content-Type: application/json' \\
  -d '{"text": "5栋门口的路灯坏了", "place_code": "LY-5"}'
# 是同一件，就带上编号跟进：
curl $URL/api/v1/cases -H 'Content-Type: application/json' \\
  -d '{"text": "5栋门口的路灯坏了", "place_code": "LY-5", "follow": "PC-260318-0042"}'""",
        {
            "items": [
                {
                    "number": "PC-260318-0042",
                    "category": "facility.lighting.streetlight",
                    "place": "柳园一网格",
                    "status": "dispatched",
                    "received_at": "2026-03-18T09:00:00+08:00",
                    "reporters": 3,
                }
            ]
        },
    ),
    "move_case": Example(
        """curl $URL/api/v1/cases/PC-260318-0051/moves/whistle -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' -H 'Idempotency-Key: 9b2e77' \\
  -d '{"units": [12, 15], "note": "明早九点在5栋门口看现场"}'""",
        _MOVED,
    ),
    "issue_list": Example(
        """curl $URL/api/v1/lists -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
  -d '{"text": "柳园路灯改造清单", "place_code": "PC-1", "unit_id": 12, "until": "2026-12-31"}'""",
        _ISSUED,
    ),
    "add_item": Example(
        """curl $URL/api/v1/lists/PC-260318-0090/items -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' \\
  -d '{"text": "5栋前的灯换成LED", "standard": "夜里8点每盏都亮",
       "unit_id": 12, "co_units": [15], "until": "2026-06-30"}'""",
        _ISSUED,
    ),
    "issue_rectification": Example(
        """curl $URL/api/v1/rectifications -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
  -d '{"finding": "巡查2026-07", "text": "楼道杂物清走", "place_code": "LY-5",
       "unit_id": 12, "until": "2026-04-30"}'""",
        _ISSUED,
    ),
    "list_indicators": Example(
        'curl -H "Authorization: Bearer $TOKEN" "$URL/api/v1/indicators?q=立案"',
        {
            "items": [
                {
                    "code": "cases.filed",
                    "version": "1",
                    "name": "立案率",
                    "question": "收到的，受理了多少？",
                    "numerator": "受理了、没转走的",
                    "denominator": "收到的",
                    "exclusions": "并到别的编号的、机关交办的、两人认定不合理的",
                    "form": "share",
                    "unit": "%",
                    "direction": "none",
                    "minimum": 1,
                    "tables": ["cases.Case", "cases.Clock", "cases.CaseEvent"],
                    "public": True,
                    "source": "来源文件 S0–S4",
                    "confidence": "D",
                    "illustrative": False,
                    "definition": "pack:indicators/common/1.0",
                }
            ]
        },
    ),
    "read_indicator": Example(
        'curl -H "Authorization: Bearer $TOKEN" "$URL/api/v1/indicators/cases.filed?region=PC&from=2026-03-01"',
        {
            "code": "cases.filed",
            "version": "1",
            "definition": "pack:indicators/common/1.0",
            "region": "PC",
            "since": "2026-03-01",
            "until": None,
            "at": "2026-03-18T09:00:00+08:00",
            "numerator": "94",
            "denominator": 100,
            "value": "94.00",
            "unit": "%",
            "interval": ["87.52", "97.22"],
            "n": 100,
            "suppressed": False,
            "too_few": False,
            "left_out": [{"part": "merged", "count": 2}],
        },
    ),
    "list_duties": Example(
        'curl -H "Authorization: Bearer $TOKEN" "$URL/api/v1/duties?show=open&rule=talk.week"',
        {
            "items": [
                {
                    "id": "01a202d1-7c1e-7a55-9b52-6f1f6d3c9a10",
                    "rule": "talk.week",
                    "title": "居民谈心",
                    "subject": "place:PC-1",
                    "about": "柳园社区",
                    "period": "2026-W12",
                    "opens_on": "2026-03-16",
                    "due_on": "2026-03-22",
                    "state": "due",
                    "missed": 0,
                    "evidence": None,
                    "fulfilled_at": None,
                    "pack": "pack:schedules/cn.offices/1.0",
                }
            ],
            "next_cursor": None,
        },
    ),
    "read_facts": Example(
        'curl -H "Authorization: Bearer $TOKEN" "$URL/api/v1/facts?field=dwelling.rooms&region=PC-1&purpose=safety"',
        {
            "field": "dwelling.rooms",
            "name": "几间房",
            "unit": "间",
            "region": "PC-1",
            "purpose": "safety",
            "on": "2026-03-18",
            "items": [
                {"subject": "place:dwelling/LY-5-101", "value": 3, "observed_on": "2026-03-12", "source": "form:safety"}
            ],
            "counts": [],
            "total": None,
            "hidden_below": 5,
        },
    ),
    "read_owners": Example(
        'curl -H "Authorization: Bearer $TOKEN" "$URL/api/v1/registers/owners?region=LY&purpose=业主大会名册"',
        {
            "region": "LY",
            "on": "2026-03-18",
            "units": 960,
            "heads": 958,
            "area": 8640000,
            "without_owner": 2,
            "without_area": 0,
            "items": [
                {
                    "code": "LY-5-101",
                    "address": "柳园小区5栋101室",
                    "area": 8956,
                    "area_source": "registered",
                    "owners": [{"head": 1, "kind": "person", "share": "1/1", "since": "2020-05-01"}],
                    "shares": "complete",
                }
            ],
            "next_cursor": "WzUxXQ",
        },
    ),
    "list_publications": Example(
        'curl "$URL/api/v1/publications?region=PC-1&kind=notice"',
        {
            "items": [
                {
                    "number": "GG-260318-7KQ2M",
                    "kind": "notice",
                    "kind_name": "通知",
                    "title": "周四上午停水三小时",
                    "place": "柳园社区",
                    "released_at": "2026-03-18T09:00:00+08:00",
                    "expires_on": "2026-03-21",
                    "sha256": "9f2c0c6f3f4f0a4f7e5c7a0d7b8c2f3e1a6b5d4c3e2f1a0b9c8d7e6f5a4b3c2d",
                    "corrected": False,
                    "address": "/n/GG-260318-7KQ2M",
                }
            ],
            "next_cursor": None,
        },
    ),
    "read_publication": Example(
        'curl "$URL/api/v1/publications/GG-260318-7KQ2M"',
        {
            "number": "GG-260318-7KQ2M",
            "kind": "notice",
            "kind_name": "通知",
            "state": "released",
            "title": "周四上午停水三小时",
            "body": "周四上午9点到12点换主水管，请提前存水。",
            "facts": [["哪里", "柳园小区"], ["什么时候", "3月19日 9:00–12:00"]],
            "basis": "",
            "pictures": [],
            "released_at": "2026-03-18T09:00:00+08:00",
            "expires_on": "2026-03-21",
            "sha256": "9f2c0c6f3f4f0a4f7e5c7a0d7b8c2f3e1a6b5d4c3e2f1a0b9c8d7e6f5a4b3c2d",
            "corrections": [],
            "replies": [],
        },
    ),
    "draft_publication": Example(
        """curl $URL/api/v1/publications -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' -H 'Idempotency-Key: 8c2a51' \\
  -d '{"place_code": "PC-1", "kind": "notice", "title": "周四上午停水三小时",
       "body": "周四上午9点到12点换主水管，请提前存水。", "subject_kind": "matter", "about": "停水"}'""",
        {"number": "GG-260318-7KQ2M", "state": "draft"},
    ),
    "take_event": Example(
        """curl $URL/api/v1/events/iot -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' -H 'Idempotency-Key: a-7781-1' \\
  -d '{"alarm": {"id": "a-7781", "words": "水浸报警", "kind": "facility", "at": "2026-03-18T09:00:00+08:00",
       "updated": "2026-03-18T09:00:00+08:00"}, "device": {"place": "LY-5"}}'""",
        {"source": "iot", "id": "a-7781", "news": "new", "state": "waiting", "case": None},
    ),
    "list_events": Example(
        'curl -H "Authorization: Bearer $TOKEN" "$URL/api/v1/events?source=hotline&since=2026-03-18T00:00:00%2B08:00"',
        {
            "source": "hotline",
            "since": "2026-03-18T00:00:00+08:00",
            "items": [{"order_no": "RX-0318-12", "content": "PC-260318-0051", "state": "已受理"}],
        },
    ),
    **DECIDING,
    **LEDGER,
    **PROJECTS,
    **MEETING,
    **PARTNERSHIPS,
    **EXCHANGE,
}
