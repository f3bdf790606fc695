"""What the specifications of a multiverse answer: as tables, and as one test for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from biasbench.evidence.comparison import Comparison
from biasbench.evidence.methods import cr3
from biasbench.evidence.rows import Rows
from biasbench.evidence.sufficiency import FEWEST_TO_TEST
from biasbench.evidence.sums import FloatArray
from biasbench.evidence.verdict import judge
from biasbench.explain.influence.people import direction_of
from biasbench.explain.multiverse.curve import JointTest, joint_test
from biasbench.explain.multiverse.specifications import Specification
from biasbench.tables import Direction
from biasbench.tables.multiverses import SPECIFICATION_RANGES, SPECIFICATIONS


@dataclass(frozen=True)
class ShuffledSums:
    """What the joint test shuffles of one specification: sums per row, and whose rows they are."""

    rows: Rows
    numerator: FloatArray
    denominator: FloatArray

    def can_be_tested(self) -> bool:
        """Whether both sides have events and people who differ: whether there is a t."""
        sides = replace(self.rows, numerator=self.numerator, denominator=self.denominator).sides()
        return cr3.compare(*sides).t is not None


@dataclass(frozen=True)
class Answer:
    """What one specification says, or why it says nothing."""

    specification: Specification
    rows: Rows | None  # None: not even rows
    comparison: Comparison | None  # None: not computed
    shuffled: ShuffledSums | None  # None: not in the joint test
    n_excluded: int | None
    people: tuple[int, int] | None
    reason: str | None


def shuffle_all(answers: Sequence[Answer], *, n_resamples: int, seed: int) -> JointTest | None:
    """`curve.joint_test` of every answer with sums to shuffle, in their order; None if none has.

    People are known by their speaker_id, which is one person in every specification.
    """
    tested = [answer.shuffled for answer in answers if answer.shuffled is not None]
    if not tested:
        return None
    names: dict[str, int] = {}
    for sums in tested:
        for person in pd.unique(sums.rows.columns["speaker_id"]):
            names.setdefault(str(person), len(names))
    in_group = np.zeros(len(names), dtype=bool)
    totals = np.zeros((2, len(tested), len(names)))
    for at, sums in enumerate(tested):
        person = sums.rows.columns["speaker_id"].map(names).to_numpy(dtype=np.intp)
        in_group[person] = sums.rows.in_group
        for which, values in enumerate((sums.numerator, sums.denominator)):
            np.add.at(totals[which, at], person, values)
    return joint_test(
        totals[0],
        totals[1],
        in_group,
        kinds=[sums.rows.kind for sums in tested],
        signs=[sign_of(direction_of(sums.rows)) for sums in tested],
        rng=np.random.default_rng(seed),
        n_resamples=n_resamples,
    )


def specification_table(
    answers: Sequence[Answer],
    p_curve: Sequence[float],
    *,
    system: str,
    level: float,
    margins: Mapping[str, float],
) -> pd.DataFrame:
    """SPECIFICATIONS, in the order of a curve.

    By ratio where every row computed has one, else by metric and difference; rows that could not be
    computed come last. `p_curve` has a value per answer, NaN where it is in no joint test.
    """
    table = pd.DataFrame(
        [
            _row(answer, p, system=system, level=level, margins=margins)
            for answer, p in zip(answers, p_curve, strict=True)
        ]
    )
    missing = table["difference"].isna()
    by = ["ratio"] if table.loc[~missing, "ratio"].notna().all() else ["metric", "difference"]
    ordered = table.assign(missing=missing).sort_values(["missing", *by], kind="stable")
    n_computed = int((~missing).sum())
    order = [*range(1, n_computed + 1), *[None] * int(missing.sum())]
    settled = ordered.drop(columns="missing").assign(order=pd.array(order, dtype="Int64"))
    return SPECIFICATIONS.check(settled)


def range_table(table: pd.DataFrame) -> pd.DataFrame:
    """SPECIFICATION_RANGES of a table of specifications, metrics in the order of their names."""
    found = []
    for metric, rows in table.groupby("metric", sort=True):
        computed = rows[rows["difference"].notna()]
        with_interval = computed[computed["difference_low"].notna()]
        apart = (with_interval["difference_low"] > 0) | (with_interval["difference_high"] < 0)
        found.append(
            {
                "metric": metric,
                "n_specifications": len(rows),
                "n_computed": len(computed),
                **_range("difference", computed["difference"]),
                **_range("ratio", computed["ratio"].dropna()),
                "sign_stability": sign_stability(computed),
                "share_decided": apart.mean() if len(with_interval) else np.nan,
            }
        )
    return SPECIFICATION_RANGES.check(pd.DataFrame(found))


def sign_stability(computed: pd.DataFrame) -> float | None:
    """The share of specifications on the side of their median, turned so that above 0 is worse.

    The median is on the side where more than half of them are, so that no unit is needed; at
    half and half it is 0.5, and nothing is stable. None if there is none.

    >>> sign_stability(pd.DataFrame({"difference": [0.1, 0.2, -0.1, 0.3],
    ...                              "direction": "higher is worse"}))
    0.75
    """
    if computed.empty:
        return None
    sign = computed["direction"].map(sign_of)
    turned = np.sign(computed["difference"].to_numpy(dtype=float)) * sign.to_numpy(dtype=float)
    return float(max(np.mean(turned > 0), np.mean(turned < 0)))


def sign_of(direction: Direction) -> int:
    """What turns a difference so that above 0 is worse for the group, where that is known."""
    return -1 if direction == "higher is better" else 1


def _row(
    answer: Answer, p_curve: float, *, system: str, level: float, margins: Mapping[str, float]
) -> dict[str, object]:
    one, rows, found = answer.specification, answer.rows, answer.comparison
    people = answer.people or (None, None)
    direction = "neither" if rows is None else direction_of(rows)
    margin = margins.get(one.metric)
    verdict, reason = None, answer.reason
    if margin is not None:
        verdict, why = _verdict(answer, margin, direction)
        reason = reason or why
    return {
        "order": None,
        "system": system if rows is None else rows.system,
        "variant": one.variant,
        "metric": one.metric,
        "exclusion": one.exclusion,
        "adjustment": one.adjustment,
        "direction": direction,
        "difference": _value(found, "difference"),
        "difference_low": _value(found, "difference_low"),
        "difference_high": _value(found, "difference_high"),
        "ratio": _value(found, "ratio"),
        "ratio_low": _value(found, "ratio_low"),
        "ratio_high": _value(found, "ratio_high"),
        "level": level,
        "p_value": _value(found, "p"),
        "p_curve": p_curve,
        "n_speakers": people[0],
        "n_against": people[1],
        "n_utterances": None if rows is None else len(rows.numerator),
        "n_excluded": answer.n_excluded,
        "verdict": verdict,
        "reason": reason,
    }


def _verdict(answer: Answer, margin: float, direction: Direction) -> tuple[str | None, str | None]:
    found = answer.comparison
    if direction == "neither":
        return None, "no verdict: nobody declared which way of this metric is worse"
    if found is None or found.difference_low is None or answer.people is None:
        return "V-N", None
    if min(answer.people) < FEWEST_TO_TEST:
        return "V-N", None
    return judge(found, margin=margin, direction=direction).code, None


def _value(found: Comparison | None, name: str) -> float:
    value = None if found is None else getattr(found, name)
    return np.nan if value is None else float(value)


def _range(name: str, values: pd.Series) -> dict[str, float]:
    if values.empty:
        return {f"{name}_{end}": np.nan for end in ("smallest", "median", "largest")}
    return {
        f"{name}_smallest": float(values.min()),
        f"{name}_median": float(values.median()),
        f"{name}_largest": float(values.max()),
    }
