"""Calls and answers of votes, courses and resolutions. Everything in them is made up (演示数据)."""

from gongzhi.api.example import Example

_RULE = {
    "pack": "cn.owners.decisions",
    "version": "2021.1",
    "code": "ordinary",
    "article": "民法典第278条第一款第四项；第278条第二款",
    "method": "resolution",
    "options": ["yes", "no", "abstain"],
    "measures": ["heads", "area"],
}
_VOTE = {
    "number": "BJ-260318-7KQ2M",
    "title": "东门装充电车棚，好不好？",
    "place": "LY",
    "organization": "柳园小区业主委员会",
    "status": "open",
    "secret": False,
    "legal_effect": "binding",
    "opens_at": "2026-03-18T09:00:00+08:00",
    "closes_at": "2026-04-01T18:00:00+08:00",
    "outcome": "",
}
_RECEIPT = "5f0d1c2b3a495867a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718"
_DIGEST = "9f2c0c6f3f4f0a4f7e5c7a0d7b8c2f3e1a6b5d4c3e2f1a0b9c8d7e6f5a4b3c2d"
_HEADS = {"counts": "participating", "of": "registered", "measure": "heads", "share": "2/3", "inclusive": True}
_OPTIONS = [
    {"code": "yes", "word": "同意", "note": "建 12 个车位"},
    {"code": "no", "word": "反对", "note": ""},
    {"code": "abstain", "word": "弃权", "note": ""},
]
_RESULT = {
    "outcome": "passed",
    "amounts": {
        "registered": {"heads": 960, "area": 8640000},
        "participating": {"heads": 702, "area": 6120000},
        "yes": {"heads": 480, "area": 4500000},
    },
    "quorum": {"met": True, "alternatives": [[{**_HEADS, "base": 960, "bound": 640, "reached": 702, "met": True}]]},
}
_COURSE = {
    "number": "CX-260302-M9PXA",
    "procedure": "pack:procedure/four_deliberations/1.0",
    "about": "老排水沟改造",
    "matter": "cn.village#matter.5",
    "place": "PC-1",
    "organization": "柳园村委会",
    "status": "running",
    "step": "publish",
    "ending": "",
    "opened_on": "2026-03-02",
    "next_on": "2026-03-26",
}
_DECIDED = {
    "number": "JY-260330-7KQ2M",
    "course": "CX-260302-M9PXA",
    "about": "老排水沟改造",
    "place": "PC-1",
    "organization": "柳园村委会",
    "outcome": "passed",
    "decided_on": "2026-03-18",
    "effect": "",
    "done_on": None,
}

DECIDING = {
    "list_votes": Example(
        'curl "$URL/api/v1/votes?status=open&limit=50" -H "Authorization: Bearer $TOKEN"',
        {"items": [_VOTE], "next_cursor": None},
    ),
    "read_vote": Example(
        'curl $URL/api/v1/votes/BJ-260318-7KQ2M -H "Authorization: Bearer $TOKEN"',
        {
            **_VOTE,
            "about": "建 12 个车位，费用由充电公司出。",
            "options": _OPTIONS,
            "rule": _RULE,
            "rule_digest": _DIGEST,
            "roll_digest": _DIGEST[::-1],
            "roll": "MC-260310-9PXA2",
            "taking_part": 702,
            "needed": [
                {"measure": "heads", "total": 960, "needed": 640, "reached": 702, "missing": 0},
                {"measure": "area", "total": 8640000, "needed": 5760000, "reached": 6120000, "missing": 0},
            ],
            "mine": [
                {
                    "position": 17,
                    "group": "5栋",
                    "weights": {"heads": 1, "area": 8960},
                    "proxy": False,
                    "cast": False,
                    "origin": "",
                    "receipt": "",
                }
            ],
        },
    ),
    "cast_ballot": Example(
        """curl $URL/api/v1/votes/BJ-260318-7KQ2M/ballots -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' -H 'Idempotency-Key: b1f0a7' \\
  -d '{"position": 17, "marks": ["yes"]}'""",
        {
            "number": "BJ-260318-7KQ2M",
            "position": 17,
            "origin": "online",
            "receipt": _RECEIPT,
            "short": "5F0D-1C2B-3A49",
        },
    ),
    "read_roll": Example(
        'curl "$URL/api/v1/votes/BJ-260318-7KQ2M/roll?limit=200" -H "Authorization: Bearer $TOKEN"',
        {
            "number": "MC-260310-9PXA2",
            "place": "LY",
            "kind": "owners",
            "on": "2026-03-10",
            "measures": ["heads", "area"],
            "published_at": "2026-03-10T09:00:00+08:00",
            "digest": _DIGEST,
            "entries": 960,
            "items": [{"position": 1, "group": "1栋", "names": ["张**"]}],
            "next_cursor": "WzFd",
        },
    ),
    "read_result": Example(
        'curl $URL/api/v1/votes/BJ-260318-7KQ2M/result -H "Authorization: Bearer $TOKEN"',
        {
            "number": "BJ-260318-7KQ2M",
            "outcome": "passed",
            "options": _OPTIONS,
            "legal_effect": "binding",
            "counted_at": "2026-04-01T20:10:00+08:00",
            "rule_digest": _DIGEST,
            "roll_digest": _DIGEST[::-1],
            "seal": _RECEIPT[::-1],
            "origins": {"online": 480, "paper": 200, "at_door": 22},
            "lot": [],
            "result": _RESULT,
        },
    ),
    "read_record": Example(
        """curl $URL/api/v1/votes/BJ-260318-7KQ2M/record -H "Authorization: Bearer $TOKEN" -o record.json
./gongzhi verify record.json""",
        {
            "format": "gongzhi-record-1",
            "events": [{"kind": "rule", "body": _RULE, "hash": _DIGEST}],
            "seal": _RECEIPT[::-1],
        },
    ),
    "list_courses": Example(
        'curl "$URL/api/v1/courses?status=running&limit=50"', {"items": [_COURSE], "next_cursor": None}
    ),
    "read_course": Example(
        "curl $URL/api/v1/courses/CX-260302-M9PXA",
        {
            **_COURSE,
            "region": "321171102",
            "texts": ["pack:law/cn.village/2018.1"],
            "steps": [
                {
                    "code": "publish",
                    "title": "决议公开",
                    "body": "villagers_committee",
                    "phase": "public",
                    "since": "2026-03-18",
                    "until": "2026-03-25",
                    "meets_on": None,
                    "outcome": "",
                    "open_objections": 0,
                    "unsigned": [],
                }
            ],
            "moves": [
                {
                    "kind": "objected",
                    "step": "publish",
                    "by": ["anyone"],
                    "earliest": "2026-03-18",
                    "latest": "2026-03-25",
                    "documents": [],
                    "figures": [],
                    "outcomes": [],
                }
            ],
            "decision": {
                "step": "delegates",
                "on": "2026-03-18",
                "outcome": "passed",
                "title": "村民代表会议决议",
                "figures": {"due": 45, "present": 30, "yes": 16},
                "worked": [],
            },
            "resolution": None,
        },
    ),
    "list_resolutions": Example('curl "$URL/api/v1/resolutions?limit=50"', {"items": [_DECIDED], "next_cursor": None}),
    "read_resolution": Example(
        "curl $URL/api/v1/resolutions/JY-260330-7KQ2M",
        {
            **_DECIDED,
            "record": {
                "pack": "pack:procedure/four_deliberations/1.0",
                "step": "delegates",
                "inputs": {"due": 45, "present": 30, "yes": 16},
            },
        },
    ),
}
