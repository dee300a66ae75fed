"""Calls and answers of gatherings. Everything in them is made up (演示数据)."""

from gongzhi.api.example import Example

_GATHERING = {
    "number": "HY-260325-7KQ2M",
    "kind": "council",
    "title": "三月议事会",
    "organization": "柳园议事会",
    "place": "LY",
    "where": "社区二楼",
    "platform": "pavilion",
    "starts_at": "2026-03-25T19:00:00+08:00",
    "ends_at": "2026-03-25T20:30:00+08:00",
    "status": "noticed",
    "public": True,
    "calendar": "https://demo.example/gatherings/HY-260325-7KQ2M/event.ics",
}
_ITEM = {
    "position": 1,
    "kind": "matter",
    "title": "柳园小区 路灯：03 月 6 人反映",
    "why": "hot",
    "decision": "",
    "words": "",
    "votes": {},
}
_BODY = {
    "code": "building-group-LY-5",
    "name": "柳园小区5栋楼栋自治小组",
    "kind": "building_group",
    "place": "LY-5",
    "level": "building",
    "tier": "楼栋自治",
    "form": "楼栋自治",
    "scope": "楼道、门口、晾晒、停车这些本楼的事",
    "founded_on": "2026-03-10",
    "term_years": 3,
    "meets": "quarter",
    "offices": [{"title": "组长", "seats": 1, "held": 1, "ends_on": "2029-03-10"}],
    "charter": {
        "code": "building-group-ly-5-charter",
        "title": "柳园小区5栋楼栋自治小组章程",
        "version": 1,
        "in_force": True,
    },
    "last_met_on": "2026-03-12",
    "next_meeting": "",
    "maturity": None,
}

MEETING = {
    "list_gatherings": Example(
        "curl '$URL/api/v1/gatherings?show=coming&kind=council'", {"items": [_GATHERING], "next_cursor": None}
    ),
    "read_gathering": Example(
        "curl $URL/api/v1/gatherings/HY-260325-7KQ2M",
        {
            **_GATHERING,
            "agenda": [_ITEM],
            "presence": {"due": 9, "came": 0, "observers": 0, "coming": 4, "needed": 5, "missing": 5},
            "ics": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n…\r\nEND:VCALENDAR\r\n",
        },
    ),
    "list_bodies": Example(
        "curl '$URL/api/v1/bodies?place=LY&level=building'", {"items": [_BODY], "next_cursor": None}
    ),
    "read_body": Example("curl $URL/api/v1/bodies/building-group-LY-5", _BODY),
    "answer_gathering": Example(
        """curl $URL/api/v1/gatherings/HY-260325-7KQ2M/answer -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' -H 'Idempotency-Key: 5d07' -d '{"coming": true}'""",
        {"number": "HY-260325-7KQ2M", "answer": "coming", "capacity": "observer"},
    ),
}
