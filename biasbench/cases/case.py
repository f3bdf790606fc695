"""A case: the inputs, and everything that was computed from them under the plan.

Nothing here is a sentence; `report` says it. What could not be computed is kept with its reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from biasbench.cases.inputs import Inputs
from biasbench.cases.trajectories import Trajectories
from biasbench.consequences.chain import Chain
from biasbench.consequences.selection import Selection
from biasbench.consequences.thresholds import ScoringRates
from biasbench.evidence import Evidence
from biasbench.evidence.degradation import Degradation
from biasbench.evidence.own_error import OwnError
from biasbench.evidence.stability import Stability
from biasbench.explain import Alternatives
from biasbench.explain.multiverse import Multiverse
from biasbench.explain.ratings import RatingGap
from biasbench.measures import Measures
from biasbench.plans import Plan
from biasbench.plans.plan import PlannedDegradation, PlannedSelection

#: A comparison by (system, metric, group): what explanations and robustness are asked about.
Comparison = tuple[str, str, str]


@dataclass(frozen=True)
class Selected:
    """Recording or listening for one group: what was found, or why not."""

    planned: PlannedSelection
    group: str
    found: Selection | None
    refused: str = ""


@dataclass(frozen=True)
class Degraded:
    """One comparison at every degree of one planned degradation."""

    planned: PlannedDegradation
    of: Comparison
    found: Degradation


@dataclass(frozen=True)
class Rerun:
    """The same inputs under the plan that another party asked for."""

    party: str
    plan: Plan
    evidence: Evidence

    @property
    def hash8(self) -> str:
        """The first eight digits of the plan's fingerprint."""
        return hashlib.sha256(self.plan.content).hexdigest()[:8]


@dataclass(frozen=True)
class Refused:
    """Something that the plan asks for and the data cannot bear, with the reason."""

    what: Literal[
        "alternatives",
        "robustness",
        "own error",
        "stability",
        "trajectories",
        "ratings",
        "degradation",
        "scoring rates",
    ]
    about: str
    reason: str


@dataclass(frozen=True)
class Case:
    """What was found under a plan.

    `evidence` holds the primary comparisons and then the secondary ones, each family with its own
    number of comparisons; `measures` are those that were assessed, after joining and leaving out.
    `own_error` is how often the rule would have seen a gap under labels that mean nothing;
    `stability` each primary gap period by period; `trajectories` the paths of both sides among
    people who came alike; `ratings` scores at each human rating; `degradations` how both sides'
    figures fall as recordings get worse, of which `n_degraded` rows are in no comparison;
    `scoring_rates` who stands above the median,
    score by score, where the plan names the law of the United States.
    """

    inputs: Inputs
    measures: Measures
    evidence: Evidence
    excluded: pd.DataFrame
    alternatives: Mapping[Comparison, Alternatives] = field(default_factory=dict)
    robustness: Mapping[Comparison, Multiverse] = field(default_factory=dict)
    chains: tuple[Chain, ...] = ()
    selected: tuple[Selected, ...] = ()
    own_error: OwnError | None = None
    stability: Mapping[Comparison, Stability] = field(default_factory=dict)
    trajectories: Mapping[Comparison, Trajectories] = field(default_factory=dict)
    ratings: Mapping[Comparison, RatingGap] = field(default_factory=dict)
    degradations: tuple[Degraded, ...] = ()
    n_degraded: int = 0
    scoring_rates: tuple[ScoringRates, ...] = ()
    reruns: tuple[Rerun, ...] = ()
    refused: tuple[Refused, ...] = ()

    def is_primary(self, row: Mapping[str, Any]) -> bool:
        """Whether a finding is one of the family."""
        return self.inputs.plan.is_primary(str(row["metric"]))


def comparison_of(row: Mapping[str, Any]) -> Comparison:
    """The comparison that a finding is about."""
    return str(row["system"]), str(row["metric"]), str(row["group"])
