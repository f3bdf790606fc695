"""A synthetic twin: people who never were, drawn so that the published figures are about right.

Whoever holds no person's data can run the whole chain on it: same plan, same columns, as many
people in each group. It is drawn from nothing but what the public report prints – people, value
and interval of each group – so it tells no more than the report does. Groups that are withheld
have no twin. Its findings are not the report's: it is for trying the method, and says so in its
provenance, which marks it synthetic.

The spread between people is read off the interval of the group's value: for a rate, people are
gamma with that coefficient of variation and events Poisson; a mean is normal.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats

from biasbench.errors import InsufficientDataError
from biasbench.evidence import Evidence
from biasbench.measures import Measures
from biasbench.plans import Plan
from biasbench.provenance import Provenance
from biasbench.report.privacy import OVERALL, Privacy
from biasbench.tables import MEASURES, UNKNOWN

_SCORE = "mean_score:"

#: Rows of each person and metric.
_ROWS = 8


def twin_of(evidence: Evidence, plan: Plan, privacy: Privacy, *, seed: int = 0) -> Measures:
    """Synthetic measures in the shape of the real ones."""
    rng = np.random.default_rng(seed)
    scales = json.loads(evidence.provenance.facts().get("scales", "{}"))
    directions = {
        (str(row["system"]), str(row["metric"])): row["direction"]
        for row in evidence.findings.to_dict("records")
    }
    blocks = []
    for row in evidence.groups.to_dict("records"):
        group = str(row["group"])
        if group in (OVERALL, UNKNOWN) or privacy.hides(group) or pd.isna(row["value"]):
            continue
        direction = directions.get((str(row["system"]), str(row["metric"])))
        drawn = _people({str(k): v for k, v in row.items()}, group, direction, plan, rng)
        scale = scales.get(str(row["metric"]).removeprefix(_SCORE))
        if scale is not None:  # a declared scale holds for people who never were, too
            drawn["numerator"] = drawn["numerator"].clip(*scale)
        blocks.append(drawn)
    if not blocks:
        raise InsufficientDataError("every group is withheld: there is nothing to draw a twin from")
    table = pd.concat(blocks, ignore_index=True)
    table = pd.concat([table, *_listened(plan, table, rng)], ignore_index=True)
    facts = {
        "corpus": "twin",
        "corpus_name": "synthetic twin",
        "synthetic": "yes",
        "labels": "synthetic",
        "design": "observational",
        "scales": json.dumps(scales, ensure_ascii=False),
    }
    return Measures(MEASURES.check(table, source="twin"), Provenance().then("load_corpus", facts))


def _people(
    row: Mapping[str, object],
    group: str,
    direction: object,
    plan: Plan,
    rng: np.random.Generator,
) -> pd.DataFrame:
    people, value = int(str(row["n_speakers"])), float(str(row["value"]))
    is_score = str(row["metric"]).startswith(_SCORE)
    error = _standard_error(row, people)
    person = np.repeat(np.arange(people), _ROWS)
    each = max(1.0, float(str(row["denominator"])) / (people * _ROWS))
    if is_score:
        own = rng.normal(value, error * math.sqrt(people), people)[person]
        numerator, denominator = own + rng.normal(0, 1e-3, len(person)), np.ones(len(person))
    else:
        spread = error * math.sqrt(people) / value if value > 0 else 0.0
        own = (
            rng.gamma(1 / spread**2, value * spread**2, people)
            if spread > 0
            else np.full(people, value)
        )
        denominator = np.full(len(person), round(each))
        numerator = np.minimum(rng.poisson(own[person] * denominator), denominator * 5.0)
    table = {
        "system": row["system"],
        "unit_id": [f"{group}-{one}-{at % _ROWS}" for at, one in enumerate(person)],
        "metric": row["metric"],
        "speaker_id": [f"{group}-{one}" for one in person],
        "numerator": numerator,
        "denominator": denominator,
        plan.groups.by: group,
    }
    if isinstance(direction, str) and direction != "undeclared":
        table["direction"] = direction
    return pd.DataFrame(table | _columns(plan, len(person), rng))


def _columns(plan: Plan, n_rows: int, rng: np.random.Generator) -> dict[str, object]:
    """Columns that the plan looks at beside the groups, filled with nothing that means anything."""
    asked = plan.alternatives
    named = [*asked.covariates, *asked.match_on, *asked.factors, *asked.without]
    named += [name for parts in plan.robustness.adjustments.values() for name in parts]
    named += [name for name in (asked.sentence, plan.period) if name]
    named += [plan.pay.period] if plan.pay is not None and plan.pay.period else []
    columns: dict[str, object] = {
        name: rng.integers(1, 4, n_rows).astype(str) for name in dict.fromkeys(named)
    }
    for rating in (asked.rating, None if plan.pay is None else plan.pay.rating):
        if rating:
            columns[rating] = rng.integers(60, 101, n_rows).astype(float)
    for rule in (*plan.exclusions, *plan.robustness.exclusions):
        if rule.values:
            columns[rule.column] = rng.choice([*rule.values, "other"], n_rows)
        else:
            kept = (rule.below or 0.0) + 1.0 if rule.above is None else rule.above - 1.0
            columns[rule.column] = np.full(n_rows, kept)
    return columns


def _listened(plan: Plan, table: pd.DataFrame, rng: np.random.Generator) -> list[pd.DataFrame]:
    """Calls picked at the announced rate, for each rate that the plan looks at."""
    first = table[table["metric"] == table["metric"].iloc[0]]
    known = set(table["metric"])
    return [
        first.assign(
            metric=one.metric,
            numerator=(rng.random(len(first)) < one.announced).astype(float),
            denominator=1.0,
            direction="neither",
        )
        for one in plan.selection
        if one.metric not in known
    ]


def _standard_error(row: Mapping[str, object], people: int) -> float:
    """Half the interval over its quantile of t; 0 where there is no interval."""
    low, high = (float(str(row[end])) for end in ("low", "high"))
    if math.isnan(low) or math.isnan(high) or people < 2:
        return 0.0
    quantile = float(stats.t.ppf((1 + float(str(row["level"]))) / 2, people - 1))
    return (high - low) / (2 * quantile)
