"""Calls and answers of agreements. Everything in them is made up (演示数据); the areas are those of the source."""

from gongzhi.api.example import Example

_PARTIES = [
    {"organization": "柳园社区居委会", "role": "core", "signed_on": "2026-03-18"},
    {"organization": "基础设施建设中心", "role": "owner", "signed_on": "2026-03-18"},
]
_AGREEMENT = {
    "number": "XY0001",
    "kind": "asset_use",
    "title": "底层商铺无偿使用",
    "place": "LY",
    "state": "running",
    "starts_on": "2026-03-18",
    "ends_on": "2046-03-17",
    "parties": _PARTIES,
}
_LINE = {
    "position": 4,
    "what": "走访",
    "owner": "柳园社区居委会",
    "partners": ["基础设施建设中心"],
    "facet": "",
    "counted": "次",
    "target": 11,
    "total": 11,
    "progress": 100,
    "due_on": "2026-12-31",
    "state": "done",
}
_ASSET = {
    "position": 1,
    "kind": "shop",
    "name": "底层商铺",
    "pieces": 18,
    "area": "2515.74",
    "purpose": "党群服务中心",
    "facet": "party_service",
    "free_until": "2046-03-17",
}
PARTNERSHIPS = {
    "list_agreements": Example(
        'curl -H "Authorization: Bearer $TOKEN" "$URL/api/v1/agreements?state=running"',
        {"items": [_AGREEMENT], "next_cursor": None},
    ),
    "read_agreement": Example(
        'curl -H "Authorization: Bearer $TOKEN" "$URL/api/v1/agreements/XY0001"',
        {**_AGREEMENT, "about": "", "lines": [_LINE], "assets": [_ASSET], "area": "2515.74", "outcome": ""},
    ),
    "record_progress": Example(
        'curl -X POST -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" '
        '-H "Idempotency-Key: 7d1f" -d \'{"on": "2026-03-18", "note": "到小区走访", "amount": 1, '
        '"shows": "gathering:HY-260318-7KQ2M"}\' "$URL/api/v1/agreements/XY0001/lines/4"',
        _LINE,
    ),
}
