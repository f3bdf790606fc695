"""What every section looks at: the evidence, its provenance in plain terms, and the language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from biasbench.provenance import Provenance, Step
from biasbench.report.numbers import Lang
from biasbench.report.privacy import OVERALL, Privacy, privacy_of
from biasbench.report.privacy.releases import Differenced
from biasbench.report.quantities import quantity
from biasbench.report.wording import say
from biasbench.tables import REST, UNKNOWN

if TYPE_CHECKING:
    from biasbench.cases import Case
    from biasbench.consequences.chain import Chain
    from biasbench.corpus import Corpus
    from biasbench.evidence import Evidence
    from biasbench.plans import Plan
    from biasbench.runs import Run

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Examined:
    """One system as its run recorded it; empty text where nothing is known."""

    name: str
    version: str
    tier: str
    options: str
    modality: str
    licence: str

    @property
    def short(self) -> str:
        """The name without its kind: 'faster-whisper/tiny.en'."""
        return self.name.split(":", 1)[-1]


@dataclass(frozen=True)
class Context:
    """Everything a report may draw on. `corpus` and `runs` may be absent.

    `withholds` is False on the analyst's own screen only: nothing leaves the machine there. `case`
    is the plan carried out, where there is one, and `root` the fingerprint of all that it was
    computed from. `differenced` is what the log of earlier releases withholds.
    """

    evidence: Evidence
    lang: Lang
    corpus: Corpus | None = None
    runs: tuple[Run, ...] = ()
    title: str | None = None
    withholds: bool = True
    chain: Chain | None = None
    case: Case | None = None
    root: str = ""
    differenced: Differenced = field(default_factory=Differenced)

    @property
    def plan(self) -> Plan | None:
        """The plan, sealed or not."""
        return None if self.case is None else self.case.inputs.plan

    @property
    def is_planned(self) -> bool:
        """Whether choices were made before any result; without a plan they were not."""
        return self.case is not None and self.case.inputs.is_planned

    def is_primary(self, row: Row) -> bool:
        """Whether a finding is of the planned family; without a plan all are alike."""
        return self.case is None or self.case.is_primary(row)

    @cached_property
    def chains(self) -> tuple[Chain, ...]:
        """From score to pay, for each group that it was followed for."""
        if self.case is not None and self.case.chains:
            return self.case.chains
        return () if self.chain is None else (self.chain,)

    @cached_property
    def facts(self) -> Mapping[str, str]:
        """The facts of the chain that are not those of one run, which has a licence of its own."""
        steps = tuple(step for step in self.evidence.provenance.steps if step.verb != "run")
        return Provenance(steps).facts()

    @cached_property
    def synthetic(self) -> bool:
        """Whether the speech is synthetic: as the evidence says, else as the corpus does."""
        declared = self.facts.get("synthetic")
        if declared is not None:
            return declared == "yes"
        return self.corpus is not None and self.corpus.synthetic

    @cached_property
    def privacy(self) -> Privacy:
        """Which groups no figure is printed about."""
        if not self.withholds:
            return Privacy(k=None)
        return privacy_of(
            self.evidence.groups,
            findings=self.evidence.findings,
            audience=self.evidence.settings.audience,
            synthetic=self.synthetic,
            k=None if self.plan is None else self.plan.k,
            differenced=self.differenced.groups,
            blocks=self.differenced.blocks,
        )

    @cached_property
    def findings(self) -> Sequence[Row]:
        """The findings, row by row, None where a cell is empty."""
        return records(self.evidence.findings)

    @cached_property
    def groups(self) -> Sequence[Row]:
        """The table of groups, row by row, None where a cell is empty."""
        return records(self.evidence.groups)

    @cached_property
    def systems(self) -> tuple[Examined, ...]:
        """Every system in the findings, in their order."""
        names = dict.fromkeys(str(row["system"]) for row in self.groups)
        return tuple(self.system(name) for name in names)

    def system(self, name: str) -> Examined:
        """What the provenance says of that system; empty text where it says nothing."""
        facts = self.evidence.provenance.step("run", "system_name", name)
        known = {key: facts.get(key, "") for key in ("tier", "options", "modality", "licence")}
        version = facts.get("system_version", "")
        if self.plan is not None:
            # Of two words on what it is, the one that claims less: T3 before T2 before T1.
            known["tier"] = max(known["tier"], self.plan.system.tier or "")
            # Of an export the version that a screen displays says more than its fingerprint.
            if not version or version.startswith("export-"):
                version = self.plan.system.version or version
        return Examined(name, version, **known)

    def blocks(self) -> list[tuple[str, str]]:
        """Every (system, metric) of the groups, in order: one subsection each."""
        return list(dict.fromkeys((str(row["system"]), str(row["metric"])) for row in self.groups))

    def metrics(self) -> list[str]:
        """Every metric of the groups, in order."""
        return list(dict.fromkeys(metric for _, metric in self.blocks()))

    def findings_of(self, system: str, metric: str) -> list[Row]:
        """The findings on one metric of one system."""
        return [r for r in self.findings if (r["system"], r["metric"]) == (system, metric)]

    def groups_of(self, system: str, metric: str) -> list[Row]:
        """The groups on one metric of one system."""
        return [r for r in self.groups if (r["system"], r["metric"]) == (system, metric)]

    def other_side(self, row: Row) -> list[Row]:
        """The rows of `groups` that a finding's group is held against."""
        rows = self.groups_of(row["system"], row["metric"])
        if row["against"] != REST:
            return [r for r in rows if r["group"] == row["against"]]
        return [r for r in rows if r["group"] not in (row["group"], UNKNOWN, OVERALL)]

    @cached_property
    def group_of_utterance(self) -> Mapping[str, str]:
        """Each utterance's group, labelled as in the evidence; empty without the corpus."""
        if self.corpus is None:
            return {}
        from biasbench.tables.grouping import crossed_columns, group_labels
        from biasbench.tables.labels import label_codes

        people = self.corpus.utterances
        columns = crossed_columns(self.evidence.settings.by, people)
        if not set(columns) <= set(people.columns):
            return {}
        codes, labels = label_codes(group_labels(people, columns))
        joined = labels if self.plan is None else [self.plan.groups.joined(one) for one in labels]
        groups = [joined[code] if code >= 0 else UNKNOWN for code in codes]
        return dict(zip(self.corpus.utterances["utterance_id"], groups, strict=True))

    def label(self, group: str) -> str:
        """A group as it is printed; the corpus's own labels stay as they are."""
        ours = {REST: "W-rest", OVERALL: "W-overall", UNKNOWN: "W-unknown"}
        return say(ours[group], self.lang) if group in ours else group

    def heading(self, system: str, metric: str) -> str:
        """A metric by its name, and the system's too where there are several."""
        name = quantity(metric).name(self.lang)
        return f"{name} – {self.system(system).short}" if len(self.systems) > 1 else name

    def declared(self, key: str) -> str:
        """A fact of the chain, or 'not declared'."""
        value = self.facts.get(key, "")
        return value if value and value != "undeclared" else say("W-undeclared", self.lang)

    def run_steps(self) -> list[Step]:
        """The steps of the chain, as they were taken."""
        return list(self.evidence.provenance.steps)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain values, None for an empty cell."""
    return [
        {str(name): None if pd.isna(value) else value for name, value in row.items()}
        for row in frame.to_dict("records")
    ]
