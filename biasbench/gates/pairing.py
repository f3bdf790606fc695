"""Two sides brought together: the same people on the same units, and what one of them lost.

Two tables are paired unit by unit: what only one of them has a value for is in neither sum. With
a baseline there are sums alone, and a person of whom the candidate lost a unit cannot be set
against their sums: they are left out, and counted. Either way what was lost is held to the
policy, since leaving out what a model failed on, and saying nothing, would flatter it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from biasbench.errors import OptionError, TableError
from biasbench.evidence.sums import FloatArray, Kind, sums_by_code
from biasbench.gates.baselines import Baseline, same_key
from biasbench.gates.policy import Policy
from biasbench.gates.sides import COMPARED, IntArray, Metric, Side, under_pseudonyms

BoolArray = npt.NDArray[np.bool_]

_ANEW = "give the baseline that belongs to it, or write the baseline anew and say why in the commit"
_OR_UNPAIRED = (
    f'{_ANEW}, or, where other people or recordings are meant, write corpora = "any" in the policy'
)


@dataclass(frozen=True)
class Paired:
    """One metric of people heard by both; arrays of shape (n_people,), of the baseline's people."""

    name: str
    kind: Kind
    direction: str | None
    group: npt.NDArray[np.object_]
    before: FloatArray  # Σ numerator on the units that both have
    after: FloatArray
    denominator: FloatArray
    here: BoolArray  # who is in the comparison
    n_had: IntArray  # units with a value in the baseline
    n_lost: IntArray  # of those, units without one in the candidate
    n_only_after: int  # units that the candidate alone has


def on_one_form(
    baseline: Side | Baseline, candidate: Side | Baseline, key: str | None
) -> tuple[Side, Side]:
    """Both sides with their units, or both without and under the same pseudonyms."""
    if isinstance(baseline, Side) and isinstance(candidate, Side):
        return baseline, candidate
    if isinstance(baseline, Baseline) and isinstance(candidate, Baseline):
        if not same_key(baseline, candidate):
            raise OptionError(
                f"{baseline.side.source} and {candidate.side.source}: were written under "
                "different keys, so that nobody in one can be found in the other; write both with "
                "the same --key, or give the table of one of them"
            )
        return baseline.side, candidate.side
    if isinstance(baseline, Baseline):
        assert isinstance(candidate, Side)
        names = baseline.names(key)
        lacking = {name: one.sums.missing for name, one in baseline.side.metrics.items()}
        return baseline.side, under_pseudonyms(candidate, names, lacking)
    assert isinstance(candidate, Baseline)
    lacking = {name: one.sums.missing for name, one in candidate.side.metrics.items()}
    return under_pseudonyms(baseline, candidate.names(key), lacking), candidate.side


def check_comparable(before: Side, after: Side, policy: Policy) -> list[str]:
    """Raise TableError where a change would not be the model's; what cannot be known is returned.

    Corpus, normaliser and decoding settings must be the same, as far as both sides say them.
    """
    notes = []
    for fact, what in COMPARED.items():
        was, is_now = before.facts.get(fact), after.facts.get(fact)
        if was is None and is_now is None:
            continue
        if was is None or is_now is None:
            silent = before.source if was is None else after.source
            notes.append(f"{silent} does not say its {what}: it is taken to be that of the other")
        elif was != is_now and not (fact == "corpus" and policy.corpora == "any"):
            way_out = f"{_ANEW}"
            if fact == "corpus":
                way_out += '; where other recordings are meant, write corpora = "any" in the policy'
            raise TableError(
                f"{before.source}: the {what} is {was}, and that of {after.source} is {is_now}; a "
                f"change between them would not be the model's: {way_out}"
            )
    if policy.options == "same":
        for name in sorted(before.settings.keys() & after.settings.keys()):
            was, is_now = before.settings[name], after.settings[name]
            if was != is_now:
                raise TableError(
                    f"{before.source}: decoded with {name}={was}, and {after.source} with "
                    f"{name}={is_now}; {_ANEW}; where settings are part of the swap, write "
                    'options = "any" in the policy'
                )
    if before.by != after.by:
        raise TableError(
            f"{before.source}: its groups are by {before.by}, and those of {after.source} by "
            f"{after.by}; {_ANEW}"
        )
    return notes


def pair(before: Side, after: Side, metric: str, *, anew: str = _OR_UNPAIRED) -> Paired:
    """The metric of both sides, person by person, in the order of the baseline's people.

    Raises TableError where a person stands in another group, or what was said differs; where
    people or recordings are not the same, `anew` says what to do.
    """
    place = {name: code for code, name in enumerate(after.people)}
    there = np.array([place.get(name, -1) for name in before.people], dtype=np.int64)
    if not (there >= 0).any():
        raise TableError(f"{after.source}: nobody of {before.source} is in it; {anew}")
    labels = np.array(before.group, dtype=object)
    for code in np.flatnonzero(there >= 0):
        if after.group[there[code]] != before.group[code]:
            raise TableError(
                f"{after.source}: a person who is '{before.group[code]}' in {before.source} is "
                f"'{after.group[there[code]]}' here ({before.by}); groups must be the same in both"
            )
    old, new = before.metrics[metric], after.metrics[metric]
    if old.direction is not None and new.direction is not None and old.direction != new.direction:
        raise TableError(
            f"{after.source}: {metric} is '{new.direction}', and was '{old.direction}'"
        )
    if old.rows is not None and new.rows is not None:
        return _by_unit(before, after, old, new, labels, anew)
    return _by_person(before, after, old, new, labels, there, anew)


