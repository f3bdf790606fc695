"""The analysis plan: every choice that could be made after seeing a result, made before.

What is asked, of which system, about which groups and how people came to be in them; which
comparisons, each with the smallest gap that matters and why; what is left out; what else could
explain a gap; who reads the report and under which law. A plan is a TOML file (`plans.reading`);
`plans.sealing` fixes it with a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from biasbench.evidence.degradation import Worst
from biasbench.evidence.sufficiency import Audience
from biasbench.tables import REST, Direction

#: Whose law the report points to; it says nothing of what follows from it.
Jurisdiction = Literal["fr", "eu", "us"]
#: T1 outputs of the system in use, T2 the same engine on test audio, T3 a stand-in.
Tier = Literal["T1", "T2", "T3"]
#: How people came to be in a group.
Labels = Literal["self", "panel", "corpus", "synthetic"]
#: What a margin rests on (docs/report.md §D): the smallest gap that moves someone across a bonus
#: step; how far two human transcribers or raters disagree; agreed with the other side before.
Anchor = Literal["consequence", "human noise", "agreed"]
#: What is known of a part of the system, and how.
Known = Literal["observed", "documented", "declared", "unknown"]
Modality = Literal["voice", "text", "mixed", "unknown"]

#: The parts of such a system, in the order in which a call runs through them.
STAGES = ("audio", "transcript", "keywords and tone", "prompt and score", "threshold", "pay")


@dataclass(frozen=True)
class Mandate:
    """Who asked for the report, who pays for it, who made it, and with what interests.

    `case` is the number of the file; `uses` are the uses of the system that were found (coaching,
    bonus, order of lay-offs …), each as it was declared.
    """

    case: str = ""
    requester: str = ""
    payer: str = ""
    expert: str = ""
    interests: str = ""
    contact: str = ""
    organisation: str = ""
    questions: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()


@dataclass(frozen=True)
class SystemPart:
    """One part of the system: what is known of it, how, and what goes into it."""

    stage: str
    known: Known = "unknown"
    modality: Modality = "unknown"
    note: str = ""


@dataclass(frozen=True)
class PlannedSystem:
    """The system as the plan declares it; empty text where the run says it itself."""

    name: str = ""
    tier: Tier | None = None
    version: str = ""
    period: str = ""
    differences: str = ""
    parts: tuple[SystemPart, ...] = ()


@dataclass(frozen=True)
class Groups:
    """The groups, the other side, and how people were labelled.

    `merged` gives a new group the groups that it is made of: small ones are joined before any
    result, never after.
    """

    by: str
    against: str = REST
    compare: tuple[str, ...] | None = None
    merged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    labels: Labels | None = None
    question: str = ""
    n_raters: str = ""
    agreement: str = ""

    def joined(self, group: str) -> str:
        """The group that a label goes into; itself, if it is not merged."""
        return next((name for name, parts in self.merged.items() if group in parts), group)


@dataclass(frozen=True)
class PlannedMetric:
    """One metric to compare groups on: the smallest gap that matters, and why that one.

    Primary comparisons make the family; a secondary one is exploratory whatever the seal says.
    """

    metric: str
    margin: float
    anchor: Anchor
    why: str
    primary: bool = True
    direction: Direction | None = None


@dataclass(frozen=True)
class Exclusion:
    """Rows left out, by a rule on one column that was fixed before; `why` is printed."""

    name: str
    column: str
    why: str
    values: tuple[str, ...] = ()
    below: float | None = None
    above: float | None = None


@dataclass(frozen=True)
class Cohort:
    """Columns of when people came and at which grade, for paths over the plan's periods."""

    entry: str
    grade: str | None = None


@dataclass(frozen=True)
class Alternatives:
    """What else could explain a gap, each computed; as to `explain.explain_gap`."""

    covariates: tuple[str, ...] = ()
    sentence: str | None = None
    match_on: tuple[str, ...] = ()
    rating: str | None = None
    rating_bins: int | None = None
    factors: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    cohort: Cohort | None = None
    unmeasured: tuple[str, ...] = ()


