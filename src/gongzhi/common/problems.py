"""The shape of an error of the interface, and the statuses that an endpoint may answer with."""

from ninja import Schema


class Problem(Schema):
    """RFC 9457 problem details with a stable `code`."""

    type: str
    title: str
    status: int
    detail: str
    code: str


PROBLEMS: dict[int, type[Schema]] = dict.fromkeys((400, 401, 403, 404, 409, 422, 429), Problem)