def _by_unit(
    before: Side,
    after: Side,
    old: Metric,
    new: Metric,
    labels: npt.NDArray[np.object_],
    anew: str,
) -> Paired:
    assert old.rows is not None
    assert new.rows is not None
    place = {unit: row for row, unit in enumerate(new.rows.unit)}
    row = np.array([place.get(unit, -1) for unit in old.rows.unit], dtype=np.int64)
    found = row >= 0
    if not found.any():
        raise TableError(f"{after.source}: no unit of {before.source} is in it; {anew}")
    speaker = np.array(before.people, dtype=object)[old.rows.person]
    other_speaker = np.array(after.people, dtype=object)[new.rows.person[row]]
    if (swapped := found & (speaker != other_speaker)).any():
        unit = old.rows.unit[int(swapped.argmax())]
        raise TableError(
            f"{after.source}: unit '{unit}' is of another person than in {before.source}; both "
            "models must have heard the same recordings of the same people"
        )
    denominator = np.where(found, new.rows.denominator[row], np.nan)
    numerator = np.where(found, new.rows.numerator[row], np.nan)
    had = ~np.isnan(old.rows.denominator)
    both = had & ~np.isnan(denominator)
    differs = both & ~np.isclose(old.rows.denominator, denominator, rtol=1e-9, atol=0)
    if differs.any():
        at = int(differs.argmax())
        raise TableError(
            f"{after.source}: {old.name} of unit '{old.rows.unit[at]}': the denominator is "
            f"{denominator[at]:g}, and {old.rows.denominator[at]:g} in {before.source}; score both "
            "models against the same references with the same normaliser"
        )
    n = len(before.people)
    person = old.rows.person
    sums = sums_by_code(person[both], old.rows.numerator[both], denominator[both], n_codes=n)
    later = sums_by_code(person[both], numerator[both], denominator[both], n_codes=n)
    return Paired(
        name=old.name,
        kind=_kind(old, new),
        direction=old.direction or new.direction,
        group=labels,
        before=sums.numerator,
        after=later.numerator,
        denominator=sums.denominator,
        here=sums.n_rows > 0,
        n_had=np.bincount(person[had], minlength=n),
        n_lost=np.bincount(person[had & ~both], minlength=n),
        n_only_after=int(
            np.count_nonzero(~np.isnan(new.rows.denominator)) - np.count_nonzero(both)
        ),
    )


def _by_person(
    before: Side,
    after: Side,
    old: Metric,
    new: Metric,
    labels: npt.NDArray[np.object_],
    there: IntArray,
    anew: str,
) -> Paired:
    known = there >= 0
    if len(after.people) > int(known.sum()):
        raise TableError(
            f"{after.source}: {len(after.people) - int(known.sum())} of its people are not in "
            f"{before.source}; {anew}"
        )
    n_had = old.sums.n_units
    n_has = np.where(known, new.sums.n_units[there], 0)
    same = np.array(
        [at >= 0 and old.sums.digest[code] == new.sums.digest[at] for code, at in enumerate(there)]
    )
    if (~same & (n_has >= n_had) & (n_has > 0)).any():
        raise TableError(
            f"{after.source}: a person's recordings are not those of {before.source}; {anew}"
        )
    differs = same & ~np.isclose(
        old.sums.denominator, new.sums.denominator[there], rtol=1e-9, atol=0
    )
    if differs.any():
        at = int(differs.argmax())
        raise TableError(
            f"{after.source}: {old.name}: a person's denominator is "
            f"{new.sums.denominator[there[at]]:g}, and {old.sums.denominator[at]:g} in "
            f"{before.source}; score both models against the same references with the same "
            "normaliser"
        )
    here = same & (n_had > 0)
    return Paired(
        name=old.name,
        kind=_kind(old, new),
        direction=old.direction or new.direction,
        group=labels,
        before=np.where(here, old.sums.numerator, 0.0),
        after=np.where(here, new.sums.numerator[there], 0.0),
        denominator=np.where(here, old.sums.denominator, 0.0),
        here=here,
        n_had=n_had,
        n_lost=np.maximum(n_had - n_has, 0),
        n_only_after=0,
    )


def _kind(old: Metric, new: Metric) -> Kind:
    return "mean" if "mean" in (old.kind, new.kind) else "rate"