@dataclass(frozen=True)
class Robustness:
    """The same question under other defensible choices: normalisers, exclusions, adjustments."""

    normalizers: tuple[str, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    adjustments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class PlannedPay:
    """From a score to pay, as to `consequences.follow_to_pay`; `scale` is beside the plan."""

    metric: str
    groups: tuple[str, ...] = ()
    threshold: float | None = None
    period: str | None = None
    scale: str | None = None
    rating: str | None = None
    lowest: float = 0.1


@dataclass(frozen=True)
class PlannedSelection:
    """Recording or listening against an announced rate: `announced` is a share of calls."""

    metric: str
    announced: float
    action: Literal["recorded", "listened to"] = "listened to"


@dataclass(frozen=True)
class PlannedDegradation:
    """The same recordings at several degrees of one degradation, as to `evidence.degradation`.

    `column` holds the degree in `unit`, empty where a recording is untouched; `what` was done, in
    words that the report prints. Where there are untouched recordings, every comparison of the
    plan is of them alone.
    """

    column: str
    unit: str
    what: str
    worst: Worst


@dataclass(frozen=True)
class DataGates:
    """What the data must show before any verdict, beyond the gates that always hold.

    `agreement_least` is held against the agreement of references by group in the record;
    `one_version` asks that version and settings did not change in the period.
    """

    agreement_least: float | None = None
    one_version: bool = True


@dataclass(frozen=True)
class Plan:
    """The whole plan; `source` is its file and `content` the bytes that a seal is about."""

    groups: Groups
    metrics: tuple[PlannedMetric, ...]
    title: str = ""
    lang: Literal["fr", "en"] = "en"
    audience: Audience = "public"
    k: int | None = None
    jurisdiction: Jurisdiction | None = None
    normalizer: str | None = None
    level: float = 0.95
    method: str = "cr3"
    seed: int = 0
    n_resamples: int = 9999
    period: str | None = None
    conditions: tuple[str, ...] | None = None
    mandate: Mandate = field(default_factory=Mandate)
    system: PlannedSystem = field(default_factory=PlannedSystem)
    exclusions: tuple[Exclusion, ...] = ()
    alternatives: Alternatives = field(default_factory=Alternatives)
    robustness: Robustness = field(default_factory=Robustness)
    pay: PlannedPay | None = None
    selection: tuple[PlannedSelection, ...] = ()
    degradations: tuple[PlannedDegradation, ...] = ()
    gates: DataGates = field(default_factory=DataGates)
    source: str = "plan.toml"
    content: bytes = b""

    @property
    def primary(self) -> tuple[PlannedMetric, ...]:
        """The metrics whose comparisons make the family."""
        return tuple(one for one in self.metrics if one.primary)

    @property
    def secondary(self) -> tuple[PlannedMetric, ...]:
        """The metrics that are exploratory."""
        return tuple(one for one in self.metrics if not one.primary)

    def of(self, metric: str) -> PlannedMetric | None:
        """What was planned for a metric; `unfounded_prompt_rate` covers each of its prompts."""
        exact = {one.metric: one for one in self.metrics}
        return exact.get(metric) or exact.get(metric.partition(":")[0])

    def is_primary(self, metric: str) -> bool:
        """Whether a metric's comparisons are of the family."""
        planned = self.of(metric)
        return planned is not None and planned.primary

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the measures that the plan looks at, beside those of the groups."""
        asked, robust = self.alternatives, self.robustness
        named = [*(self.conditions or ()), *asked.covariates, *asked.match_on, *asked.factors]
        named += asked.without
        named += [rule.column for rule in (*self.exclusions, *robust.exclusions)]
        named += [name for parts in robust.adjustments.values() for name in parts]
        named += [name for name in (asked.sentence, asked.rating, self.period) if name]
        named += [one.column for one in self.degradations]
        if asked.cohort is not None:
            named += [name for name in (asked.cohort.entry, asked.cohort.grade) if name]
        if self.pay is not None:
            named += [name for name in (self.pay.period, self.pay.rating) if name]
        return tuple(dict.fromkeys(named))
