"""The OpenAPI document: errors under their own media type, an example for every answer, who needs a token."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gongzhi.api.examples import EXAMPLES

_PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}
Document = dict[str, Any]


def finished(document: Document, *, bodies: Document) -> Document:
    """What ninja wrote, made whole: bodies that are read by hand, the token, examples, problems' media type."""
    document["components"].setdefault("schemas", {}).update(bodies)
    document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    for _, _, operation in operations(document):
        operation["responses"] = {str(status): response for status, response in operation["responses"].items()}
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                _add_example(operation["operationId"], response)
            else:
                response["content"] = {"application/problem+json": _PROBLEM}
    return document


def _add_example(operation_id: str, response: Document) -> None:
    example = EXAMPLES.get(operation_id)
    for content in response.get("content", {}).values():
        if example:
            content["example"] = example.answer


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    """(path, method, operation) of every endpoint, in the order of the document."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


@dataclass(frozen=True)
class Row:
    """One parameter or field, for the page."""

    name: str
    kind: str
    required: bool
    words: str


@dataclass(frozen=True)
class Endpoint:
    """One endpoint as the page shows it."""

    anchor: str
    method: str
    path: str
    words: str
    public: bool
    parameters: list[Row]
    body: list[Row]
    answer: list[Row]
    status: str
    problems: list[str]
    call: str
    example: str


def endpoints(document: Document) -> list[Endpoint]:
    return [_endpoint(document, *found) for found in operations(document)]


def _endpoint(document: Document, path: str, method: str, operation: Document) -> Endpoint:
    status = next(code for code in operation["responses"] if code.startswith("2"))
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    answer = operation["responses"][status].get("content", {}).get("application/json", {}).get("schema", {})
    example = EXAMPLES[operation["operationId"]]
    return Endpoint(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        words=operation.get("description", ""),
        public=_is_public(operation),
        parameters=[_row(p["name"], p["schema"], p) for p in operation.get("parameters", [])],
        body=_fields(document, body),
        answer=_fields(document, answer),
        status=status,
        problems=[code for code in operation["responses"] if not code.startswith("2")],
        call=example.call,
        example=json.dumps(example.answer, ensure_ascii=False, indent=2),
    )


def _is_public(operation: Document) -> bool:
    """Whether it may be called without a token."""
    wanted = operation.get("security")
    return wanted is not None and (not wanted or {} in wanted)


def _fields(document: Document, schema: Document) -> list[Row]:
    schema = _resolved(document, schema)
    required = schema.get("required", [])
    return [
        _row(name, field, {"required": name in required, "description": _words(document, field)})
        for name, field in schema.get("properties", {}).items()
    ]


def _words(document: Document, field: Document) -> str:
    return str(field.get("description") or _resolved(document, field).get("description") or "")


def _resolved(document: Document, schema: Document) -> Document:
    if "$ref" not in schema:
        return schema
    found: Document = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _row(name: str, schema: Document, about: Document) -> Row:
    words = about.get("description") or schema.get("description") or ""
    return Row(name, _kind(schema), bool(about.get("required")), f"{words} {_limits(schema)}".strip())


def _kind(schema: Document) -> str:
    """string, integer, Point, TimelineStep[], string | null."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " | ".join(_kind(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"{_kind(schema['items'])}[]"
    return str(schema.get("format") or schema.get("type", ""))


_LIMITS = {"minLength": "≥ {} 字", "maxLength": "≤ {} 字", "minimum": "≥ {}", "maximum": "≤ {}", "default": "= {}"}


def _limits(schema: Document) -> str:
    said = [shown.format(schema[key]) for key, shown in _LIMITS.items() if schema.get(key) not in (None, "")]
    if "enum" in schema:
        said.append(" · ".join(str(value) or "“”" for value in schema["enum"]))
    return f"({', '.join(said)})" if said else ""
