"""A baseline: the sums of each person, to be committed beside the code that they are a test of.

No audio, no text, no id of a person or of an utterance. What is in the file:

    people    pseudonyms (HMAC-SHA-256), a group each
    metrics   for each: numerator and denominator of each person, how many units have a value and
              how many have none, a digest of the units with a value, pseudonyms of those without
    facts     corpus, normaliser, system, settings: another corpus or normaliser is refused
    key       a salt; or, with a key of one's own, its fingerprint alone
    sha256    of all of it: a sum changed by hand, or a line lost in a merge, is noticed

Sums of persons are personal data even under pseudonyms. With the salt in the file, whoever knows
the ids can find the people; for people who work somewhere, use a key that stays apart (`--key`,
made by `biasbench import --new-key`). The digest guards against accidents and not against
somebody who computes it anew: that is what review of the commit is for.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.evidence.sums import Kind
from biasbench.gates.sides import Metric, PersonSums, Side, under_pseudonyms
from biasbench.runs.exports.people import Pseudonyms, read_key
from biasbench.tables import write_text

#: Written at the top of every baseline; a reader of another form refuses it.
FORM = 1
_ARRAYS = ("numerator", "denominator", "n_units", "n_missing")


@dataclass(frozen=True)
class Baseline:
    """A side under pseudonyms, and what they were made with."""

    side: Side
    salt: str | None  # None: a key of one's own
    key_check: str  # a fingerprint of the salt or key

    def names(self, key: str | Path | None) -> Pseudonyms:
        """What makes the same pseudonyms again.

        Raises OptionError where the baseline needs a key and none, or another, is given.
        """
        if self.salt is not None:
            if key is not None:
                raise OptionError(f"{self.side.source}: was written without a key; leave --key out")
            return Pseudonyms(self.salt.encode())
        if key is None:
            raise OptionError(
                f"{self.side.source}: its pseudonyms were made with a key; give the same file "
                "with --key"
            )
        names = read_key(key, output=None)
        if _check(names) != self.key_check:
            raise OptionError(
                f"{key}: is not the key that {self.side.source} was written with; its people "
                "cannot be found again without it"
            )
        return names


def baseline_of(side: Side, *, key: str | Path | None = None) -> Baseline:
    """The sums of a side, ready to be written; with a key of one's own, or under a new salt."""
    salt = secrets.token_hex(16) if key is None else None
    names = Pseudonyms(salt.encode()) if salt is not None else read_key(key, output=None)
    return Baseline(under_pseudonyms(side, names), salt, _check(names))


def save_baseline(baseline: Baseline, path: str | Path) -> Path:
    """Write it as JSON, a person's place being the same in every list; written whole."""
    if not is_baseline(path):
        raise OptionError(f"{path}: a baseline is JSON: give a name that ends in .json")
    document = _document(baseline)
    document["sha256"] = _digest(document)
    return write_text(path, _lines(document))


def read_baseline(path: str | Path) -> Baseline:
    """A baseline as it was written, or what is wrong with it in one line.

    Raises NotFoundError for a missing file; TableError for one that is cut off, of another form,
    or changed since it was written.
    """
    path = Path(path)
    if not path.is_file():
        raise NotFoundError(f"{path}: no such file")
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise TableError(
            f"{path}: is not a whole baseline ({error}); take it from the repository again, or "
            "write it anew: biasbench baseline write"
        ) from error
    if not isinstance(document, dict) or document.get("biasbench_baseline") != FORM:
        raise TableError(
            f"{path}: is not a baseline of form {FORM}; write one: biasbench baseline write"
        )
    told = document.pop("sha256", None)
    if told != _digest(document):
        raise TableError(
            f"{path}: was changed since it was written (its SHA-256 is not that of its content); "
            "take it from the repository again, or write it anew: biasbench baseline write"
        )
    return _read(document, str(path))


