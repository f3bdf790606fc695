"""A plan is carried out whole: nothing planned is dropped, nothing unplanned decides."""

from dataclasses import replace

import pandas as pd
import pytest

from biasbench.cases import Record, examine, gather
from biasbench.cases.examination import _held_to
from biasbench.cases.preparation import people_of, prepare
from biasbench.cases.record import Exchange, References
from biasbench.errors import NotFoundError, OptionError
from biasbench.evidence import assess
from biasbench.plans import read_plan
from biasbench.plans.plan import DataGates
from biasbench.report.context import Context
from biasbench.report.document import Figure
from biasbench.report.sections import document
from tests.plans.test_reading import LEAST
from tests.report.planned import OPENED, case
from tests.report.simulated import GROUPS, chain, measures


class Handed:
    def __init__(self, table):
        self.table, self.provenance = table, chain()


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(LEAST, encoding="utf-8")
    return read_plan(path)


def inputs_of(plan, table, **more):
    from biasbench.measures import Measures

    return gather(plan, opened=OPENED, measures=Measures(table, chain()), **more)


def test_the_family_is_that_of_the_primary_comparisons():
    findings = case().evidence.findings.set_index("metric")
    assert findings.loc["wer", "n_comparisons"] == 3
    assert findings.loc["unfounded_prompt_rate:say thanks", "n_comparisons"] == 1


def test_it_says_what_assess_says(plan):
    table = measures(GROUPS)
    found = examine(inputs_of(plan, table)).evidence.findings
    alone = assess(Handed(table), by="accent", metrics=["wer"], margin={"wer": 0.03}).findings
    columns = ["group", "difference", "difference_low", "difference_high", "p_value", "verdict"]
    pd.testing.assert_frame_equal(found[columns], alone[columns])


def test_names_of_people_change_nothing(plan):
    table = measures(GROUPS)
    other = table.assign(speaker_id=table["speaker_id"].map(lambda name: f"z{hash(name) % 10**9}"))
    one, two = (examine(inputs_of(plan, t)).evidence for t in (table, other))
    pd.testing.assert_frame_equal(one.findings, two.findings)
    pd.testing.assert_frame_equal(one.omnibus, two.omnibus)


def test_the_order_of_first_appearance_numbers_people():
    assert people_of(pd.DataFrame({"speaker_id": ["b", "a", None, "b"]}), None) == {
        "b": "000001",
        "a": "000002",
    }


def test_a_planned_metric_that_was_not_measured_is_an_error_and_not_left_out(plan):
    with pytest.raises(NotFoundError, match="no metric among the measures"):
        examine(inputs_of(plan, measures(GROUPS, metric="cer")))


def test_rows_left_out_are_counted_by_rule_and_group(plan, tmp_path):
    rule = (
        '[[exclusion]]\nname = "headset A"\ncolumn = "device"\nvalues = ["headset A"]\nwhy = "x"\n'
    )
    again = (
        '[[exclusion]]\nname = "both"\ncolumn = "device"\nvalues = ["headset A"]\nwhy = "twice"\n'
    )
    path = tmp_path / "other.toml"
    path.write_text(LEAST + rule + again, encoding="utf-8")
    table = measures(GROUPS)
    found = examine(inputs_of(path, table))
    counts = found.excluded.set_index(["rule", "group"])["n_rows"]
    expected = table[table["device"] == "headset A"].groupby("accent").size()
    assert counts["headset A"].to_dict() == expected.to_dict()
    assert set(counts["both"]) == {0}  # a row goes once
    assert len(found.measures.table) == len(table) - expected.sum()


def test_groups_joined_by_the_plan_are_one(tmp_path):
    path = tmp_path / "plan.toml"
    text = LEAST.replace('by = "accent"', 'by = "accent"\nmerge = { South = ["Antilles", "Lyon"] }')
    path.write_text(text, encoding="utf-8")
    found = examine(inputs_of(path, measures(GROUPS))).evidence.groups
    assert "South" in set(found["group"])
    assert not {"Antilles", "Lyon"} & set(found["group"])
    table = measures(GROUPS)
    path.write_text(text.replace("Lyon", "Lion"), encoding="utf-8")
    misspelt = read_plan(path)
    with pytest.raises(NotFoundError, match="to be merged"):
        prepare(Handed(table), misspelt, people_of(table))


def test_agreement_too_low_for_a_group_decides_nothing_about_it(plan):
    asked = replace(plan, gates=DataGates(agreement_least=0.8))
    agreement = {"Antilles": 0.9, "Maghreb": 0.5, "Québec": 0.9, "Lyon": 0.9}
    record = Record(references=References(agreement=agreement))
    found = examine(inputs_of(asked, measures(GROUPS), record=record)).evidence.findings
    reasons = found.set_index("group")["reason"]
    assert reasons["Maghreb"].startswith("N-REF(val=0.5)")
    sound = examine(inputs_of(plan, measures(GROUPS), record=record)).evidence.findings
    assert "N-REF" not in " ".join(sound["reason"])


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (Record(versions=("5.1", "5.2")), "N-VER(versions=5.1, 5.2)"),
        (Record(versions=("5.1",)), None),
    ],
)
def test_a_version_that_changed_decides_nothing(plan, record, code):
    found = examine(inputs_of(plan, measures(GROUPS), record=record)).evidence.findings
    if code is None:
        assert "N-VER" not in " ".join(found["reason"])
    else:
        assert all(code in reason for reason in found["reason"])
        assert set(found["verdict"]) == {"V-N"}


