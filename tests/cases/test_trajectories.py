"""Both sides over time, at equal entry and grade."""

import numpy as np
import pandas as pd
import pytest

from biasbench.cases.trajectories import trajectories
from biasbench.errors import InsufficientDataError, NotFoundError

ASKED = {"by": "accent", "group": "b", "period": "month", "entry": "entry"}


def scores(n: int = 8) -> pd.DataFrame:
    """Scores rise by a point a month and fall by ten for the newly hired; nobody is worse off.

    Most of group b are newly hired, so that its plain mean is lower.
    """
    rng = np.random.default_rng(3)
    rows = []
    for accent, new in (("a", 2), ("b", n - 2)):
        for person in range(n):
            entry = "2025-01-15" if person < new else "2020-06-01"
            own = 80 - 10 * (entry > "2024") + rng.normal(0, 1)
            rows += [
                (f"{accent}{person}", accent, f"2026-0{month}", entry, own + month)
                for month in range(1, 4)
            ]
    names = ["speaker_id", "accent", "month", "entry", "numerator"]
    table = pd.DataFrame(rows, columns=names)
    return table.assign(
        system="tone:own", metric="mean_score:tone", unit_id=range(len(rows)), denominator=1.0
    )


def test_a_gap_that_is_only_seniority_is_gone_at_equal_entry():
    table = scores()
    means = table.groupby("accent")["numerator"].mean()
    assert means["a"] - means["b"] > 4
    found = trajectories(table, **ASKED)
    assert len(found.pooled) == 3
    for step in found.pooled:
        assert abs(step.group.value - step.against.value) < 1.5
        assert step.against.low < step.group.value < step.against.high


def test_the_pooled_path_has_the_groups_own_make_up():
    found = trajectories(scores(), **ASKED)
    first = {step.stratum: step for step in found.steps if step.period == "2026-01"}
    # Six of eight of group b are new: both sides are weighted so.
    expected = 0.75 * first["2025"].against.value + 0.25 * first["2020"].against.value
    assert found.pooled[0].against.value == pytest.approx(expected, abs=1e-12)


def test_a_path_rises_as_its_people_do():
    values = [step.group.value for step in trajectories(scores(), **ASKED).pooled]
    assert np.diff(values) == pytest.approx([1, 1], abs=1e-9)


def test_people_without_anybody_to_be_held_against_are_counted_apart():
    table = scores()
    alone = table["speaker_id"].isin(["b0", "b1"])
    found = trajectories(table.assign(entry=table["entry"].mask(alone, "2010-01-01")), **ASKED)
    assert (found.n_speakers, found.n_alone) == (6, (2, 0))


def test_somebody_of_unknown_entry_is_in_no_stratum():
    table = scores()
    table["entry"] = table["entry"].astype(object).mask(table["speaker_id"] == "b7", None)
    found = trajectories(table, **ASKED)
    # Two of group b entered in 2020, one is unknown: the other has too little company.
    assert {step.stratum for step in found.steps} == {"2025"}
    assert found.n_alone == (2, 6)


def test_a_grade_splits_a_year_of_entry():
    table = scores().assign(grade=lambda rows: np.where(rows["speaker_id"] < "b", "2", "3"))
    with pytest.raises(InsufficientDataError, match="no entry and grade has 2 people on both"):
        trajectories(table, grade="grade", **ASKED)


def test_the_interval_is_that_of_people_and_not_of_calls():
    table = scores()
    doubled = pd.concat([table, table.assign(unit_id=table["unit_id"] + 1000)])
    one, two = (trajectories(t, **ASKED).pooled[0].group for t in (table, doubled))
    assert (one.low, one.high) == pytest.approx((two.low, two.high), abs=1e-9)


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(NotFoundError, match="grade"):
        trajectories(scores(), grade="grade", **ASKED)
