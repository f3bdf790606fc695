"""What a side is given as, and how it becomes sums of people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd

from biasbench.corpus import Corpus, load_corpus
from biasbench.errors import OptionError, not_found
from biasbench.evidence.intake import MeasuresLike
from biasbench.gates.baselines import (
    Baseline,
    baseline_of,
    is_baseline,
    read_baseline,
    save_baseline,
)
from biasbench.gates.policy import Policy, policy_of
from biasbench.gates.sides import Side, side_of
from biasbench.measures import Measures, measure, read_measures
from biasbench.provenance import Provenance
from biasbench.runs import Run, read_run
from biasbench.tables import MEASURES

if TYPE_CHECKING:
    from biasbench.gates.gating import Given

Role = Literal["baseline", "candidate", "measures"]


def side_from(
    given: Given, policy: Policy, corpus: Corpus | str | Path | None, system: str | None, role: Role
) -> Side | Baseline:
    """The side that the policy asks about, from whatever it was given as.

    Raises what reading it raises, NotFoundError for a metric that is not there and OptionError
    for a baseline of other groups.
    """
    if isinstance(given, str | Path) and not Path(given).is_dir() and is_baseline(given):
        given = read_baseline(given)
    if isinstance(given, Baseline | Side):
        side = given.side if isinstance(given, Baseline) else given
        _check_holds(side, policy, system)
        return given
    source = str(given) if isinstance(given, str | Path) else f"the {role}"
    measures = measures_from(given, policy.metrics, corpus)
    for metric in policy.metrics:
        if metric not in set(measures.table["metric"]):
            raise not_found(f"metric in {source}", metric, set(measures.table["metric"]))
    return side_of(
        measures,
        by=policy.by,
        metrics=policy.metrics,
        system=system,
        source=source,
        option="system" if role == "measures" else f"{role}_system",
    )


def write_baseline(
    given: Given,
    path: str | Path,
    policy: Policy | str | Path,
    *,
    corpus: Corpus | str | Path | None = None,
    system: str | None = None,
    key: str | Path | None = None,
) -> Path:
    """Write the baseline of what is in use, for the metrics and groups of a policy.

    `given` is a table of measures, a run or its folder, as `gate` takes them; `key` a file with
    the key of the pseudonyms, without which they stand on a salt in the file.

    Raises OptionError for a path that is not .json, and what `gate` raises for a wrong table.
    """
    if not is_baseline(path):
        raise OptionError(f"{path}: a baseline is JSON: give a name that ends in .json")
    side = side_from(given, policy_of(policy), corpus, system, "measures")
    if isinstance(side, Baseline):
        raise OptionError(f"{side.side.source}: is a baseline already; give the measures")
    return save_baseline(baseline_of(side, key=key), path)


def measures_from(
    given: MeasuresLike | pd.DataFrame | Run | str | Path,
    metrics: tuple[str, ...],
    corpus: Corpus | str | Path | None,
) -> MeasuresLike:
    """Measures, from a table or from a run on its corpus.

    Raises OptionError for a run without a corpus that is no import.
    """
    if isinstance(given, str | Path) and Path(given).is_dir():
        given = read_run(given)
    if isinstance(given, Run):
        heard = load_corpus(corpus) if isinstance(corpus, str | Path) else corpus
        return measure(given, heard, metrics=list(metrics))
    if isinstance(given, str | Path):
        return read_measures(given)
    if isinstance(given, pd.DataFrame):
        return Measures(MEASURES.check(given, source=MEASURES.name), Provenance())
    return given


def _check_holds(side: Side, policy: Policy, system: str | None) -> None:
    for metric in policy.metrics:
        if metric not in side.metrics:
            raise not_found(f"metric in {side.source}", metric, side.metrics)
    by = ",".join(part.strip() for part in policy.by.split(","))
    if side.by != by:
        raise OptionError(
            f"{side.source}: its groups are by {side.by}, and {policy.source} asks by {by}; write "
            "the baseline anew with this policy: biasbench baseline write"
        )
    if system is not None and system != side.system:
        raise not_found(f"system in {side.source}", system, [side.system])
