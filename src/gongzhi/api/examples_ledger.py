"""Calls and answers of the ledger. Everything in them is made up (演示数据)."""

from gongzhi.api.example import Example

_ACCOUNT = {
    "code": "F001",
    "name": "社区基金",
    "kind": "assets",
    "purpose": "",
    "floor": 0,
    "ceiling": None,
    "balance": 33000000,
}
_FUND = {
    "number": "F001",
    "name": "社区基金",
    "kind": "community_fund",
    "unit": "fen",
    "place": "LY",
    "organization": "柳园社区居委会",
    "opened_on": "2026-01-01",
    "closed_on": None,
    "second_above": 500000,
    "accounts": [_ACCOUNT],
}
_ENTRY = {
    "number": "F001-0007",
    "on": "2026-03-18",
    "movement": "spend_environment",
    "narration": "楼道加装声控灯",
    "amount": 468000,
    "state": "approved",
    "about": "case:GZ-260301-7KQ2M",
    "decision": "",
    "reverses": None,
    "lines": [{"account": "F001-9", "amount": 468000}, {"account": "F001-3", "amount": -468000}],
}
_ROW = {
    "account": "F001",
    "name": "社区基金",
    "kind": "assets",
    "opening": 33000000,
    "more": 0,
    "less": 0,
    "closing": 33000000,
}
LEDGER = {
    "list_funds": Example(
        'curl -H "Authorization: Bearer $TOKEN" "$URL/api/v1/funds"', {"items": [_FUND], "next_cursor": None}
    ),
    "list_entries": Example(
        'curl -H "Authorization: Bearer $TOKEN" "$URL/api/v1/funds/F001/entries?limit=50"',
        {"items": [_ENTRY], "next_cursor": None},
    ),
    "read_statement": Example(
        'curl -H "Authorization: Bearer $TOKEN" "$URL/api/v1/funds/F001/statement?period=2026-Q1"',
        {
            "fund": "F001",
            "unit": "fen",
            "first": "2026-01-01",
            "last": "2026-03-31",
            "opening": 33000000,
            "income": 0,
            "expense": 468000,
            "other": 0,
            "closing": 32532000,
            "entries": 1,
            "rows": [_ROW],
        },
    ),
}
