"""What the data can bear of a plan, seen before any result."""

import pandas as pd
import pytest

from biasbench.errors import NotFoundError
from biasbench.evidence.estimate import between_speaker_sd
from biasbench.evidence.planning.power import people_needed
from biasbench.evidence.sums import speaker_sums
from biasbench.plans import read_plan
from biasbench.plans.checking import check_plan
from biasbench.plans.writing import new_plan, quoted
from tests.plans.test_reading import LEAST
from tests.report.simulated import measures


@pytest.fixture
def table():
    return measures({"a": (14, 0.1), "b": (30, 0.1), "c": (5, 0.1)})


def plan_of(tmp_path, text=LEAST):
    path = tmp_path / "plan.toml"
    path.write_text(text, encoding="utf-8")
    return read_plan(path)


def test_people_on_each_side_are_counted(tmp_path, table):
    found = check_plan(plan_of(tmp_path), table)
    assert [(one.group, one.people, one.against) for one in found.comparisons] == [
        ("a", 14, 35),
        ("b", 30, 19),
        ("c", 5, 44),
    ]
    assert found.can_decide


def test_what_the_margin_takes_is_the_formula_on_everybody(tmp_path, table):
    found = check_plan(plan_of(tmp_path), table)
    everybody = speaker_sums(table["speaker_id"], table["numerator"], table["denominator"])
    level = 0.95 ** (1 / 3)  # Šidák over three comparisons
    expected = people_needed(between_speaker_sd(everybody), 0.03, level=level)
    assert found.comparisons[0].needed == max(10, expected)


def test_no_group_tells_its_value(tmp_path, table):
    """Swapping who is in which group, sizes kept, changes nothing that is printed."""
    sizes = check_plan(plan_of(tmp_path), table)
    people = table[["speaker_id", "accent"]].drop_duplicates()
    shuffled = people.assign(accent=people["accent"].sample(frac=1, random_state=3).to_numpy())
    other = table.drop(columns="accent").merge(shuffled, on="speaker_id", validate="m:1")
    assert check_plan(plan_of(tmp_path), other) == sizes


def test_joined_groups_are_counted_together(tmp_path, table):
    merged = LEAST.replace('by = "accent"', 'by = "accent"\nmerge = { small = ["a", "c"] }')
    found = check_plan(plan_of(tmp_path, merged), table)
    assert {(one.group, one.people) for one in found.comparisons} == {("small", 19), ("b", 30)}


def test_too_few_people_for_any_verdict_cannot_decide(tmp_path):
    few = measures({"a": (5, 0.1), "b": (40, 0.1)})
    assert not check_plan(plan_of(tmp_path), few).can_decide


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('metric = "wer"', 'metric = "wert"', "Did you mean 'wer'"),
        ('by = "accent"', 'by = "accent"\ncompare = ["d"]', "no group of accent named 'd'"),
        ("biasbench_plan = 1", 'biasbench_plan = 1\nperiod = "devise"', "Did you mean 'device'"),
    ],
)
def test_a_name_that_is_not_there_is_said_with_the_nearest(tmp_path, table, old, new, words):
    with pytest.raises(NotFoundError, match=words):
        check_plan(plan_of(tmp_path, LEAST.replace(old, new)), table)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_new_plan_asks_for_what_only_its_author_knows(tmp_path, table, lang):
    path = new_plan(tmp_path / "new.toml", by="accent", table=table, lang=lang)
    text = path.read_text(encoding="utf-8")
    assert '"a", "b", "c"' in text
    assert '"device"' in text
    with pytest.raises(Exception, match="margin is missing"):
        read_plan(path)
    path.write_text(
        text.replace("# margin = 0\n", "margin = 0.03\n")
        .replace('# anchor = "human noise"\n', 'anchor = "human noise"\n')
        .replace('# why = ""\n', 'why = "they differ by 2.6"\n', 1),
        encoding="utf-8",
    )
    assert check_plan(read_plan(path), table).can_decide


def test_every_line_that_a_new_plan_comments_out_is_a_key_that_is_read(tmp_path):
    import re

    path = new_plan(tmp_path / "new.toml", by="accent")
    text = re.sub(r"^# (\w+ = |\[)", r"\1", path.read_text(encoding="utf-8"), flags=re.M)
    text = text.replace('why = ""', 'why = "x"').replace("margin = 0", "margin = 0.03")
    text = text.replace('name = ""', 'name = "x"').replace('column = ""', 'column = "x"')
    text = text.replace('metric = ""', 'metric = "wer"')
    path.write_text(text, encoding="utf-8")
    plan = read_plan(path)
    assert plan.pay is not None
    assert plan.selection
    assert plan.exclusions


def test_a_name_with_a_quote_in_it_stays_a_name(tmp_path):
    import tomllib

    name = 'acc"ent\\\n'
    assert tomllib.loads(f"by = {quoted(name)}")["by"] == name
    table = pd.DataFrame({"metric": ["wer"], 'acc"ent': ["x"], "speaker_id": ["p"]})
    path = new_plan(tmp_path / "plan.toml", by='acc"ent', table=table)
    assert tomllib.loads(path.read_text(encoding="utf-8"))["groups"]["by"] == 'acc"ent'