def is_baseline(path: str | Path) -> bool:
    """Whether a file calls itself a baseline, or would be taken for one by its ending.

    >>> is_baseline("old.parquet"), is_baseline("baseline.json")
    (False, True)
    """
    return Path(path).suffix.lower() == ".json"


def _document(baseline: Baseline) -> dict[str, Any]:
    side = baseline.side
    labels = side.groups
    place = {label: code for code, label in enumerate(labels)}
    return {
        "biasbench_baseline": FORM,
        "system": side.system,
        "by": side.by,
        "facts": dict(side.facts),
        "settings": dict(side.settings),
        "salt": baseline.salt,
        "key_check": baseline.key_check,
        "groups": labels,
        "people": list(side.people),
        "group": [place[label] for label in side.group],
        "metrics": _metrics_document(side.metrics),
    }


def _metrics_document(metrics: Mapping[str, Metric]) -> dict[str, Any]:
    """Each metric; one of the same units as an earlier one names it in place of its digests."""
    first: dict[tuple[str, ...], str] = {}
    for name, metric in metrics.items():
        first.setdefault(metric.sums.digest, name)
    return {
        name: _metric_document(metric, first[metric.sums.digest])
        for name, metric in metrics.items()
    }


def _metric_document(metric: Metric, same_units: str) -> dict[str, Any]:
    sums = metric.sums
    return {
        "kind": metric.kind,
        "direction": metric.direction,
        **{name: [_plain(value) for value in getattr(sums, name)] for name in _ARRAYS},
        "digest": list(sums.digest) if same_units == metric.name else same_units,
        "missing": sorted(sums.missing),
    }


def _read(document: Mapping[str, Any], source: str) -> Baseline:
    # The digest says that the content is as we wrote it, so its shape needs no second look.
    labels: Sequence[str] = document["groups"]
    metrics = document["metrics"]
    digests = {name: part["digest"] for name, part in metrics.items()}
    side = Side(
        source=source,
        system=document["system"],
        by=document["by"],
        people=tuple(document["people"]),
        group=tuple(labels[code] for code in document["group"]),
        metrics={
            name: Metric(
                name=name,
                kind=cast(Kind, part["kind"]),
                direction=part["direction"],
                sums=PersonSums(
                    numerator=np.array(part["numerator"], dtype=float),
                    denominator=np.array(part["denominator"], dtype=float),
                    n_units=np.array(part["n_units"], dtype=np.int64),
                    n_missing=np.array(part["n_missing"], dtype=np.int64),
                    digest=_digests(part["digest"], digests),
                    missing=frozenset(part["missing"]),
                ),
            )
            for name, part in metrics.items()
        },
        facts=document["facts"],
        settings=document["settings"],
    )
    return Baseline(side, document["salt"], document["key_check"])


def _digests(own: list[str] | str, of_metric: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(of_metric[own] if isinstance(own, str) else own)


def _check(names: Pseudonyms) -> str:
    return names.of("baseline", "key")[-16:]


def _plain(value: float) -> float | int:
    """A number as short as it can be: counts without a point.

    >>> _plain(12.0), _plain(0.5)
    (12, 0.5)
    """
    return int(value) if float(value).is_integer() else float(value)


def _digest(document: Mapping[str, Any]) -> str:
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _lines(document: Mapping[str, Any]) -> str:
    """A key a line, so that a diff shows what changed and no line is endless for nothing."""

    def one(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    lines = []
    for key, value in document.items():
        if key != "metrics":
            lines.append(f" {one(key)}: {one(value)}")
            continue
        metrics = [
            f"  {one(name)}: {{\n"
            + ",\n".join(f"   {one(field)}: {one(content)}" for field, content in part.items())
            + "\n  }"
            for name, part in value.items()
        ]
        lines.append(' "metrics": {\n' + ",\n".join(metrics) + "\n }")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def same_key(one: Baseline, other: Baseline) -> bool:
    """Whether two baselines call one person by one name."""
    return hmac.compare_digest(one.key_check, other.key_check)
