"""Gates: may this model take the place of that one? Pass, fail, or cannot be decided.

    found = bb.gate("baseline.json", "new.parquet", "gate.toml")
    found.outcome, found.exit_code

`policy` says what is declared before, `baselines` what is committed, `gating` how it is decided,
`outputs/` how it is told (◦ one file a format), `comparing/` sets several models side by side.
"""

from biasbench.gates.baselines import Baseline, read_baseline
from biasbench.gates.comparing import ModelComparison, compare
from biasbench.gates.gating import Gate, gate
from biasbench.gates.policy import Policy, read_policy
from biasbench.gates.quick import quick_subset
from biasbench.gates.sources import write_baseline
from biasbench.gates.verdicts import Check, Outcome
from biasbench.gates.writing import write_gate

__all__ = [
    "Baseline",
    "Check",
    "Gate",
    "ModelComparison",
    "Outcome",
    "Policy",
    "compare",
    "gate",
    "quick_subset",
    "read_baseline",
    "read_policy",
    "write_baseline",
    "write_gate",
]
