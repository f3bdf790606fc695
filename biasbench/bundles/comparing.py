"""Two findings.json, value by value: every difference, by its place.

Texts, codes and whole numbers must be equal; other numbers to one part in 10⁸ (findings keep ten
digits, of which the last differ between machines). Numbers inside a sentence are text: a digit
that is printed differs or does not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

#: Relative tolerance of a number, and what counts as zero.
RELATIVE, ABSOLUTE = 1e-8, 1e-12


@dataclass(frozen=True)
class Difference:
    """One value that is not the same: where, what was stored, and what was found again."""

    where: str
    stored: str
    again: str


def differences(stored: object, again: object, where: str = "") -> Iterator[Difference]:
    """Every difference between two JSON values, in the order of the stored one.

    >>> one = {"findings": [{"metric": "wer", "group": "a", "difference": 0.09}]}
    >>> other = {"findings": [{"metric": "wer", "group": "a", "difference": 0.08}]}
    >>> [(d.where, d.stored, d.again) for d in differences(other, one, "findings.json")]
    [('findings.json · findings · wer a · difference', '0.08', '0.09')]
    """
    if isinstance(stored, Mapping) and isinstance(again, Mapping):
        for key in dict.fromkeys([*stored, *again]):
            if key not in stored or key not in again:
                yield _of(where, str(key), stored.get(key), again.get(key), stored, again)
            else:
                yield from differences(stored[key], again[key], _join(where, str(key)))
    elif _is_list(stored) and _is_list(again):
        one, other = list(_items(stored)), list(_items(again))
        if len(one) != len(other):
            yield Difference(_join(where, "length"), str(len(one)), str(len(other)))
        for number, (here, there) in enumerate(zip(one, other, strict=False), start=1):
            yield from differences(here, there, _join(where, _named(here, number)))
    elif not _same(stored, again):
        yield Difference(where, _said(stored), _said(again))


def _of(
    where: str,
    key: str,
    stored: object,
    again: object,
    one: Mapping[str, object],
    other: Mapping[str, object],
) -> Difference:
    return Difference(
        _join(where, key),
        _said(stored) if key in one else "(absent)",
        _said(again) if key in other else "(absent)",
    )


def _same(stored: object, again: object) -> bool:
    if isinstance(stored, bool) or isinstance(again, bool):
        return stored is again
    if isinstance(stored, float | int) and isinstance(again, float | int):
        return math.isclose(stored, again, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    return type(stored) is type(again) and stored == again


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _items(value: object) -> Sequence[object]:
    assert isinstance(value, Sequence)
    return value


def _named(value: object, number: int) -> str:
    """An entry by what it is about, else by its place."""
    if isinstance(value, Mapping):
        parts = [str(value[key]) for key in ("metric", "group", "name") if key in value]
        if parts:
            return " ".join(parts)
    return str(number)


def _join(where: str, key: str) -> str:
    return f"{where} · {key}" if where else key


def _said(value: object) -> str:
    text = str(value)
    return text if len(text) <= 160 else f"{text[:157]}…"
