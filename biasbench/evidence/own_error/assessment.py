"""The rule's own error rate: how often it would say "gap" if the groups meant nothing.

    shuffle    people change places between the groups, with all they did; the sizes stay
    redo       the whole rule: gates, family, intervals at the adjusted level, codes
    count      labellings with V-D1 to V-D3, of each comparison and of the family

Shuffling breaks every link between group and figure, and leaves the figures, their spread
between people and their uneven lengths as they are. The share that is still told "gap" is the
rule's false alarms on data like these: a family at 95 % should stay near or below 5 %. It is
not the chance that a finding is false. V-D2 and V-D3 need an interval above 0 and V-D1 one above
the margin, so the margin makes the rule no freer. Sentences, calls or utterances are never
shuffled: those of one person go together, and shuffling them apart certifies any rule that
counts rows as people (the control in tests/evidence/test_own_error.py).

Good (2005), Permutation, Parametric and Bootstrap Tests of Hypotheses, ch. 3. The share has the
exact interval of Clopper & Pearson (1934), Biometrika 26:404–413, for the draws alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import betaincinv

from biasbench.errors import InsufficientDataError, OptionError, TableError, not_found
from biasbench.evidence.intake import Intake, take_in
from biasbench.evidence.methods import cr3
from biasbench.evidence.outcome import Evidence
from biasbench.evidence.own_error.people import People, people_of
from biasbench.evidence.own_error.rule import CODES, Asked, CodeArray, Rule, counts_of, names_of
from biasbench.evidence.rows import MeasuresSource
from biasbench.evidence.sufficiency import FEWEST_TO_TEST
from biasbench.registry import find
from biasbench.tables import REST, Direction
from biasbench.tables.own_error import OWN_ERROR

#: Labellings × people held at once: 2 MB a matrix.
_CHUNK_CELLS = 250_000
#: Marks the random stream of these draws off from those of max-T and of the comparisons.
_STREAM = 0x6F776E
#: Of the Monte-Carlo intervals.
_LEVEL = 0.95

_DISADVANTAGE = ("V-D1", "V-D2", "V-D3")
_ADVANTAGE = ("V-A1", "V-A2", "V-A3")


@dataclass(frozen=True)
class Share:
    """A share of the labellings, with the interval that the number of draws leaves it (95 %)."""

    count: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself."""
        return self.count / self.of


@dataclass(frozen=True)
class OwnError:
    """What the rule says of labels that mean nothing.

    `comparisons` has the columns of tables.own_error.OWN_ERROR, in the order of the findings. The
    shares are of labellings in which *any* comparison of the family was told so.
    """

    comparisons: pd.DataFrame
    any_disadvantage: Share  # V-D1, V-D2 or V-D3
    any_advantage: Share  # V-A1, V-A2 or V-A3
    any_gap: Share  # either
    any_equivalent: Share  # V-E: for information; with no gap it is no error
    n_people: int  # who changed places
    n_comparisons: int  # of the family, with the labels that people have
    n_permutations: int
    seed: int


