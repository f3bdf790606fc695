"""Groups made of several columns together."""

import pandas as pd
import pytest

from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.evidence import assess
from tests.evidence.tables import measures_table


@pytest.fixture
def table():
    """A gap that neither accent nor gender shows: it is where the two meet."""
    parts = []
    rates = {("a", "f"): 0.12, ("a", "m"): 0.24, ("b", "f"): 0.24, ("b", "m"): 0.12}
    for seed, ((accent, gender), mean) in enumerate(rates.items()):
        part = measures_table({f"{accent}{gender}": (14, mean)}, seed=seed, spread=0.2)
        parts.append(part.assign(accent=accent, gender=gender))
    found = pd.concat(parts, ignore_index=True)
    return found.assign(unit_id=[f"u{number}" for number in range(len(found))])


def test_a_gap_at_the_intersection_is_absent_from_both_margins(table):
    for by in ("accent", "gender"):
        assert set(assess(table, by=by, margin=0.05).findings["verdict"]) <= {"V-I", "V-E"}
    crossed = assess(table, by="accent,gender", margin=0.03).findings.set_index("group")
    assert crossed.loc["a × m", "verdict"].startswith("V-D")
    assert crossed.loc["a × f", "verdict"].startswith("V-A")
    assert set(crossed["by"]) == {"accent,gender"}


def test_a_list_of_columns_and_a_comma_say_the_same(table):
    one, other = (assess(table, by=by) for by in ("accent,gender", ["accent", "gender"]))
    pd.testing.assert_frame_equal(one.findings, other.findings)


def test_an_intersection_can_be_the_other_side(table):
    findings = assess(table, by="accent,gender", against="a × f").findings
    typed = assess(table, by="accent,gender", against="a,f").findings
    pd.testing.assert_frame_equal(findings, typed)
    assert set(findings["group"]) == {"a × m", "b × f", "b × m"}


def test_who_lacks_one_label_is_in_no_intersection(table):
    someone = table["speaker_id"] == "bm-0"
    table.loc[someone, "gender"] = None
    groups = assess(table, by="accent,gender").groups.set_index("group")
    assert groups.loc["unknown", "n_speakers"] == 1
    assert groups.loc["b × m", "n_speakers"] == 13


def test_a_column_of_two_names_is_one_column(table):
    renamed = table.rename(columns={"accent": "accent,region"})
    assert set(assess(renamed, by="accent,region").findings["group"]) == {"a", "b"}


def test_a_misspelt_part_is_named(table):
    with pytest.raises(
        NotFoundError, match="no group column named 'gendre'. Did you mean 'gender'"
    ):
        assess(table, by="accent,gendre")
    with pytest.raises(OptionError, match="names a column twice"):
        assess(table, by="accent,accent")
    with pytest.raises(OptionError, match="at least one column"):
        assess(table, by=[])


def test_a_person_in_two_intersections_is_refused(table):
    table.loc[0, "gender"] = "m"
    with pytest.raises(TableError, match="has accent,gender 'a × .' here and 'a × .' elsewhere"):
        assess(table, by="accent,gender")
