"""Calls and answers of sharing. Everything in them is made up (演示数据)."""

from gongzhi.api.example import Example

_OFFER = {
    "number": "GJ0001",
    "kind": "parking",
    "title": "错时共享车位",
    "provider": "柳园物业",
    "place": "PC-1",
    "mode": "mutual",
    "fee": "low",
    "price": "每小时 2 元，当面付",
    "stock": None,
}
_TIME = {"starts_at": "2026-03-19T09:00:00+08:00", "ends_at": "2026-03-19T10:00:00+08:00", "free": True}
_CLAIM = {
    "number": "YY-260318-1A2B7KQ2",
    "offer": "GJ0001",
    "state": "held",
    "starts_at": "2026-03-19T09:00:00+08:00",
    "ends_at": "2026-03-19T10:00:00+08:00",
    "quantity": 1,
}
_NEED = {
    "number": "XY-260318-7KQ2M9",
    "kind": "wish",
    "category": "thing",
    "title": "想要一副老花镜",
    "about": "",
    "place": "PC-1",
    "minutes": None,
    "until": "2026-05-17",
}
EXCHANGE = {
    "list_offers": Example(
        'curl -H "Authorization: Bearer $TOKEN" "$URL/api/v1/offers?place=PC-1"',
        {"items": [_OFFER], "next_cursor": None},
    ),
    "list_times": Example(
        'curl -H "Authorization: Bearer $TOKEN" "$URL/api/v1/offers/GJ0001/times?day=2026-03-19&minutes=60"',
        {"number": "GJ0001", "day": "2026-03-19", "times": [_TIME]},
    ),
    "claim_offer": Example(
        'curl -H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: $KEY" -H "Content-Type: application/json" '
        '-d \'{"starts_at": "2026-03-19T09:00:00+08:00", "minutes": 60}\' "$URL/api/v1/offers/GJ0001/claims"',
        {"items": [_CLAIM]},
    ),
    "list_claims": Example('curl -H "Authorization: Bearer $TOKEN" "$URL/api/v1/claims"', {"items": [_CLAIM]}),
    "list_needs": Example(
        'curl -H "Authorization: Bearer $TOKEN" "$URL/api/v1/needs?place=PC-1"',
        {"items": [_NEED], "next_cursor": None},
    ),
}