def own_error(
    measures: MeasuresSource,
    evidence: Evidence,
    *,
    metrics: Sequence[str] | None = None,
    n_permutations: int = 1000,
    seed: int = 0,
) -> OwnError:
    """Shuffle people between the groups, and count what the rule of `evidence` would have said.

    Parameters
    ----------
    measures
        The table that `evidence` was made from.
    evidence
        Whose question it is: groups, margins, level, gates.
    metrics
        Those that made one family, where `evidence` holds several; all if None.
    n_permutations, seed
        How many labellings, and from which draws.

    Raises
    ------
    OptionError
        The intervals were made by a method that this does not redo, or an argument is wrong.
    TableError
        The rule, redone on these measures, does not say what `evidence` says: it was made from
        another table.
    InsufficientDataError
        No speaker labels, or no comparison with people enough for any verdict.

    Examples
    --------
    >>> from biasbench.evidence import assess
    >>> people = [f"p{number:02}" for number in range(24)]
    >>> table = pd.DataFrame({
    ...     "system": "asr:scripted", "unit_id": people, "metric": "wer", "speaker_id": people,
    ...     "numerator": [30 + n % 7 for n in range(12)] + [12 + n % 5 for n in range(12)],
    ...     "denominator": 200.0, "accent": ["b"] * 12 + ["a"] * 12})
    >>> found = own_error(table, assess(table, by="accent", margin=0.03), n_permutations=500)
    >>> found.any_gap.count, found.any_gap.of, found.n_people
    (25, 500, 24)
    >>> found.comparisons[["group", "n_disadvantage", "n_undecided", "rate"]]
      group  n_disadvantage  n_undecided   rate
    0     a              17          475  0.034
    1     b               8          475  0.016
    """
    settings = evidence.settings
    if getattr(find("evidence.methods", settings.method), "INTERVAL", None) != cr3.INTERVAL:
        raise OptionError(
            f"method='{settings.method}': the own error rate is that of the rule on CR3 intervals; "
            "assess with method='cr3' or 'permutation'"
        )
    if n_permutations < 1 or seed < 0:
        raise OptionError(
            f"n_permutations={n_permutations}, seed={seed}: give at least 1, and a seed from 0 on"
        )
    wanted = _metrics(metrics, settings.metrics)
    intake = take_in(measures, by=settings.by, metrics=wanted)
    if intake.speaker is None:
        raise InsufficientDataError(
            "no speaker labels: people cannot change places where nobody knows who speaks"
        )
    rows = evidence.findings[evidence.findings["metric"].isin(wanted)].reset_index(drop=True)
    people = people_of(intake, settings.conditions)
    asked = _asked(intake, people, evidence, rows)
    known = [intake.groups.index(name) for name in intake.known]
    rule = Rule(
        people,
        asked,
        against_rest=settings.against == REST,
        known=known,
        level=settings.level,
        audience=settings.audience,
    )
    _check_same(rule.codes(people.group[None]), rows)
    tested = [
        one
        for one, row in zip(asked, rows.to_dict("records"), strict=True)
        if min(row["n_speakers"], row["n_against"]) >= FEWEST_TO_TEST
    ]
    if not tested:
        raise InsufficientDataError(
            f"no comparison has {FEWEST_TO_TEST} people on each side: the rule gives no verdict, "
            "so that it cannot give a wrong one"
        )
    standing = sorted({code for one in tested for code in (one.group, *one.others)})
    movable = np.isin(people.group, standing)
    codes = np.concatenate(
        [rule.codes(labels) for labels in _relabelled(people.group, movable, n_permutations, seed)],
        axis=1,
    )
    return OwnError(
        comparisons=_table(rows, codes),
        any_disadvantage=_share(_told(codes, _DISADVANTAGE)),
        any_advantage=_share(_told(codes, _ADVANTAGE)),
        any_gap=_share(_told(codes, (*_DISADVANTAGE, *_ADVANTAGE))),
        any_equivalent=_share(_told(codes, ("V-E",))),
        n_people=int(movable.sum()),
        n_comparisons=int(rows["n_comparisons"].iloc[0]),
        n_permutations=n_permutations,
        seed=seed,
    )


def clopper_pearson(count: int, of: int, *, level: float = _LEVEL) -> tuple[float, float]:
    """The exact interval of a share.

    >>> low, high = clopper_pearson(43, 1000)
    >>> round(low, 4), round(high, 4)
    (0.0313, 0.0575)
    """
    tail = (1 - level) / 2
    low = 0.0 if count == 0 else float(betaincinv(count, of - count + 1, tail))
    high = 1.0 if count == of else float(betaincinv(count + 1, of - count, 1 - tail))
    return low, high


def _metrics(metrics: Sequence[str] | None, known: Sequence[str]) -> list[str]:
    if metrics is None:
        return list(known)
    if isinstance(metrics, str) or not metrics:
        raise OptionError(f"metrics={metrics!r}: give a list of names, such as ['wer']")
    for name in metrics:
        if name not in known:
            raise not_found("metric in the evidence", name, known)
    return list(dict.fromkeys(metrics))


