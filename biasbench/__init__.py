"""Statistical evidence about whom call-centre speech analytics treat worse.

    import biasbench as bb

    corpus   = bb.load_corpus("datasets/tiny")
    run      = bb.run(corpus, bb.load_system("asr:faster-whisper/tiny.en"))
    measures = bb.measure(run, corpus, metrics=["wer", "no_output_rate"])
    evidence = bb.assess(measures, by="accent", margin=0.03)
    bb.write_report(evidence, "report.html", lang="fr")

Names are imported when they are first used, so that `import biasbench` costs nothing and the
statistics can be had without any audio package.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from biasbench.audio import Audio as Audio
    from biasbench.audio import read_audio as read_audio
    from biasbench.bundles import bundle as bundle
    from biasbench.bundles import examine_case as examine_case
    from biasbench.bundles import reproduce as reproduce
    from biasbench.consequences import follow_to_pay as follow_to_pay
    from biasbench.consequences import read_scale as read_scale
    from biasbench.corpus import Corpus as Corpus
    from biasbench.corpus import check as check
    from biasbench.corpus import describe as describe
    from biasbench.corpus import load_corpus as load_corpus
    from biasbench.custody import verify as verify
    from biasbench.errors import BiasbenchError as BiasbenchError
    from biasbench.errors import InputError as InputError
    from biasbench.errors import InsufficientDataError as InsufficientDataError
    from biasbench.evidence import Evidence as Evidence
    from biasbench.evidence import Finding as Finding
    from biasbench.evidence import assess as assess
    from biasbench.evidence import assess_swap as assess_swap
    from biasbench.evidence import plan_from_assumptions as plan_from_assumptions
    from biasbench.evidence import plan_from_pilot as plan_from_pilot
    from biasbench.evidence import read_evidence as read_evidence
    from biasbench.explain import explain_gap as explain_gap
    from biasbench.gates import Gate as Gate
    from biasbench.gates import ModelComparison as ModelComparison
    from biasbench.gates import Policy as Policy
    from biasbench.gates import compare as compare
    from biasbench.gates import gate as gate
    from biasbench.gates import quick_subset as quick_subset
    from biasbench.gates import read_policy as read_policy
    from biasbench.gates import write_baseline as write_baseline
    from biasbench.gates import write_gate as write_gate
    from biasbench.measures import Measures as Measures
    from biasbench.measures import label_measures as label_measures
    from biasbench.measures import measure as measure
    from biasbench.measures import read_measures as read_measures
    from biasbench.plans import read_plan as read_plan
    from biasbench.plans import seal_plan as seal_plan
    from biasbench.provenance import Provenance as Provenance
    from biasbench.report import plot_gaps as plot_gaps
    from biasbench.report import write_report as write_report
    from biasbench.runs import Run as Run
    from biasbench.runs import import_export as import_export
    from biasbench.runs import read_run as read_run
    from biasbench.runs import run as run
    from biasbench.sheets import draw_sample as draw_sample
    from biasbench.sheets import read_sheet as read_sheet
    from biasbench.sheets import write_sheet as write_sheet
    from biasbench.substitution import substitute as substitute
    from biasbench.systems import SystemInfo as SystemInfo
    from biasbench.systems import load_system as load_system

__version__ = "0.1.0"

_HOME = {
    "Audio": "audio",
    "BiasbenchError": "errors",
    "Corpus": "corpus",
    "Evidence": "evidence",
    "Finding": "evidence",
    "Gate": "gates",
    "InputError": "errors",
    "InsufficientDataError": "errors",
    "Measures": "measures",
    "ModelComparison": "gates",
    "Policy": "gates",
    "Provenance": "provenance",
    "Run": "runs",
    "SystemInfo": "systems",
    "assess": "evidence",
    "assess_swap": "evidence",
    "bundle": "bundles",
    "check": "corpus",
    "compare": "gates",
    "describe": "corpus",
    "draw_sample": "sheets",
    "examine_case": "bundles",
    "explain_gap": "explain",
    "follow_to_pay": "consequences",
    "gate": "gates",
    "import_export": "runs",
    "label_measures": "measures",
    "load_corpus": "corpus",
    "load_system": "systems",
    "measure": "measures",
    "plan_from_assumptions": "evidence",
    "plan_from_pilot": "evidence",
    "plot_gaps": "report",
    "quick_subset": "gates",
    "read_audio": "audio",
    "read_evidence": "evidence",
    "read_measures": "measures",
    "read_plan": "plans",
    "read_policy": "gates",
    "read_run": "runs",
    "read_sheet": "sheets",
    "read_scale": "consequences",
    "reproduce": "bundles",
    "run": "runs",
    "seal_plan": "plans",
    "substitute": "substitution",
    "verify": "custody",
    "write_baseline": "gates",
    "write_gate": "gates",
    "write_report": "report",
    "write_sheet": "sheets",
}

__all__ = [*_HOME, "__version__"]  # noqa: PLE0604 - every name is text


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute can be anything
    if name not in _HOME:
        raise AttributeError(f"module 'biasbench' has no attribute '{name}'")
    return getattr(importlib.import_module(f"biasbench.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