def test_the_first_row_of_every_explanation_is_the_finding_itself():
    made = case()
    findings = made.evidence.findings.set_index(["system", "metric", "group"])
    for of, found in made.alternatives.items():
        row = findings.loc[of]
        plain = found.table.iloc[0]
        assert plain["difference_low"] == pytest.approx(row["difference_low"], abs=1e-12)
        assert plain["difference_high"] == pytest.approx(row["difference_high"], abs=1e-12)
    assert made.alternatives


def test_the_planned_choice_is_on_the_curve_with_the_verdict_of_the_finding():
    made = case()
    for (_, metric, _), found in made.robustness.items():
        here = found.table.query(
            "variant == 'planned' and exclusion == 'everything' and adjustment == 'plain'"
        )
        row = made.evidence.findings.set_index("metric").loc[metric]
        assert list(here["verdict"]) == [row["verdict"]]
    assert set(made.robustness) == set(made.alternatives)


@pytest.mark.parametrize("verdict", ["V-I", "V-N", "V-E", None])
def test_no_simulation_of_pay_where_the_family_establishes_no_gap(verdict):
    followed = case().chains[0]
    assert followed.bonus.simulated
    assert followed.substitution.crossings is not None
    held = _held_to(verdict, followed)
    assert held.bonus.simulated == ()
    assert [one.code for one in held.bonus.refusals] == ["PAY-NO"]
    assert (held.substitution.crossings, held.substitution.crossings_code) == (None, "PAY-NO")
    assert _held_to("V-D2", followed) == followed


def test_the_plan_of_the_other_side_is_run_on_the_same_measures(tmp_path):
    theirs = LEAST.replace("0.03", "0.5")
    (tmp_path / "plan_B.toml").write_text(theirs, encoding="utf-8")
    (tmp_path / "plan.toml").write_text(LEAST, encoding="utf-8")
    record = Record(exchanges=(Exchange("the employer", "2026-04-01", plan="plan_B.toml"),))
    found = examine(inputs_of(tmp_path / "plan.toml", measures(GROUPS), record=record))
    (rerun,) = found.reruns
    assert rerun.party == "the employer"
    ours, them = found.evidence.findings, rerun.evidence.findings
    assert set(them["margin"]) == {0.5}
    pd.testing.assert_series_equal(ours["difference_low"], them["difference_low"])
    assert list(ours["verdict"]) != list(them["verdict"])


def test_measures_and_runs_are_not_both_given(plan):
    with pytest.raises(OptionError, match="and not both"):
        gather(plan, opened=OPENED)


def test_the_record_may_declare_an_earlier_look_and_the_earlier_holds(plan):
    record = Record(results_opened="2026-01-01T00:00:00Z")
    assert inputs_of(plan, measures(GROUPS), record=record).opened == "2026-01-01T00:00:00Z"
    later = Record(results_opened="2027-01-01T00:00:00Z")
    assert inputs_of(plan, measures(GROUPS), record=later).opened == OPENED


def test_sealed_before_is_planned_and_not_sealed_is_not():
    assert case().inputs.is_planned
    assert not case(sealed=False).inputs.is_planned


def test_people_who_came_alike_are_followed_over_the_periods(tmp_path):
    table = measures({"a": (40, 0.2), "b": (40, 0.1)})
    number = table["speaker_id"].str.rpartition("-")[2].astype(int)
    month = table["unit_id"].str.rpartition("-")[2].astype(int) % 3
    table = table.assign(hired=(2020 + number % 2).astype(str), month="m" + month.astype(str))
    path = tmp_path / "plan.toml"
    cohort = '[alternatives]\ncohort = { entry = "hired" }\n'
    path.write_text(LEAST + cohort, encoding="utf-8")
    with pytest.raises(OptionError, match="no column of periods is named"):
        read_plan(path)
    text = LEAST.replace("biasbench_plan = 1", 'biasbench_plan = 1\nperiod = "month"')
    path.write_text(text + cohort, encoding="utf-8")
    found = examine(inputs_of(path, table))
    assert {group for _, _, group in found.trajectories} == {"a", "b"}
    made = document(Context(found.evidence, "en", case=found))
    section = next(one for one in made.sections if one.name == "alternatives")
    figures = [block for block in section.blocks if isinstance(block, Figure)]
    assert any(figure.name.startswith("path") for figure in figures)
