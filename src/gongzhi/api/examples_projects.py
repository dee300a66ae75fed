"""Calls and answers of projects. Everything in them is made up (演示数据)."""

from gongzhi.api.example import Example

_ROW = {
    "number": "P00001",
    "title": "5栋充电车棚",
    "problem": "电动车在楼道充电",
    "kind": "micro_grant",
    "variety": "",
    "place": "LY",
    "owner": "柳园社区居委会",
    "state": "implementing",
    "illustrative": True,
    "proposed_at": "2026-03-18T09:00:00+08:00",
}
_FUNDING = {
    "kind": "reward",
    "name": "街道以奖代补",
    "amount": 5000000,
    "thing": "",
    "account": "F001",
    "state": "paid",
    "paid": 5000000,
}
PROJECTS = {
    "list_projects": Example(
        'curl -H "Authorization: Bearer $TOKEN" "$URL/api/v1/projects?state=implementing"',
        {"items": [_ROW], "next_cursor": None},
    ),
    "read_project": Example(
        'curl -H "Authorization: Bearer $TOKEN" "$URL/api/v1/projects/P00001"',
        {
            **_ROW,
            "pack": "pack:project/micro_grant/1.0",
            "facts": {},
            "revisit_on": None,
            "funding": [_FUNDING],
            "milestones": [{"name": "动手", "due_on": "2026-04-02", "done_at": None}],
            "satisfied": 0,
            "unsatisfied": 0,
        },
    ),
    "propose_project": Example(
        """curl $URL/api/v1/projects -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' -H 'Idempotency-Key: 7f31' \\
  -d '{"place_code": "LY", "problem": "电动车在楼道充电", "kind": "micro_grant",
       "title": "5栋充电车棚", "owner": "committee-1"}'""",
        {"number": "P00001", "state": "proposed"},
    ),
    "move_project": Example(
        """curl $URL/api/v1/projects/P00001/moves/start -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' -H 'Idempotency-Key: 7f32' -d '{"reason": ""}'""",
        {"number": "P00001", "state": "implementing"},
    ),
}
