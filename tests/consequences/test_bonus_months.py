"""Person-months: sums of calls, tables of one's own, and every row that does not fit."""

import numpy as np
import pandas as pd
import pytest

from biasbench.consequences.bonus import months_of_table, person_months
from biasbench.errors import InsufficientDataError, NotFoundError, OptionError, TableError
from tests.consequences.scales import World, calls_table


def calls(**changes) -> pd.DataFrame:
    table = calls_table(*World((4, 5), 2, 3).draw(np.random.default_rng(0)))
    return table.assign(**changes)


def own(**columns) -> pd.DataFrame:
    months = person_months(calls(), by="accent", period="month").table
    return months[["speaker_id", "period"]].assign(**columns)


def test_a_month_is_the_sum_of_its_calls_and_not_the_mean_of_their_ratios():
    table = calls()
    table["denominator"] = np.arange(len(table)) % 4 + 1.0
    months = person_months(table, by="accent", period="month").table.set_index(
        ["speaker_id", "period"]
    )
    for key, part in table.groupby(["speaker_id", "month"]):
        assert months.loc[key, "calm"] == pytest.approx(
            part["numerator"].sum() / part["denominator"].sum()
        )
        assert months.loc[key, "calls"] == 3
    assert len(months) == 18


def test_the_place_of_every_call_is_its_own_month_whatever_the_order():
    table = calls().sample(frac=1, random_state=1).reset_index(drop=True)
    paid = own(paid=1.0).sample(frac=1, random_state=2)
    months = person_months(table, by="accent", period="month", own=paid)
    of_calls = months.table.iloc[months.month]
    assert (of_calls["speaker_id"].to_numpy() == months.rows["speaker_id"]).all()
    assert (of_calls["period"].to_numpy() == months.rows["month"]).all()


def test_without_a_period_column_everybody_has_one_and_it_is_said():
    months = person_months(calls(), by="accent")
    assert months.table["period"].unique().tolist() == ["all"]
    assert months.notes == ("no period column was named: each person counts as one period",)


def test_a_month_without_a_value_stays_and_has_no_score():
    table = calls()
    of_one = (table["speaker_id"] == "g0000") & (table["month"] == "2026-01")
    table.loc[of_one, ["numerator", "denominator"]] = np.nan
    months = person_months(table, by="accent", period="month").table
    first = months.iloc[0]
    assert np.isnan(first["calm"])
    assert (first["calls"], first["missing_calls"]) == (0, 3)
    assert months["calm"].notna().sum() == 17


def test_a_long_table_and_a_wide_one_say_the_same():
    wide = own(paid=np.arange(18.0), handling=np.arange(18.0) + 200)
    long = wide.melt(["speaker_id", "period"], var_name="kpi", value_name="value")
    found = [
        person_months(calls(), by="accent", period="month", own=table, kpis=["handling"]).table
        for table in (wide, long)
    ]
    pd.testing.assert_frame_equal(found[0], found[1])
    assert found[0]["paid"].tolist() == np.arange(18.0).tolist()


def test_a_month_paid_without_any_call_is_there_and_has_no_score():
    table = calls()
    table = table[~((table["speaker_id"] == "g0001") & (table["month"] == "2026-02"))]
    months = person_months(table, by="accent", period="month", own=own(paid=5.0)).table
    last = months.iloc[-1]
    assert (last["speaker_id"], last["period"], last["group"]) == ("g0001", "2026-02", "g")
    assert np.isnan(last["calm"])
    assert last["paid"] == 5


def test_rows_of_strangers_and_of_other_months_are_left_out_and_counted():
    more = pd.concat(
        [
            own(paid=1.0),
            pd.DataFrame({"speaker_id": ["zoe"], "period": ["2026-01"], "paid": [9.0]}),
            pd.DataFrame({"speaker_id": ["g0000"], "period": ["2025-12"], "paid": [9.0]}),
        ]
    )
    months = person_months(calls(), by="accent", period="month", own=more)
    assert len(months.table) == 18
    assert [note.split(" of the table")[0] for note in months.notes] == ["1 person-months"] * 2
    assert "without any call in the measures" in months.notes[0]
    assert "periods that the measures do not have" in months.notes[1]


def test_the_employers_count_of_calls_takes_the_place_of_ours():
    months = person_months(calls(), by="accent", period="month", own=own(calls=44))
    assert months.table["calls"].unique().tolist() == [44]


def test_a_table_of_months_alone_is_enough():
    table = own(calm=70.0 + np.arange(18), accent=["g"] * 8 + ["r"] * 10, paid=60.0, site="lyon")
    months = months_of_table(table, by="accent", kpi="calm")
    assert months.table["calm"].tolist() == table["calm"].tolist()
    assert months.table["paid"].tolist() == [60.0] * 18
    assert "site" in months.rows.columns
    assert not months.has_calls
    assert "cannot be redrawn" in months.notes[0]


def test_what_cannot_be_used_is_named_by_file_row_column_and_value(tmp_path):
    path = tmp_path / "paid.csv"
    path.write_text("speaker_id,period,paid\ng0000,2026-01,120\ng0000,2026-02,cent\n")
    with pytest.raises(TableError, match=r"paid.csv: line 3: paid is 'cent', not a number"):
        person_months(calls(), by="accent", period="month", own=path)
    path.write_text("speaker_id,period,paid\ng0000,2026-01,120\ng0000,2026-01,60\n")
    with pytest.raises(TableError, match=r"line 3: speaker_id 'g0000', period '2026-01' stands in"):
        person_months(calls(), by="accent", period="month", own=path)
    path.write_text("speaker_id,period,paid\ng0000,2026-01,-5\n")
    with pytest.raises(TableError, match="line 2: paid is -5; it must be 0 or more"):
        person_months(calls(), by="accent", period="month", own=path)
    path.write_text("speaker_id,period,hand\ng0000,2026-01,x\n")
    with pytest.raises(TableError, match="line 2: hand is 'x', not a number; leave the cell empty"):
        person_months(calls(), by="accent", period="month", own=path, kpis=["hand"])
    with pytest.raises(NotFoundError, match="named 'hnad'. Did you mean 'hand'"):
        person_months(calls(), by="accent", period="month", own=path, kpis=["hnad"])


def test_what_cannot_be_asked_is_refused():
    with pytest.raises(NotFoundError, match="no period column named 'mnth'. Did you mean 'month'"):
        person_months(calls(), by="accent", period="mnth")
    with pytest.raises(OptionError, match="the measures have no periods: pass period="):
        person_months(calls(), by="accent", own=own(paid=1.0))
    with pytest.raises(OptionError, match="they are columns of a table of your own; pass own="):
        person_months(calls(), by="accent", period="month", kpis=["handling"])
    table = calls()
    table.loc[5, "month"] = None
    with pytest.raises(TableError, match="unit 'c5' of speaker 'g0000': month is empty"):
        person_months(table, by="accent", period="month")
    with pytest.raises(InsufficientDataError, match="no speaker labels"):
        person_months(calls().drop(columns="speaker_id"), by="accent")
    months = person_months(calls(), by="accent", period="month")
    with pytest.raises(NotFoundError, match="no group of accent named 'h'"):
        months.sides("h")
    with pytest.raises(OptionError, match="group and against are both 'g'"):
        months.sides("g", "g")
