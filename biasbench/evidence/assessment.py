"""The verb: a measures table in, evidence about groups of people out.

One comparison per system, metric and group: the group against everybody else, or against a
group that the caller appoints. Each has its values, its difference and ratio with intervals that
hold for the whole family at once, and one verdict by a rule that anyone can redo. What the data
cannot decide is said so, with what is missing.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from biasbench.evidence.by_group import groups_table, sums_of_groups
from biasbench.evidence.conclusion import Context, conclude
from biasbench.evidence.conditions import count_conditions, overlaps
from biasbench.evidence.correct import sidak_level
from biasbench.evidence.data_facts import DataFacts, data_facts_asked
from biasbench.evidence.family import answers, count_comparisons, questions
from biasbench.evidence.finding import findings_table
from biasbench.evidence.intake import MeasuresLike, take_in
from biasbench.evidence.joint import shuffle_family
from biasbench.evidence.missingness import missing_table
from biasbench.evidence.options import (
    check_plain_options,
    conditions_asked,
    directions_asked,
    groups_asked,
    margins_asked,
    other_side,
)
from biasbench.evidence.outcome import Evidence, Settings
from biasbench.evidence.sufficiency import Audience
from biasbench.registry import find
from biasbench.tables import CONDITIONS, REST, Direction
from biasbench.tables.grouping import By


def assess(
    measures: MeasuresLike | pd.DataFrame | str | Path,
    *,
    by: By,
    against: str = REST,
    groups: Sequence[str] | None = None,
    metrics: Sequence[str] | None = None,
    margin: float | Mapping[str, float] | None = None,
    level: float = 0.95,
    audience: Audience = "public",
    method: str = "cr3",
    seed: int = 0,
    n_resamples: int = 9999,
    conditions: Sequence[str] | None = None,
    direction: Direction | None = None,
    data_facts: DataFacts | None = None,
) -> Evidence:
    """Compare groups of people on every metric, and say what the data can decide.

    Parameters
    ----------
    measures
        What `measure` gave, or a table of one's own (a DataFrame, or a CSV, TSV, JSONL, Parquet
        or XLSX file) with the columns system, unit_id, metric, speaker_id, numerator,
        denominator, optionally direction, and group columns.
    by
        The column that makes the groups, or several for their intersections: "accent,gender" or
        ["accent", "gender"] makes 'indian × female'. Rows without a label are 'unknown': shown,
        never compared.
    against
        'rest', everybody else whose group is known, or the name of a group; of an intersection,
        'indian × female' or 'indian,female'.
    groups
        Of which groups a comparison was planned, before any result; the family is theirs alone.
        None plans one of every group.
    metrics
        Which metrics; all in the table if None.
    margin
        The smallest difference that matters, decided before and in the metric's own unit (0.03
        is three points of word error rate); a number, or one per metric. Without one there are
        intervals and no verdict.
    level
        Confidence of the whole family of comparisons, as a fraction.
    audience
        'public' gives verdicts from 10 people a side, 'restricted' from 6.
    method
        A file of evidence/methods: 'cr3', 'bootstrap-t', 'permutation', 'bootstrap'.
    seed, n_resamples
        For what is drawn at random: max-T, the omnibus test, and methods that resample.
    conditions
        Columns that are recording conditions; None takes the usual ones that are there (site,
        device, codec, channel, recorder, headset, client, team, sample_rate).
    direction
        Which way is worse, for metrics of which neither the table nor this package knows it.
    data_facts
        What is known of the references, the versions and the origin of the files, and what was
        declared to be enough: further gates before a verdict.

    Raises
    ------
    OptionError, NotFoundError
        An argument is wrong, or names something that is not there.
    TableError
        The table cannot be used: file, row, column, value.
    InsufficientDataError
        `by` makes fewer than two groups. Too few *people* is no error: it is a finding, V-N.

    Examples
    --------
    >>> people = [f"p{number:02}" for number in range(24)]
    >>> table = pd.DataFrame({
    ...     "system": "asr:scripted", "unit_id": people, "metric": "wer", "speaker_id": people,
    ...     "numerator": [30 + n % 7 for n in range(12)] + [12 + n % 5 for n in range(12)],
    ...     "denominator": 200.0, "accent": ["b"] * 12 + ["a"] * 12})
    >>> evidence = assess(table, by="accent", margin=0.03)
    >>> evidence.findings[["group", "difference", "verdict"]].round(3)
      group  difference verdict
    0     a      -0.094    V-A1
    1     b       0.094    V-D1
    """
    check_plain_options(level=level, audience=audience, seed=seed, n_resamples=n_resamples)
    leaf = find("evidence.methods", method)
    intake = take_in(measures, by=by, metrics=metrics)
    name = intake.by
    against = other_side(against, intake.known, name)
    kinds = {cell.metric: cell.kind for cell in intake.cells}
    planned = groups_asked(groups, intake.known, against)
    margins = margins_asked(margin, kinds)
    directions = directions_asked(direction, intake.cells)
    checked = conditions_asked(conditions, intake.table, intake.columns)
    known_facts = data_facts_asked(
        data_facts,
        groups=intake.known,
        metrics=kinds,
        systems=[cell.system for cell in intake.cells],
    )

    sums = [sums_of_groups(cell, intake) for cell in intake.cells]
    asked = questions(sums, intake.known, against, planned)
    p_max_t, omnibus = shuffle_family(intake, asked, seed=seed, n_resamples=n_resamples)
    answered = answers(
        asked,
        intake.cells,
        method=leaf,
        level=level,
        seed=seed,
        n_resamples=n_resamples,
        p_max_t=p_max_t,
    )
    n_comparisons = 0 if intake.speaker is None else count_comparisons(asked)
    counts = count_conditions(
        intake.speaker, intake.group, intake.groups, {name: intake.table[name] for name in checked}
    )
    settings = Settings(
        by=name,
        against=against,
        metrics=tuple(kinds),
        margins=margins,
        level=level,
        adjusted_level=sidak_level(level, n_comparisons),
        audience=audience,
        method=method,
        seed=seed,
        n_resamples=n_resamples,
        n_comparisons=n_comparisons,
        conditions=tuple(checked),
        groups=planned,
        data_facts=known_facts,
    )
    findings = []
    for question, answer in zip(asked, answered, strict=True):
        cell = intake.cells[question.cell]
        context = Context(
            cell=cell,
            settings=settings,
            direction=directions[cell.system, cell.metric],
            overlaps=overlaps(counts, {question.group}, set(question.others)),
        )
        findings.append(conclude(question, answer, context))
    facts = {
        "by": name,
        "against": against,
        **({} if planned is None else {"groups": ",".join(planned)}),
        "unit": "speaker",
        "interval": getattr(leaf, "INTERVAL", method),
        "seed": str(seed),
        "level": f"{level:g}",
        "audience": audience,
        **({} if known_facts is None else known_facts.printed()),
        "biasbench": _version(),
    }
    return Evidence(
        findings=findings_table(findings),
        groups=groups_table(intake, sums, level=level),
        provenance=intake.provenance.then("assess", facts),
        settings=settings,
        conditions=CONDITIONS.check(counts[list(CONDITIONS.columns)], source="conditions"),
        omnibus=omnibus,
        missing=missing_table(intake, asked, level=level),
    )


def _version() -> str:
    # No import statement: the package's surface names rooms that evidence may know nothing of.
    return str(importlib.import_module("biasbench").__version__)