def _asked(intake: Intake, people: People, evidence: Evidence, rows: pd.DataFrame) -> list[Asked]:
    """Every comparison of the findings, in their order."""
    place = {(cell.system, cell.metric): number for number, cell in enumerate(intake.cells)}
    code = {name: number for number, name in enumerate(intake.groups)}
    asked = []
    for row in rows.to_dict("records"):
        system, metric = str(row["system"]), str(row["metric"])
        group, against = str(row["group"]), str(row["against"])
        if (system, metric) not in place or not {group, against} <= {*intake.known, REST}:
            raise _other_table(f"{metric} of {system}, '{group}' against '{against}'", "not there")
        others = set(intake.known) - {group} if against == REST else {against}
        direction = str(row["direction"])
        cell = place[system, metric]
        here = {intake.groups[at] for at in people.group[people.denominator[cell] > 0]}
        asked.append(
            Asked(
                cell=cell,
                group=code[group],
                others=tuple(sorted(code[name] for name in others)),
                kind=intake.cells[cell].kind,
                margin=evidence.settings.margins[metric],
                direction=None if direction == "undeclared" else cast(Direction, direction),
                is_refused=_is_refused(
                    evidence, system, metric, {group, *(others & here or others)}
                ),
            )
        )
    return asked


def _is_refused(evidence: Evidence, system: str, metric: str, groups: set[str]) -> bool:
    """Whether a gate on the sources of the data fails, which no labelling changes."""
    facts = evidence.settings.data_facts
    if facts is None:
        return False
    return bool(facts.failed_gates(system=system, metric=metric, groups=sorted(groups)))


def _check_same(codes: CodeArray, rows: pd.DataFrame) -> None:
    """Refuse where the rule redone does not say what the evidence says."""
    for row, code in zip(rows.to_dict("records"), names_of(codes[:, 0]), strict=True):
        verdict = None if pd.isna(row["verdict"]) else str(row["verdict"])
        if code != verdict:
            about = f"{row['metric']} of {row['system']}, '{row['group']}' against {row['against']}"
            raise _other_table(about, str(code))


def _other_table(about: str, here: str) -> TableError:
    return TableError(
        f"measures: {about}: the verdict here is {here}, and another one in the evidence; give "
        "the measures that the evidence was made from"
    )


def _relabelled(
    group: npt.NDArray[np.integer], movable: npt.NDArray[np.bool_], n: int, seed: int
) -> Iterator[npt.NDArray[np.integer]]:
    rng = np.random.default_rng([seed, _STREAM])
    chunk = max(1, _CHUNK_CELLS // len(group))
    for start in range(0, n, chunk):
        labels = np.tile(group, (min(chunk, n - start), 1))
        labels[:, movable] = rng.permuted(labels[:, movable], axis=1)
        yield labels


def _told(codes: CodeArray, wanted: Sequence[str]) -> npt.NDArray[np.bool_]:
    """In which labellings any comparison was told one of these."""
    places = [CODES.index(code) for code in wanted]
    return np.asarray(np.isin(codes, places).any(axis=0))


def _share(told: npt.NDArray[np.bool_]) -> Share:
    count, of = int(told.sum()), len(told)
    return Share(count, of, *clopper_pearson(count, of))


def _table(rows: pd.DataFrame, codes: CodeArray) -> pd.DataFrame:
    found = []
    n = codes.shape[1]
    for row, of_row in zip(rows.to_dict("records"), codes, strict=True):
        counts = counts_of(of_row)
        n_disadvantage = sum(counts[code] for code in _DISADVANTAGE)
        low, high = clopper_pearson(n_disadvantage, n)
        found.append(
            {
                **{name: row[name] for name in OWN_ERROR.key},
                "n_permutations": n,
                "n_disadvantage": n_disadvantage,
                "n_advantage": sum(counts[code] for code in _ADVANTAGE),
                "n_equivalent": counts["V-E"],
                "n_undecided": counts["V-I"],
                "n_insufficient": counts["V-N"],
                "n_unjudged": counts[None],
                "rate": n_disadvantage / n,
                "rate_low": low,
                "rate_high": high,
            }
        )
    return OWN_ERROR.check(pd.DataFrame(found, columns=list(OWN_ERROR.columns)))
