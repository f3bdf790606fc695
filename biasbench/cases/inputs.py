"""Everything that a case is computed from: a plan, a record, and what systems put out.

`gather` brings it together, from runs and their corpus or from a table of measures. Whatever is
computed afterwards is computed from these values alone, so that whoever holds them gets the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from biasbench.cases.record import Record, read_record
from biasbench.consequences.bonus import BonusScale, read_scale
from biasbench.errors import OptionError
from biasbench.measures import Measures, measure, read_measures
from biasbench.measures.catalogue import EDIT_METRICS
from biasbench.measures.variants import measure_variants
from biasbench.plans import Plan, Seal, Standing, read_plan, read_seal, standing
from biasbench.plans.sealing import check_unchanged
from biasbench.runs import read_run
from biasbench.tables import read_table

if TYPE_CHECKING:
    from biasbench.corpus import Corpus
    from biasbench.runs import Run


@dataclass(frozen=True)
class Inputs:
    """A plan, its seal, the record, and the measures; what they were measured on, if it is known.

    `variants` are the same measures under other normalisers, by name; `human` is the same scoring
    on human transcripts; `own` a table of person-months. `opened` is when a result could first be
    seen, ISO 8601 in UTC. `other_plans` are those that the other side asked for, by the name of the
    file. `differenced_groups`, and `differenced_blocks` of (system, metric), are what an earlier
    release would give away, and are withheld.
    """

    plan: Plan
    measures: Measures
    opened: str
    seal: Seal | None = None
    record: Record = field(default_factory=Record)
    variants: Mapping[str, Measures] = field(default_factory=dict)
    human: Measures | None = None
    own: pd.DataFrame | None = None
    scale: BonusScale | None = None
    scale_content: bytes = b""
    runs: tuple[Run, ...] = ()
    human_run: Run | None = None
    corpus: Corpus | None = None
    other_plans: Mapping[str, Plan] = field(default_factory=dict)
    differenced_groups: tuple[str, ...] = ()
    differenced_blocks: tuple[tuple[str, str], ...] = ()

    @property
    def standing(self) -> Standing:
        """Whether the plan came before the first look at a result."""
        return standing(self.seal, self.opened)

    @property
    def is_planned(self) -> bool:
        """Whether the report may say that its choices were made before."""
        return self.standing == "before"


def gather(
    plan: Plan | str | Path,
    *,
    opened: str,
    measures: Measures | str | Path | None = None,
    runs: Run | Sequence[Run | str | Path] | str | Path = (),
    corpus: Corpus | None = None,
    human: Run | str | Path | None = None,
    own: pd.DataFrame | str | Path | None = None,
    record: Record | str | Path | None = None,
) -> Inputs:
    """The inputs of a case; `measures`, or `runs` with their corpus (an import brings its own).

    `opened` is the time of this look; the record may declare an earlier one, and the earlier
    holds. The bonus scale is the file beside the plan that the plan names. Raises OptionError where
    both or neither of measures and runs are given, or the plan is not the one that was sealed, and
    whatever reading or measuring raises.
    """
    plan = read_plan(plan) if isinstance(plan, str | Path) else plan
    seal = read_seal(plan.source)
    if seal is not None:
        check_unchanged(plan, seal)
    beside = Path(record).parent if isinstance(record, str | Path) else Path(plan.source).parent
    record = read_record(record) if isinstance(record, str | Path) else record or Record()
    others = {one.plan: read_plan(beside / one.plan) for one in record.exchanges if one.plan}
    listed = _runs(runs)
    if (measures is None) == (not listed):
        raise OptionError(
            "give what the systems put out: a table of measures (--measures), or the runs with "
            "their corpus (--run, --corpus), and not both"
        )
    human_run = read_run(human) if isinstance(human, str | Path) else human
    variants: Mapping[str, Measures] = {}
    human_measures = None
    if measures is None:
        measures = measured([plan, *others.values()], listed, corpus, human_run)
        variants = varied(plan, listed, corpus)
        if human_run is not None and plan.pay is not None:
            human_measures = measure(human_run, corpus, metrics=[plan.pay.metric])
    elif isinstance(measures, str | Path):
        measures = read_measures(measures)
    scale, content = _scale(plan)
    return Inputs(
        plan=plan,
        measures=measures,
        opened=min(opened, record.results_opened or opened),
        seal=seal,
        record=record,
        variants=variants,
        human=human_measures,
        own=read_table(own)[0] if isinstance(own, str | Path) else own,
        scale=scale,
        scale_content=content,
        runs=tuple(listed),
        human_run=human_run,
        corpus=corpus,
        other_plans=others,
    )


def measured(
    plans: Sequence[Plan], runs: Sequence[Run], corpus: Corpus | None, human: Run | None
) -> Measures:
    """What the plans ask for, measured on the runs as the first of them says."""
    metrics = [one.metric for plan in plans for one in plan.metrics]
    metrics += [one.metric for plan in plans for one in plan.selection]
    return measure(
        list(runs),
        corpus,
        metrics=list(dict.fromkeys(metrics)),
        normalizer=plans[0].normalizer,
        human=human,
    )


def varied(plan: Plan, runs: Sequence[Run], corpus: Corpus | None) -> Mapping[str, Measures]:
    """The word errors of the plan under each of its other normalisers; none without a corpus."""
    metrics = [one.metric for one in plan.metrics if one.metric in EDIT_METRICS]
    if corpus is None or not metrics or not plan.robustness.normalizers:
        return {}
    names = plan.robustness.normalizers
    return measure_variants(list(runs), corpus, normalizers=names, metrics=metrics)


def _runs(runs: Run | Sequence[Run | str | Path] | str | Path) -> list[Run]:
    several = list(runs) if isinstance(runs, Sequence) and not isinstance(runs, str) else [runs]
    return [read_run(one) if isinstance(one, str | Path) else one for one in several]


def _scale(plan: Plan) -> tuple[BonusScale | None, bytes]:
    if plan.pay is None or plan.pay.scale is None:
        return None, b""
    path = Path(plan.source).parent / plan.pay.scale
    return read_scale(path), path.read_bytes()
