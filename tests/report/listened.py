"""A case of people who exist: their calls are listened to, some teams are small, no voice is made.

Unlike `planned`, whose voices are nobody, every rule of privacy holds here.
"""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from biasbench.cases import Case, examine, gather
from biasbench.measures import Measures
from biasbench.plans import seal_plan
from biasbench.report.context import Context
from tests.report.simulated import SYSTEM, chain, measures

PLAN = """biasbench_plan = 1
audience = "public"
[system]
tier = "T1"
[groups]
by = "accent"
against = "Québec"
labels = "self"
question = "In which variety did you grow up?"
[[comparison]]
metric = "wer"
margin = 0.03
anchor = "human noise"
why = "two transcribers differ by 2.6"
[[exclusion]]
name = "first weeks"
column = "week"
below = 2
why = "people were being trained"
[alternatives]
covariates = ["week", "device"]
without = ["team"]
unmeasured = ["client"]
[robustness.adjustments]
device = ["device"]
[[robustness.exclusion]]
name = "without team S"
column = "team"
values = ["S"]
why = "another contract"
[[selection]]
metric = "listened"
announced = 0.05
[gates]
agreement_least = 0.8
"""

RECORD = """biasbench_record = 1
[references]
measure = "Krippendorff's alpha"
agreement = { "Maghreb" = 0.85, "Québec" = 0.88, "Lyon" = 0.71, "Nice" = 0.9, "Joux" = 0.9 }
"""

#: Group → people and word error rate; Joux is too small to be written about.
GROUPS = {
    "Maghreb": (16, 0.24),
    "Québec": (30, 0.08),
    "Lyon": (24, 0.12),
    "Nice": (12, 0.1),
    "Joux": (8, 0.12),
}


def table() -> pd.DataFrame:
    """Word errors, and who was listened to: Maghreb more than announced, and unevenly."""
    words = measures(GROUPS)
    rng = np.random.default_rng(4)
    own = words.drop_duplicates("speaker_id")
    at_rate = {"Maghreb": 0.11, "Québec": 0.05, "Lyon": 0.05, "Nice": 0.05, "Joux": 0.05}
    calls = 100.0
    share = [
        min(
            0.6,
            at_rate[group]
            * rng.gamma(2 if group == "Maghreb" else 400)
            / (2 if group == "Maghreb" else 400),
        )
        for group in own["accent"]
    ]
    listened = own.assign(
        metric="listened",
        unit_id="all-" + own["speaker_id"],
        numerator=rng.binomial(int(calls), share).astype(float),
        denominator=calls,
        direction=None,
    )
    both = pd.concat([words, listened], ignore_index=True)
    person = both["speaker_id"].str.extract(r"-(\d+)$")[0].astype(int)
    # Three people of each group are team S: fewer than may be read off by subtraction.
    number = np.arange(len(both))
    return both.assign(
        team=np.where(person < 3, "S", np.where(person % 2 == 0, "A", "B")),
        week=np.where(both["metric"] == "wer", 1 + number % 5, 3),
        entry=np.where(person % 2 == 0, "2023-09-01", "2024-02-01"),
        month=np.where(number % 2 == 0, "2026-03", "2026-04"),
        duration=30.0,
    )


@cache
def case() -> Case:
    """The case under the plan above, sealed before."""
    with TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.toml"
        plan.write_text(PLAN, encoding="utf-8")
        record = Path(folder) / "record.toml"
        record.write_text(RECORD, encoding="utf-8")
        seal_plan(plan, now=lambda: datetime(2026, 2, 10, 8, 0, tzinfo=UTC))
        handed = Measures(table(), chain(system=SYSTEM))
        return examine(gather(plan, opened="2026-03-02T09:30:00Z", measures=handed, record=record))


def context(lang: str, audience: str = "public") -> Context:
    """What sections of that case look at, printed for that audience."""
    made = case()
    settings = replace(made.evidence.settings, audience=audience)
    return Context(replace(made.evidence, settings=settings), lang, case=made)
