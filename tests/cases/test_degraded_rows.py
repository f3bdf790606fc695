"""Degraded recordings stand beside the comparisons, in curves of their own, and never in them."""

import numpy as np
import pandas as pd
import pytest

from biasbench.cases import examine, gather
from biasbench.cases.preparation import people_of, prepare
from biasbench.errors import NotFoundError, OptionError
from biasbench.evidence.degradation import degradation
from biasbench.measures import Measures
from biasbench.plans import read_plan
from tests.plans.test_degradations import NOISE
from tests.plans.test_reading import LEAST
from tests.report.planned import OPENED
from tests.report.simulated import GROUPS, chain, measures

LOSS = '[[degradation]]\ncolumn = "loss"\nunit = "%"\nworst = "highest"\nwhat = "lost packets"\n'
SHORT = '[[exclusion]]\nname = "short"\ncolumn = "denominator"\nbelow = 12\nwhy = "no words"\n'


def at_degrees(table=None, *, column="snr", degrees=(20, 5), extra=0.2) -> pd.DataFrame:
    """The same rows again at each degree, with more errors for Maghreb than for the others."""
    table = measures(GROUPS) if table is None else table
    parts = [table.assign(**{column: np.nan})]
    for step, degree in enumerate(degrees, start=1):
        more = step * (0.05 + extra * (table["accent"] == "Maghreb"))
        worse = (table["numerator"] + np.round(more * table["denominator"])).astype(float)
        name = table["unit_id"] + f" {column} {degree}"
        parts.append(table.assign(numerator=worse, unit_id=name, **{column: float(degree)}))
    return pd.concat(parts, ignore_index=True)


def planned(tmp_path, text):
    path = tmp_path / "plan.toml"
    path.write_text(text, encoding="utf-8")
    return read_plan(path)


def inputs(tmp_path, table, text=LEAST + NOISE):
    measured = Measures(table, chain())
    return gather(planned(tmp_path, text), opened=OPENED, measures=measured)


def test_the_comparisons_are_those_of_the_untouched_recordings(tmp_path):
    found = examine(inputs(tmp_path, at_degrees()))
    alone = examine(inputs(tmp_path, measures(GROUPS), LEAST))
    columns = ["group", "difference", "difference_low", "difference_high", "p_value", "verdict"]
    pd.testing.assert_frame_equal(
        found.evidence.findings[columns], alone.evidence.findings[columns]
    )
    assert found.n_degraded == 2 * len(measures(GROUPS))
    assert found.evidence.provenance.facts()["degraded"] == (
        "1680 of 2520 rows stand beside the comparisons"
    )


def test_each_primary_comparison_has_its_curve(tmp_path):
    case = examine(inputs(tmp_path, at_degrees()))
    assert [one.of[2] for one in case.degradations] == sorted(GROUPS)
    one = next(one for one in case.degradations if one.of[2] == "Maghreb")
    assert [at.degree for at in one.found.levels] == [None, 20, 5]
    assert one.found.fall.difference.low > 0.3
    plain = degradation(
        at_degrees(), by="accent", group="Maghreb", degree="snr", worst="lowest"
    )  # fmt: skip
    assert one.found == plain


def test_where_nothing_is_untouched_comparisons_are_of_everything(tmp_path):
    table = at_degrees()
    case = examine(inputs(tmp_path, table[table["snr"].notna()]))
    assert case.n_degraded == 0
    assert len(case.measures.table) == 2 * len(measures(GROUPS))
    assert [at.degree for at in case.degradations[0].found.levels] == [20, 5]


def test_rules_of_exclusion_are_counted_on_what_is_compared(tmp_path):
    plan = planned(tmp_path, LEAST + SHORT + NOISE)
    table = at_degrees()
    prepared = prepare(Measures(table, chain()), plan, people_of(table))
    once = prepare(
        Measures(measures(GROUPS), chain()), planned(tmp_path, LEAST + SHORT), people_of(table)
    )
    pd.testing.assert_frame_equal(prepared.excluded, once.excluded)
    assert (prepared.at_all_degrees.table["denominator"] >= 12).all()
    assert len(prepared.at_all_degrees.table) == 3 * len(prepared.measures.table)
    facts, others = (p.measures.provenance.facts() for p in (prepared, once))
    assert facts["excluded: short"] == others["excluded: short"]


def test_one_degradation_is_looked_at_without_the_other(tmp_path):
    noisy, lossy = at_degrees(), at_degrees(column="loss", degrees=(1, 10), extra=0.0)
    table = pd.concat([noisy, lossy[lossy["loss"].notna()]], ignore_index=True)
    case = examine(inputs(tmp_path, table, LEAST + NOISE + LOSS))
    alone = examine(inputs(tmp_path, noisy))
    of_noise = [one for one in case.degradations if one.planned.column == "snr"]
    of_loss = [one for one in case.degradations if one.planned.column == "loss"]
    assert [one.found for one in of_noise] == [one.found for one in alone.degradations]
    assert [at.degree for at in of_loss[0].found.levels] == [None, 1, 10]


def test_no_comparison_is_dropped_for_want_of_untouched_recordings(tmp_path):
    other = at_degrees(measures(GROUPS, system="asr:vosk/small"))
    table = pd.concat([at_degrees(), other[other["snr"].notna()]], ignore_index=True)
    with pytest.raises(OptionError, match="asr:vosk/small has wer of degraded recordings alone"):
        examine(inputs(tmp_path, table))


def test_a_planned_column_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NotFoundError, match=r"plan.toml: \[\[degradation\]\].*'snr'"):
        examine(inputs(tmp_path, measures(GROUPS)))


def test_nothing_degraded_is_refused_with_its_reason(tmp_path):
    case = examine(inputs(tmp_path, measures(GROUPS).assign(snr=np.nan)))
    assert case.degradations == ()
    assert {one.what for one in case.refused} >= {"degradation"}
    assert "1 degree" in next(one.reason for one in case.refused if one.what == "degradation")
