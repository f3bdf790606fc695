"""The verb: a case's inputs in, everything that its plan asks for out.

prepare        groups joined, rows left out, counted
assess         the primary comparisons as one family, the secondary ones as another
explain_gap    what else could explain each primary gap
multiverse     each primary comparison under the other choices of the plan
follow_to_pay  from the score to pay
selection      recording and listening against the announced rate
own_error      how often the rule would have seen a gap under labels that mean nothing
stability      each primary gap period by period
degradation    both sides of each primary comparison as recordings get worse
scoring_rates  who stands above the median of all, in a US report
rerun          the comparisons that the other side asked for, on the same measures

Explanations and robustness take the level of the family's own intervals, so that their first row
is the finding itself. The same inputs give the same case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from biasbench.cases.case import (
    Case,
    Comparison,
    Degraded,
    Refused,
    Rerun,
    Selected,
    comparison_of,
)
from biasbench.cases.inputs import Inputs
from biasbench.cases.preparation import left_out, numbered, people_of, prepare, untouched
from biasbench.cases.record import Record
from biasbench.cases.trajectories import Trajectories, trajectories
from biasbench.consequences import follow_to_pay
from biasbench.consequences.bonus.scenarios import PayRefusal, is_established
from biasbench.consequences.chain import Chain
from biasbench.consequences.selection import selection
from biasbench.consequences.thresholds import ScoringRates, median_scoring_rates
from biasbench.errors import InsufficientDataError, not_found
from biasbench.evidence import Evidence, assess
from biasbench.evidence.data_facts import DataFacts
from biasbench.evidence.degradation import degradation
from biasbench.evidence.own_error import OwnError, own_error
from biasbench.evidence.stability import Stability, stability
from biasbench.explain import Alternatives, explain_gap
from biasbench.explain.multiverse import Multiverse, multiverse
from biasbench.explain.ratings import RatingGap, score_at_equal_rating
from biasbench.measures import Measures
from biasbench.measures.catalogue import EDIT_METRICS, KEYWORD_METRICS
from biasbench.plans import Plan
from biasbench.plans.plan import PlannedMetric

Finding = Mapping[str, Any]

_SCORES = "mean_score:"
#: Metrics whose value rests on what people wrote down.
_OF_REFERENCES = (*EDIT_METRICS, *KEYWORD_METRICS, "unfounded_prompt_rate")

#: How often the curve of all other choices is shuffled; it tests nothing that the verdict reads.
_RESAMPLES_OF_CURVE = 999


def examine(inputs: Inputs) -> Case:
    """Everything that the plan asks for, computed.

    Raises NotFoundError for a planned metric, group or column that the measures do not have: a
    planned comparison is never dropped. What the data cannot bear is in `Case.refused`.
    """
    plan = inputs.plan
    human = None if inputs.human is None else inputs.human.table
    people = people_of(inputs.measures.table, human, inputs.own)
    prepared = prepare(inputs.measures, plan, people)
    measures = prepared.measures
    evidence = _assessed(measures, plan, inputs.record)
    asked = _Asked(inputs, measures, evidence, people)
    return Case(
        inputs=inputs,
        measures=measures,
        evidence=evidence,
        excluded=prepared.excluded,
        alternatives=asked.alternatives(),
        robustness=asked.robustness(),
        chains=asked.chains(),
        selected=asked.selected(),
        own_error=asked.own_error(),
        stability=asked.stability(),
        trajectories=asked.trajectories(),
        ratings=asked.ratings(),
        degradations=asked.degradations(prepared.at_all_degrees),
        n_degraded=prepared.n_degraded,
        scoring_rates=asked.scoring_rates(),
        reruns=tuple(_rerun(inputs, people)),
        refused=tuple(asked.refused),
    )


def _rerun(inputs: Inputs, people: Mapping[str, str]) -> Iterator[Rerun]:
    """The comparisons of each plan that another party asked for, on the same measures."""
    for exchange in inputs.record.exchanges:
        if exchange.plan:
            plan = inputs.other_plans[exchange.plan]
            measures = prepare(inputs.measures, plan, people).measures
            yield Rerun(exchange.party, plan, _assessed(measures, plan, inputs.record))


def _assessed(measures: Measures, plan: Plan, record: Record) -> Evidence:
    """The families one after the other, in one table each."""
    primary = _family(measures, plan, plan.primary, record)
    if not plan.secondary:
        return primary
    secondary = _family(measures, plan, plan.secondary, record)
    settings = replace(
        primary.settings,
        metrics=(*primary.settings.metrics, *secondary.settings.metrics),
        margins={**primary.settings.margins, **secondary.settings.margins},
    )
    tables = {
        name: pd.concat([getattr(primary, name), getattr(secondary, name)], ignore_index=True)
        for name in ("findings", "groups", "omnibus", "missing")
    }
    return replace(primary, settings=settings, **tables)


def _family(
    measures: Measures, plan: Plan, planned: Sequence[PlannedMetric], record: Record
) -> Evidence:
    margins: dict[str, float] = {}
    known = list(dict.fromkeys(measures.table["metric"].astype(str)))
    for one in planned:
        here = [name for name in known if one.metric in (name, name.partition(":")[0])]
        if not here:
            raise not_found(
                f"metric among the measures (planned in {plan.source})", one.metric, known
            )
        margins |= dict.fromkeys(here, one.margin)
    return assess(
        measures,
        by=plan.groups.by,
        against=plan.groups.against,
        groups=plan.groups.compare,
        metrics=list(margins),
        margin=margins,
        level=plan.level,
        audience=plan.audience,
        method=plan.method,
        seed=plan.seed,
        n_resamples=plan.n_resamples,
        conditions=plan.conditions,
        data_facts=_data_facts(measures, plan, list(margins), record),
    )


def _data_facts(
    measures: Measures, plan: Plan, metrics: Sequence[str], record: Record
) -> DataFacts | None:
    """What the record knows of references, versions and files; None where it knows nothing."""
    table = measures.table[measures.table["metric"].isin(metrics)]
    known = set(table[plan.groups.by].dropna().astype(str)) if plan.groups.by in table else set()
    agreement = {
        plan.groups.joined(group): value
        for group, value in record.references.agreement.items()
        if plan.groups.joined(group) in known
    }
    least = plan.gates.agreement_least
    if not (agreement or least or record.versions or record.n_unverified):
        return None
    systems = dict.fromkeys(table["system"].astype(str))
    return DataFacts(
        reference_agreement=agreement,
        least_agreement=least,
        reference_metrics=tuple(
            metric for metric in metrics if metric.partition(":")[0] in _OF_REFERENCES
        ),
        versions=dict.fromkeys(systems, record.versions) if record.versions else {},
        one_version=plan.gates.one_version,
        unverified_files=record.n_unverified,
    )


def _held_to(verdict: str | None, chain: Chain) -> Chain:
    """The chain without simulations where the family's own verdict establishes no gap.

    The chain judged its gap alone; what a report prints is judged with the family.
    """
    code = None if pd.isna(verdict) else str(verdict)
    if is_established(code):
        return chain
    why = f"the score gap is not established in the family of the plan ({code})"
    if chain.bonus is not None:
        refusal = PayRefusal("PAY-NO", None, code, why)
        chain = replace(chain, bonus=replace(chain.bonus, simulated=(), refusals=(refusal,)))
    if chain.substitution is not None:
        swap = replace(
            chain.substitution, crossings=None, crossings_code="PAY-NO", crossings_note=why
        )
        chain = replace(chain, substitution=swap)
    return chain


class _Asked:
    """What every further look at the case starts from, and where its refusals go."""

    def __init__(
        self, inputs: Inputs, measures: Measures, evidence: Evidence, people: Mapping[str, str]
    ) -> None:
        self.inputs = inputs
        self.people = people
        self.plan = inputs.plan
        self.measures = measures
        self.evidence = evidence
        self.refused: list[Refused] = []

    def primary(self) -> list[Finding]:
        """The findings of the family that have an interval to explain."""
        rows = self.evidence.findings.to_dict("records")
        return [
            {str(key): value for key, value in row.items()}
            for row in rows
            if self.plan.is_primary(str(row["metric"])) and pd.notna(row["difference_low"])
        ]

    def alternatives(self) -> dict[Comparison, Alternatives]:
        """Each primary gap under each explanation of the plan."""
        asked = self.plan.alternatives
        named = (asked.covariates, asked.match_on, asked.factors, asked.without)
        if not (any(named) or asked.sentence or asked.rating):
            return {}
        found = {}
        for row in self.primary():
            of = comparison_of(row)
            try:
                found[of] = explain_gap(
                    self.measures,
                    by=self.plan.groups.by,
                    group=of[2],
                    against=str(row["against"]),
                    metric=of[1],
                    system=of[0],
                    covariates=asked.covariates,
                    sentence=asked.sentence,
                    match_on=asked.match_on,
                    # A human rating is of the call; it explains a score, and no transcription.
                    rating=asked.rating if of[1].startswith(_SCORES) else None,
                    rating_bins=asked.rating_bins,
                    factors=asked.factors,
                    without=asked.without,
                    level=self.evidence.settings.adjusted_level,
                )
            except InsufficientDataError as error:
                self._refuse("alternatives", of, error)
        return found

    def robustness(self) -> dict[Comparison, Multiverse]:
        """Each primary comparison under every other choice of the plan."""
        choices = self.plan.robustness
        if not (self.inputs.variants or choices.exclusions or choices.adjustments):
            return {}
        exclusions = {"everything": None} | {
            rule.name: left_out(rule) for rule in choices.exclusions
        }
        adjustments = {"plain": (), **choices.adjustments}
        found = {}
        for row in self.primary():
            of = comparison_of(row)
            variants = {"planned": self.measures} | self._variants(of[1])
            try:
                found[of] = multiverse(
                    variants,
                    by=self.plan.groups.by,
                    group=of[2],
                    against=str(row["against"]),
                    metrics=[of[1]],
                    system=of[0],
                    exclusions=exclusions,
                    adjustments=adjustments,
                    margin={of[1]: float(row["margin"])},
                    level=self.evidence.settings.adjusted_level,
                    n_resamples=_RESAMPLES_OF_CURVE,
                    seed=self.plan.seed,
                )
            except InsufficientDataError as error:
                self._refuse("robustness", of, error)
        return found

    def _variants(self, metric: str) -> dict[str, Measures]:
        return {
            name: prepare(variant, self.plan, self.people).measures
            for name, variant in self.inputs.variants.items()
            if metric in set(variant.table["metric"])
        }

    def chains(self) -> tuple[Chain, ...]:
        """From the score to pay, for each group that the plan follows."""
        pay = self.plan.pay
        if pay is None:
            return ()
        planned = self.plan.of(pay.metric)
        assert planned is not None  # plans.reading holds every plan to it
        rows = self.evidence.findings
        rows = rows[rows["metric"] == pay.metric]
        known = list(dict.fromkeys(rows["group"]))
        found = []
        for group in pay.groups or known:
            if group not in known:
                raise not_found(f"group compared on {pay.metric}", group, known)
            row = rows[rows["group"] == group].iloc[0]
            found.append(
                _held_to(
                    row["verdict"],
                    follow_to_pay(
                        self.measures,
                        by=self.plan.groups.by,
                        group=group,
                        margin=planned.margin,
                        against=str(row["against"]),
                        metric=pay.metric,
                        system=str(row["system"]),
                        threshold=pay.threshold,
                        period=pay.period or self.plan.period,
                        scale=self.inputs.scale,
                        own=self._own(),
                        rating=pay.rating,
                        human=self._human(),
                        lowest=pay.lowest,
                        level=self.plan.level,
                        audience=self.plan.audience,
                        seed=self.plan.seed,
                    ),
                )
            )
        return tuple(found)

    def _human(self) -> Measures | None:
        human = self.inputs.human
        return None if human is None else prepare(human, self.plan, self.people).measures

    def _own(self) -> pd.DataFrame | None:
        """The table of person-months, where there is a scale to read it by."""
        own = self.inputs.own
        return None if own is None or self.inputs.scale is None else numbered(own, self.people)

    def selected(self) -> tuple[Selected, ...]:
        """Recording and listening, for each planned rate and group."""
        found = []
        for planned in self.plan.selection:
            for group in self._compared():
                try:
                    looked = selection(
                        self.measures,
                        announced=planned.announced,
                        by=self.plan.groups.by,
                        group=group,
                        against=self.evidence.settings.against,
                        metric=planned.metric,
                        level=self.plan.level,
                        audience=self.plan.audience,
                        seed=self.plan.seed,
                        n_resamples=self.plan.n_resamples,
                    )
                    found.append(Selected(planned, group, looked))
                except InsufficientDataError as error:
                    found.append(Selected(planned, group, None, str(error)))
        return tuple(found)

    def own_error(self) -> OwnError | None:
        """How often the rule says that there is a gap where labels mean nothing."""
        try:
            primary = [metric for metric in self.evidence.settings.metrics
                       if self.plan.is_primary(metric)]  # fmt: skip
            return own_error(self.measures, self.evidence, metrics=primary, seed=self.plan.seed)
        except InsufficientDataError as error:
            self.refused.append(Refused("own error", "", str(error)))
            return None

    def stability(self) -> dict[Comparison, Stability]:
        """Each primary gap in each period, where the plan names the column of periods."""
        found = {}
        for row in self.primary() if self.plan.period else []:
            of = comparison_of(row)
            try:
                found[of] = stability(
                    self.measures,
                    by=self.plan.groups.by,
                    group=of[2],
                    period=str(self.plan.period),
                    against=str(row["against"]),
                    metric=of[1],
                    system=of[0],
                    level=self.plan.level,
                )
            except InsufficientDataError as error:
                self._refuse("stability", of, error)
        return found

    def trajectories(self) -> dict[Comparison, Trajectories]:
        """The paths of both sides over the periods, among people who came alike."""
        cohort = self.plan.alternatives.cohort
        found = {}
        for row in self.primary() if cohort is not None else []:
            assert cohort is not None
            of = comparison_of(row)
            try:
                found[of] = trajectories(
                    self.measures,
                    by=self.plan.groups.by,
                    group=of[2],
                    period=str(self.plan.period),
                    entry=cohort.entry,
                    grade=cohort.grade,
                    against=str(row["against"]),
                    metric=of[1],
                    system=of[0],
                    level=self.plan.level,
                )
            except InsufficientDataError as error:
                self._refuse("trajectories", of, error)
        return found

    def ratings(self) -> dict[Comparison, RatingGap]:
        """The mean scores of primary comparisons at each human rating."""
        asked = self.plan.alternatives
        found = {}
        for row in self.primary() if asked.rating is not None else []:
            of = comparison_of(row)
            if not of[1].startswith(_SCORES):
                continue
            try:
                found[of] = score_at_equal_rating(
                    self.measures,
                    by=self.plan.groups.by,
                    group=of[2],
                    rating=str(asked.rating),
                    against=str(row["against"]),
                    metric=of[1],
                    system=of[0],
                    bins=asked.rating_bins,
                    level=self.plan.level,
                )
            except InsufficientDataError as error:
                self._refuse("ratings", of, error)
        return found

    def degradations(self, everything: Measures) -> tuple[Degraded, ...]:
        """Both sides of each primary comparison at every degree of each planned degradation.

        One degradation at a time: recordings degraded in another way stand aside.
        """
        found = []
        for planned in self.plan.degradations:
            table = everything.table
            others = [one.column for one in self.plan.degradations if one != planned]
            alone = Measures(table[untouched(table, others)], everything.provenance)
            for row in self.primary():
                of = comparison_of(row)
                try:
                    looked = degradation(
                        alone,
                        by=self.plan.groups.by,
                        group=of[2],
                        degree=planned.column,
                        worst=planned.worst,
                        against=str(row["against"]),
                        metric=of[1],
                        system=of[0],
                        level=self.plan.level,
                    )
                    found.append(Degraded(planned, of, looked))
                except InsufficientDataError as error:
                    self._refuse("degradation", of, error)
        return tuple(found)

    def scoring_rates(self) -> tuple[ScoringRates, ...]:
        """Who stands above the median of all, score by score; in a US report alone."""
        if self.plan.jurisdiction != "us":
            return ()
        rows = self.evidence.findings
        asked = dict.fromkeys(
            (str(row["system"]), str(row["metric"]), row["direction"])
            for row in rows.to_dict("records")
            if str(row["metric"]).startswith(_SCORES)
        )
        found = []
        for system, metric, direction in asked:
            pay = self.plan.pay
            try:
                found.append(
                    median_scoring_rates(
                        self.measures,
                        by=self.plan.groups.by,
                        metric=metric,
                        system=system,
                        threshold=pay.threshold if pay and pay.metric == metric else None,
                        higher_passes=direction != "higher is worse",
                        level=self.plan.level,
                        audience=self.plan.audience,
                    )
                )
            except InsufficientDataError as error:
                self.refused.append(Refused("scoring rates", f"{system} · {metric}", str(error)))
        return tuple(found)

    def _compared(self) -> list[str]:
        return list(dict.fromkeys(self.evidence.findings["group"].astype(str)))

    def _refuse(self, what: Any, of: Comparison, error: InsufficientDataError) -> None:  # noqa: ANN401
        self.refused.append(Refused(what, " · ".join(of), str(error)))
