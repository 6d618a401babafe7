"""Every field of a manifest, found by introspection, down to the fields of its parts; and a manifest in which one of them alone is another."""

import dataclasses
import json
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from campaigns.agreement.manifest import Manifest
from campaigns.drafting.letters import Sender

Place = tuple[str | int, ...]
# A value for whatever a field may be: a moment, a word of a closed list, a part, a name and its choices.
OTHERS = (
    "2026-05-20T09:00:00Z",
    "holding line",
    "message",
    "high",
    "ordinary",
    "operational",
    "milestone",
    "ask",
    "better twice",
    {"release": "r", "reference": "ABCD-2345"},
    {"date": ["x"]},
)


def places() -> Iterator[Place]:
    """Every field, and every field of the parts that a field holds: of a list, in its first part."""
    for name, field in Manifest.model_fields.items():
        yield (name,)
        for part in _parts(field.annotation):
            yield from ((name, *((0,) if "list" in str(field.annotation) else ()), inner) for inner in part.model_fields)
    yield from (("sender", key.name) for key in dataclasses.fields(Sender))


def altered(stored: bytes, place: Place) -> bytes:
    """The manifest with another value there and nowhere else, in its canonical form."""
    before = json.loads(stored)["predicate"]
    for other in _candidates(_at(before, place)):
        try:
            bent = Manifest.model_validate(_with(before, place, other)).to_bytes()
        except ValidationError:
            continue
        if bent != stored:
            return bent
    raise AssertionError(f"no other value is known for {place}")


def _parts(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _parts(inner)


def _at(value: Any, place: Place) -> Any:
    for step in place:
        value = value.get(step) if isinstance(value, dict) else value[step]  # a term that says nothing new is not spelt
    return value


def _with(before: Any, place: Place, other: Any) -> Any:
    copy = json.loads(json.dumps(before))
    _at(copy, place[:-1])[place[-1]] = other
    return copy


def _candidates(value: Any) -> Iterator[Any]:
    match value:
        case str():
            yield from (*OTHERS[:9], f"{value}x") if value in OTHERS or value[:4].isdigit() else (f"{value}x", *OTHERS)
        case int():
            yield from (value + 1, value - 1)
        case [_, *rest]:
            yield rest
        case [] | None:
            yield from (["x"], *OTHERS)
        case dict():
            yield from ({**value, "x": ["x"]}, {**value, "x": "x"}, {**value, "x": 1}, *OTHERS, *_inside(value))


def _inside(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for key in value:
        yield from ({**value, key: other} for other in _candidates(value[key]))
