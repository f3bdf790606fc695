"""One question, every alternative explanation that was asked for, one table.

The gap as it is comes first, then what each person's absence does to it, then a row for each
explanation. An explanation that the data cannot answer is a row with its reason, never a missing
one. Intervals hold for each row alone: which of the rows is the finding was decided before, and it
is the first (docs/report.md §F).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict

import pandas as pd

from biasbench.errors import InsufficientDataError
from biasbench.evidence.comparison import Comparison, described
from biasbench.evidence.effective import effective
from biasbench.evidence.methods import cr3
from biasbench.evidence.rows import MeasuresSource, rows_of
from biasbench.evidence.sums import SpeakerSums
from biasbench.explain.adjustment import adjust
from biasbench.explain.decomposition import decompose
from biasbench.explain.influence import leave_one_level_out
from biasbench.explain.matching import match
from biasbench.explain.ratings import score_at_equal_rating
from biasbench.explain.sensitivity import EValue, e_value
from biasbench.explain.sentences import compare_same_sentences
from biasbench.tables import REST, read_table
from biasbench.tables.alternatives import ALTERNATIVES
from biasbench.tables.grouping import By


@dataclass(frozen=True)
class Alternatives:
    """The gap and what else could explain it (table ALTERNATIVES).

    `cautions` are sentences that a reader needs beside the table. `e_value` is None for a mean,
    or where a side has no event.
    """

    system: str
    metric: str
    by: str
    group: str
    against: str
    level: float
    table: pd.DataFrame
    e_value: EValue | None
    cautions: tuple[str, ...]

    @property
    def n_refused(self) -> int:
        """Explanations asked for that the data cannot answer."""
        return int((self.table["difference"].isna() & self.table["note"].notna()).sum())

    @property
    def n_answered(self) -> int:
        """Explanations asked for that have a figure."""
        always = self.table["explanation"].isin(["unadjusted", "without one person"])
        return int((~always & self.table["difference"].notna()).sum())


class _Question(TypedDict):
    """What every explanation is asked about, and at which level."""

    by: By
    group: str
    against: str
    metric: str
    system: str
    level: float


@dataclass(frozen=True)
class _Asked:
    """The question, and where the answers go."""

    measures: MeasuresSource
    question: _Question
    people: tuple[int, int]
    cautions: list[str]

    @property
    def level(self) -> float:
        """Of every interval."""
        return self.question["level"]


Row = dict[str, object]


def explain_gap(
    measures: MeasuresSource,
    *,
    by: By,
    group: str,
    against: str = REST,
    metric: str | None = None,
    system: str | None = None,
    covariates: Sequence[str] = (),
    sentence: str | None = None,
    match_on: Sequence[str] = (),
    rating: str | None = None,
    rating_bins: int | None = None,
    factors: Sequence[str] = (),
    without: Sequence[str] = (),
    level: float = 0.95,
) -> Alternatives:
    """The gap of `group`, and what becomes of it under each explanation asked for.

    Parameters
    ----------
    measures, by, group, against, metric, system, level
        The question, as to `assess`; `metric` and `system` may be left out where there is one.
    covariates
        Columns to hold equal, one at a time and all together (`adjust`).
    sentence
        The column that says which sentence was read (`compare_same_sentences`).
    match_on
        Columns to match rows on, by propensity (`match`).
    rating
        The column of human ratings to compare at (`score_at_equal_rating`).
    rating_bins
        Into how many ranges ratings of many values are cut.
    factors
        Columns that may make the two sides' mix different (`decompose`).
    without
        Columns whose levels (teams, sites) are left out in turn (`leave_one_level_out`).

    Raises
    ------
    TableError, OptionError, NotFoundError
        The table, an option or a column cannot be.
    InsufficientDataError
        There are no speaker labels. What one explanation lacks is a row with its reason.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(2)
    >>> people = np.repeat(np.arange(24), 15)
    >>> errors = rng.poisson(np.where(people < 12, 3.2, 2.0) * rng.gamma(9, 1 / 9, 24)[people])
    >>> table = pd.DataFrame({"system": "asr:scripted", "unit_id": range(360), "metric": "wer",
    ...     "speaker_id": people, "numerator": errors, "denominator": 20.0,
    ...     "accent": np.where(people < 12, "b", "a"), "snr_db": rng.normal(20, 4, 360)})
    >>> found = explain_gap(table, by="accent", group="b", covariates=["snr_db", "device"])
    Traceback (most recent call last):
    biasbench.errors.NotFoundError: no column named 'device'. ...
    >>> found = explain_gap(table, by="accent", group="b", covariates=["snr_db"])
    >>> found.table[["explanation", "of", "n_speakers"]].fillna("").values.tolist()
    [['unadjusted', '', 12], ['without one person', '', 12], ['one covariate', 'snr_db', 12]]
    """
    rows = rows_of(measures, by=by, group=group, against=against, metric=metric, system=system)
    if isinstance(measures, str | Path):  # checked under its name; read once for what follows
        measures, _ = read_table(measures)
    sides = rows.sides()
    asked = _Asked(
        measures=measures,
        question={
            "by": by,
            "group": rows.group,
            "against": rows.against,
            "metric": rows.metric,
            "system": rows.system,
            "level": level,
        },
        people=(sides[0].n_speakers, sides[1].n_speakers),
        cautions=[],
    )
    plain = cr3.compare(*sides, level=level)
    found = [
        _row("unadjusted", None, plain, asked.people, level),
        _without_one(asked, sides),
    ]
    if covariates:
        found += _or_refused("all covariates", covariates, asked, _adjusted(asked, covariates))
    if sentence is not None:
        found += _or_refused("new sentences", [sentence], asked, _sentences(asked, sentence))
    if match_on:
        found += _or_refused("matched", match_on, asked, _matched(asked, match_on))
    if rating is not None:
        found += _or_refused("equal rating", [rating], asked, _rated(asked, rating, rating_bins))
    if factors:
        found += _or_refused("composition", factors, asked, _parts(asked, factors))
    for column in without:
        found += _or_refused("without level", [column], asked, _levels(asked, column))
    table = pd.DataFrame(found, columns=list(ALTERNATIVES.columns), dtype=object)
    return Alternatives(
        system=rows.system,
        metric=rows.metric,
        by=rows.by,
        group=rows.group,
        against=rows.against,
        level=level,
        table=ALTERNATIVES.check(table),
        e_value=e_value(plain.ratio, plain.ratio_low, plain.ratio_high) if plain.ratio else None,
        cautions=tuple(dict.fromkeys(asked.cautions)),
    )


def _row(
    explanation: str,
    of: str | None,
    found: Comparison,
    people: tuple[int, int],
    level: float,
) -> Row:
    return {
        "explanation": explanation,
        "of": of,
        "difference": found.difference,
        "difference_low": found.difference_low,
        "difference_high": found.difference_high,
        "ratio": found.ratio,
        "ratio_low": found.ratio_low,
        "ratio_high": found.ratio_high,
        "level": level,
        "n_speakers": people[0],
        "n_against": people[1],
        "note": found.note if found.difference_low is None else None,
    }


def _or_refused(
    explanation: str, of: Sequence[str], asked: _Asked, answers: Iterator[Row]
) -> list[Row]:
    """The rows of one explanation; where the data cannot answer, one row that says why."""
    try:
        return list(answers)
    except InsufficientDataError as error:
        return [_refused(explanation, ", ".join(of), str(error), asked)]


def _refused(explanation: str, of: str, why: str, asked: _Asked) -> Row:
    nothing = Comparison(None, None, asked.level, "none", note=why)
    return _row(explanation, of, nothing, asked.people, asked.level)


def _without_one(asked: _Asked, sides: tuple[SpeakerSums, SpeakerSums]) -> Row:
    """The range as each person is left out, in place of an interval: it has no level."""
    found = effective(*sides)
    difference, ratio = found.difference_without_one, found.ratio_without_one
    plain = described(*sides, level=asked.level, method="leave one out")
    ranged = replace(
        plain,
        difference_low=None if difference is None else difference.low,
        difference_high=None if difference is None else difference.high,
        ratio_low=None if ratio is None else ratio.low,
        ratio_high=None if ratio is None else ratio.high,
    )
    return _row("without one person", None, ranged, asked.people, asked.level)


def _adjusted(asked: _Asked, covariates: Sequence[str]) -> Iterator[Row]:
    found = adjust(
        asked.measures,
        **asked.question,
        covariates=covariates,
    )
    asked.cautions.extend(found.cautions)
    if any(found.n_left_out):
        kept = found.table[found.table["step"] == "rows kept"].iloc[0]
        people = (int(kept["n_speakers"]), int(kept["n_against"]))
        yield _row("rows kept", ", ".join(covariates), found.kept, people, asked.level)
    steps = found.table[found.table["step"].isin(["one covariate", "all covariates"])]
    for step, gap in zip(steps.to_dict("records"), found.steps, strict=True):
        people = (int(step["n_speakers"]), int(step["n_against"]))
        of = ", ".join(gap.covariates)
        yield _row(str(step["step"]), of, gap.comparison(), people, asked.level)


def _sentences(asked: _Asked, sentence: str) -> Iterator[Row]:
    found = compare_same_sentences(
        asked.measures,
        **asked.question,
        sentence=sentence,
    )
    people = (found.n_speakers, found.n_against)
    yield _row("new sentences", sentence, found.comparison, people, asked.level)
    if found.shared is None:
        yield _refused("shared sentences", sentence, found.reason or "none is shared", asked)
        return
    shared = found.shared
    people = (shared.n_speakers, shared.n_against)
    yield _row("shared sentences", sentence, shared.comparison, people, asked.level)


def _matched(asked: _Asked, on: Sequence[str]) -> Iterator[Row]:
    found = match(
        asked.measures,
        **asked.question,
        on=on,
    )
    people = (found.of_group.n_speakers_kept, found.of_against.n_speakers_kept)
    yield _row("matched", ", ".join(on), found.matched, people, asked.level)
    kept = [f"{side.n_kept} of {side.n_rows}" for side in (found.of_group, found.of_against)]
    text = (
        f"matching kept {kept[0]} rows of {asked.question['group']} and {kept[1]} of the other side"
    )
    if found.largest_imbalance is not None:
        text += f"; the largest standardised difference left is {found.largest_imbalance:.2f}"
    asked.cautions.append(text)


def _rated(asked: _Asked, rating: str, bins: int | None) -> Iterator[Row]:
    found = score_at_equal_rating(
        asked.measures,
        **asked.question,
        rating=rating,
        bins=bins,
    )
    people = (found.n_speakers, found.n_against)
    yield _row("equal rating", rating, found.at_equal_rating, people, asked.level)


def _parts(asked: _Asked, factors: Sequence[str]) -> Iterator[Row]:
    found = decompose(
        asked.measures,
        **asked.question,
        factors=factors,
    )
    asked.cautions.extend(found.cautions)
    for part in found.parts.to_dict("records"):
        is_sum_of_one = part["of"] == "all" and part["component"] == "composition"
        is_empty = part["component"] == "not comparable" and part["value"] == 0
        if part["component"] == "difference" or is_empty or (is_sum_of_one and len(factors) == 1):
            continue
        figure = Comparison(
            None,
            None,
            asked.level,
            found.method,
            difference=float(part["value"]),
            difference_low=_number(part["low"]),
            difference_high=_number(part["high"]),
        )
        people = (found.n_speakers, found.n_against)
        yield _row(str(part["component"]), str(part["of"]), figure, people, asked.level)


def _levels(asked: _Asked, column: str) -> Iterator[Row]:
    found = leave_one_level_out(
        asked.measures,
        **asked.question,
        column=column,
    )
    for row in found.table.to_dict("records"):
        note = None if pd.isna(row["note"]) else str(row["note"])
        left = Comparison(
            None,
            None,
            asked.level,
            "without",
            difference=_number(row["difference"]),
            difference_low=_number(row["difference_low"]),
            difference_high=_number(row["difference_high"]),
            ratio=_number(row["ratio"]),
            ratio_low=_number(row["ratio_low"]),
            ratio_high=_number(row["ratio_high"]),
        )
        people = (int(row["n_speakers"]), int(row["n_against"]))
        of = f"{column}: {row['left_out']}"
        yield {**_row("without level", of, left, people, asked.level), "note": note}


def _number(cell: float) -> float | None:
    return None if pd.isna(cell) else float(cell)
