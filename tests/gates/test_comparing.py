"""Several models side by side: each figure against another way to it, and nothing ranked."""

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import biasbench as bb
from biasbench.errors import InsufficientDataError, NotFoundError, OptionError, TableError
from biasbench.evidence import assess_swap
from biasbench.evidence.methods import cr3
from biasbench.evidence.sums import speaker_sums
from biasbench.gates.baselines import baseline_of, save_baseline
from biasbench.gates.comparing import compare
from biasbench.gates.comparing.labels import place_names
from biasbench.gates.comparing.pareto import on_front
from biasbench.gates.comparing.plot import comparison_figure
from biasbench.gates.sides import side_of
from biasbench.measures import Measures
from biasbench.provenance import Provenance
from biasbench.report.wording import say
from biasbench.runs.exports.people import write_key
from biasbench.tables import MEASURES
from tests.evidence.tables import measures_table

#: Two ways to the same sum differ by rounding alone.
SAME = {"rel": 1e-12, "abs": 1e-12}
GROUPS = {"a": (14, 0.20), "b": (16, 0.12), "c": (18, 0.15)}


def models(groups=GROUPS, n=3, metric="wer"):
    """A table for each of n models that heard the same people say the same words."""
    first = measures_table(groups, metric=metric)
    rng = np.random.default_rng(5)
    found = [first.assign(system="asr:m0")]
    for place in range(1, n):
        moved = np.maximum(first["numerator"] + rng.integers(-2, 3, len(first)) + place % 2, 0)
        found.append(first.assign(system=f"asr:m{place}", numerator=moved))
    return found


def of_corpus(table, corpus="calls@1", norm="en-1"):
    facts = {"corpus": corpus, "norm": norm}
    checked = MEASURES.check(table, source="measures")
    return Measures(checked, Provenance().then("corpus", facts))


@pytest.mark.parametrize("synthetic", ["yes", "no"])
def test_of_synthetic_speech_every_format_says_so_and_of_other_speech_none(synthetic, tmp_path):
    facts = {"corpus": "calls@1", "synthetic": synthetic}
    tables = [MEASURES.check(table, source="measures") for table in models(n=2)]
    found = compare(
        [Measures(table, Provenance().then("load_corpus", facts)) for table in tables], by="accent"
    )
    is_said = synthetic == "yes"
    for path in found.write(*(tmp_path / f"c.{ending}" for ending in ("txt", "md", "svg"))):
        assert (say("SYN", "en") in path.read_text(encoding="utf-8")) == is_said, path
    assert found.lines()[0] == say("SYN", "en") or not is_said
    assert found.table["synthetic"].tolist() == [is_said] * len(found.table)
    assert json.loads(found.to_json())["synthetic"] == is_said


def person_sums(table, keep):
    rows = table[keep & table["denominator"].notna()]
    return rows.groupby("speaker_id")[["numerator", "denominator"]].sum()


def value_and_variance(sums):
    """R and V_CR3 as statistics.md writes them, by hand."""
    e, w = sums["numerator"].to_numpy(), sums["denominator"].to_numpy()
    rate, share = e.sum() / w.sum(), w / w.sum()
    return rate, (((e - rate * w) / (1 - share)) ** 2).sum() / w.sum() ** 2


def test_each_gap_has_the_two_sided_interval_of_that_model_alone():
    tables = models()
    found = compare(tables, by="accent", alpha=0.1)
    assert len(found.gaps) == 9
    adjusted = 0.9 ** (1 / 9)
    for gap in found.gaps:
        table = next(one for one in tables if one["system"].iloc[0] == gap.model)
        sides = [
            speaker_sums(rows["speaker_id"], rows["numerator"], rows["denominator"])
            for is_in in (True, False)
            for rows in [table[(table["accent"] == gap.group) == is_in]]
        ]
        alone, strict = cr3.compare(*sides, level=0.9), cr3.compare(*sides, level=adjusted)
        assert gap.gap == pytest.approx(alone.difference, **SAME)
        assert (gap.low, gap.high) == pytest.approx(
            (alone.difference_low, alone.difference_high), **SAME
        )
        assert (gap.low_adjusted, gap.high_adjusted) == pytest.approx(
            (strict.difference_low, strict.difference_high), **SAME
        )
        assert (gap.n_people, gap.n_against) == tuple(one.n_speakers for one in sides)


def test_each_change_is_that_of_a_swap_from_the_first_model():
    tables = models()
    found = compare(tables, by="accent", against="b")
    assert [(one.model, one.group) for one in found.changes] == [
        (model, group) for model in ("asr:m1", "asr:m2") for group in ("a", "c")
    ]
    adjusted = 1 - 0.95 ** (1 / 4)
    for change in found.changes:
        later = tables[int(change.model[-1])]
        question = {"by": "accent", "group": change.group, "against": "b"}
        alone = assess_swap(tables[0], later, alpha=0.025, **question).change
        strict = assess_swap(tables[0], later, alpha=adjusted / 2, **question).change
        assert change.paired
        assert change.change == pytest.approx(alone.change, **SAME)
        assert change.before == pytest.approx(alone.gap_before, **SAME)
        assert change.after == pytest.approx(alone.gap_after, **SAME)
        assert (change.low, change.high) == pytest.approx((alone.lower, alone.upper), **SAME)
        assert (change.low_adjusted, change.high_adjusted) == pytest.approx(
            (strict.lower, strict.upper), **SAME
        )


def test_a_change_between_other_recordings_is_not_paired_and_says_so():
    one, other = models(n=2)
    found = compare([of_corpus(one), of_corpus(other, "calls@2")], by="accent", groups=["a"])
    change = found.changes[0]
    assert not change.paired
    assert any("the change is not paired" in note for note in found.notes)
    parts = [
        value_and_variance(person_sums(table, (table["accent"] == "a") == is_in))
        for table in (one, other)
        for is_in in (True, False)
    ]
    (g1, vg1), (a1, va1), (g2, vg2), (a2, va2) = parts
    error = np.sqrt(vg1 + va1 + vg2 + va2)
    dof = error**4 / sum(v**2 / k for v, k in ((vg1, 13), (va1, 33), (vg2, 13), (va2, 33)))
    reach = stats.t.ppf(0.975, dof) * error
    expected = (g2 - a2) - (g1 - a1)
    assert change.change == pytest.approx(expected, **SAME)
    assert (change.low, change.high) == pytest.approx((expected - reach, expected + reach), **SAME)


def test_the_points_are_everybody_and_the_worst_group_by_hand():
    tables = models()
    found = compare(tables, by="accent", groups=["a"], against="b")
    for point, table in zip(found.points, tables, strict=True):
        rate, variance = value_and_variance(person_sums(table, table["accent"] != ""))
        reach = stats.t.ppf(0.975, 47) * np.sqrt(variance) / rate
        assert point.overall == pytest.approx(rate, **SAME)
        ends = (rate * np.exp(-reach), rate * np.exp(reach))
        assert (point.low, point.high) == pytest.approx(ends, **SAME)
        rates = {g: value_and_variance(person_sums(table, table["accent"] == g))[0] for g in "abc"}
        assert point.worst_group == max(rates, key=rates.get)
        assert point.worst == pytest.approx(max(rates.values()), **SAME)
    beaten = [
        any(q.overall <= p.overall and q.worst <= p.worst and q != p for q in found.points)
        for p in found.points
    ]
    assert [point.on_front for point in found.points] == [not one for one in beaten]


def test_where_higher_is_better_the_lowest_group_is_the_worst_and_the_front_turns():
    low = models(n=2)
    high = [
        one.assign(
            metric="keyword_recall:hello",
            direction="higher is better",
            numerator=one["denominator"] - one["numerator"],
        )
        for one in low
    ]
    errors, recall = compare(low, by="accent"), compare(high, by="accent")
    assert [p.worst_group for p in recall.points] == [p.worst_group for p in errors.points]
    assert [p.on_front for p in recall.points] == [p.on_front for p in errors.points]
    assert recall.points[0].worst == pytest.approx(1 - errors.points[0].worst, **SAME)
    assert "lowest value" in "\n".join(recall.lines())


numbers = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=12)


@given(numbers)
def test_the_front_is_what_brute_force_finds(points):
    x, y = zip(*points, strict=True)
    beaten = [
        any(
            q[0] <= p[0] and q[1] <= p[1] and (q[0] < p[0] or q[1] < p[1])
            for other, q in enumerate(points)
            if other != place
        )
        for place, p in enumerate(points)
    ]
    assert on_front(x, y).tolist() == [not one for one in beaten]


def test_a_point_without_a_value_has_no_place_at_a_front():
    with pytest.raises(ValueError, match="neither on the front nor off it"):
        on_front([1.0, np.nan], [1.0, 2.0])
    with pytest.raises(ValueError, match="one of each"):
        on_front([1.0], [1.0, 2.0])


@settings(deadline=None, max_examples=30)
@given(st.permutations(range(4)))
def test_models_stand_in_the_order_given_whatever_their_errors(order):
    tables = models(n=4)
    found = compare([tables[place] for place in order], by="accent", groups=["b"])
    names = [f"asr:m{place}" for place in order]
    assert [one.name for one in found.models] == names
    assert [one.model for one in found.gaps] == names
    assert [one.model for one in found.points] == names
    assert [one.model for one in found.changes] == names[1:]
    assert f"from the first model, m{order[0]}," in found.tables()[1].caption


def test_a_table_of_several_systems_is_several_models_in_order_of_appearance():
    one, two, three = models()
    together = compare([pd.concat([three, one]), two], by="accent")
    assert [one.name for one in together.models] == ["asr:m2", "asr:m0", "asr:m1"]
    apart = compare([three, one, two], by="accent")
    assert together.gaps == apart.gaps
    assert together.changes == apart.changes
    assert together.points == apart.points


def test_models_of_one_name_are_told_apart_by_their_files(tmp_path):
    table = models(n=1)[0]
    table.to_csv(tmp_path / "old.csv", index=False)
    table.to_csv(tmp_path / "new.csv", index=False)
    found = compare([tmp_path / "old.csv", tmp_path / "new.csv"], by="accent")
    assert [one.name for one in found.models] == ["asr:m0 (old.csv)", "asr:m0 (new.csv)"]
    found = compare([tmp_path / "old.csv", tmp_path / "old.csv"], by="accent")
    assert [one.label for one in found.models] == ["m0 (old.csv) #1", "m0 (old.csv) #2"]
    assert all(change.change == 0 and change.low is None for change in found.changes)
    assert all(change.note for change in found.changes)


@pytest.mark.parametrize("with_key", [False, True])
def test_a_baseline_stands_in_for_its_table(tmp_path, with_key):
    key = write_key(tmp_path / "key") if with_key else None
    first, second, third = models()
    side = side_of(first, by="accent", metrics=["wer"])
    path = save_baseline(baseline_of(side, key=key), tmp_path / "b.json")
    from_tables = compare([first, second, third], by="accent")
    for place in range(3):
        given_as = [first, second, third]
        expected = from_tables
        if place:
            given_as = [second, first, third] if place == 1 else [second, third, first]
            expected = compare(given_as, by="accent")
        given_as[place] = path
        found = compare(given_as, by="accent", key=key)
        for one, other in zip(found.changes, expected.changes, strict=True):
            assert one.change == pytest.approx(other.change, **SAME)
            assert (one.low, one.high) == pytest.approx((other.low, other.high), **SAME)
        for one, other in zip(found.points, expected.points, strict=True):
            assert one == replace(other, model=one.model)
    if with_key:
        with pytest.raises(OptionError, match="give the same file with --key"):
            compare([path, second], by="accent")


def test_a_small_group_has_no_figure_and_its_people_are_not_counted(tmp_path):
    tables = models({"a": (14, 0.2), "b": (16, 0.1), "c": (18, 0.1), "tiny": (4, 0.9)})
    found = compare(tables, by="accent", against="b")
    assert {one.group for one in found.gaps} == {"a", "c"}
    assert "tiny" not in found.among
    told = [line for line in found.lines() if "tiny" in line]
    assert told == ["Too few people (fewer than 10 on a side), so no figure: tiny"]
    found.write(tmp_path / "t.csv", tmp_path / "t.json", tmp_path / "t.md")
    counts = pd.read_csv(tmp_path / "t.csv")[["n_people", "n_against"]].stack()
    assert counts.min() >= 6
    counted = re.findall(r'"n_(?:people|against)": (\d+)', (tmp_path / "t.json").read_text())
    assert min(map(int, counted)) >= 6
    assert "4 people" not in (tmp_path / "t.md").read_text() + "\n".join(found.lines())


def test_a_group_that_one_model_has_too_few_of_is_told_with_that_model():
    one, two, three = models()
    few = two[~two["speaker_id"].isin([f"a-{number}" for number in range(9)])]
    found = compare([one, few, three], by="accent", against="b")
    assert {gap.model for gap in found.gaps if gap.group == "a"} == {"asr:m0", "asr:m2"}
    assert found.among == (
        "b",
        "c",
    )  # the worst one is picked from the same groups with every model
    told = next(line for line in found.remarks() if line.startswith("Too few"))
    assert told.endswith("so no figure: a with m1")


def test_people_too_few_everywhere_are_not_enough_data():
    tables = models({"a": (7, 0.2), "b": (8, 0.1)})
    with pytest.raises(InsufficientDataError, match="no group of accent has 10 people"):
        compare(tables, by="accent")
    assert compare(tables, by="accent", min_people=6).gaps


HOSTILE = "in\nd|ian\u202e <b>*x*</b>"


def test_a_hostile_name_is_printed_on_one_line_and_is_no_mark_up(tmp_path):
    tables = [
        one.assign(accent=one["accent"].replace({"a": HOSTILE}), system=f"asr:{place}\n|{HOSTILE}")
        for place, one in enumerate(models())
    ]
    found = compare(tables, by="accent", against="b")
    plain = compare(models(), by="accent", against="b")
    assert len("\n".join(found.lines()).splitlines()) == len(plain.lines())
    text = "\n".join(found.lines())
    assert "\u202e" not in text
    assert "in d|ian⟨U+202E⟩" in text
    found.write(tmp_path / "h.md", tmp_path / "h.svg", tmp_path / "h.csv")
    plain.write(tmp_path / "p.md")
    markdown = (tmp_path / "h.md").read_text()
    prose = re.sub(r"`[^\n]*`", "", markdown)
    assert "<b>" not in prose
    assert "\u202e" not in markdown
    assert len(markdown.splitlines()) == len((tmp_path / "p.md").read_text().splitlines())
    for line in prose.splitlines():
        if line.startswith("| "):
            assert len(re.findall(r"(?<!\\)\|", line)) in (8, 10, 11)
    assert "\u202e" not in (tmp_path / "h.svg").read_text()
    assert set(pd.read_csv(tmp_path / "h.csv")["group"].dropna()) == {HOSTILE, "c"}


def test_nothing_is_ranked_and_nothing_is_claimed(tmp_path):
    found = compare(models(), by="accent")
    found.write(tmp_path / "c.md")
    text = ("\n".join(found.lines()) + (tmp_path / "c.md").read_text()).lower()
    for word in ("best", "winner", "significant", "proven", "because of", "rank:"):
        assert word not in text
    assert "nothing is ranked" in text


def test_what_has_no_value_is_told_by_model():
    one, two = models(n=2)
    lost = two.copy()
    lost.loc[lost.index[:6], ["numerator", "denominator"]] = np.nan
    found = compare([one, lost], by="accent")
    assert "m1: 1.6% of its utterances have no value and are in no figure" in found.notes
    assert any("m1: of 6 utterances only it or only m0 has a value" in n for n in found.notes)


def test_other_settings_are_told_and_another_normaliser_is_refused():
    def set_so(table, beam):
        steps = of_corpus(table).provenance.then(
            "run", {"system": table["system"].iloc[0], "options": f"beam_size={beam}"}
        )
        return Measures(MEASURES.check(table, source="measures"), steps)

    one, two = models(n=2)
    found = compare([set_so(one, 1), set_so(two, 5)], by="accent")
    assert any("m1 was decoded with beam_size=5, and m0 with beam_size=1" in n for n in found.notes)
    with pytest.raises(TableError, match="the normaliser is none-1, and that of source 1 is en-1"):
        compare([of_corpus(one), of_corpus(two, norm="none-1")], by="accent")


def test_few_events_are_told_beside_the_interval_they_make():
    tables = [one.assign(numerator=(one.index % 40 == 0) * 1.0) for one in models(n=2)]
    found = compare([tables[0], tables[1]], by="accent", groups=["a"])
    assert "events in 'a', 30 are needed" in found.gaps[0].note
    assert any("30 are needed" in line for line in found.lines())


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"sources": []}, OptionError, "at least two are compared"),
        ({"sources": models(n=1)}, OptionError, "1 model is given, and at least two"),
        ({"sources": models(n=1)[0]}, OptionError, "give a list of models"),
        ({"metric": "cer"}, NotFoundError, "no metric in source 1 named 'cer'"),
        ({"by": "acent"}, NotFoundError, "Did you mean 'accent'"),
        ({"against": "bb"}, NotFoundError, "no group of accent named 'bb'"),
        ({"groups": ["d"]}, NotFoundError, "no group named 'd'"),
        ({"groups": ["b"], "against": "b"}, OptionError, "is the other side already"),
        ({"alpha": 0.7}, OptionError, "alpha=0.7"),
        ({"min_people": 5}, OptionError, "fewer than 6 people"),
    ],
)
def test_what_cannot_be_meant_is_said_in_one_line(change, error, says):
    with pytest.raises(error, match=re.escape(says)) as caught:
        compare(**{"sources": models(n=2), "by": "accent", **change})
    assert "\n" not in str(caught.value)


def test_the_metric_is_asked_for_where_there_are_several():
    one, two = models(n=2)
    both = pd.concat([two, two.assign(metric="cer")])
    with pytest.raises(OptionError, match="2 metrics; pass metric= one of wer, cer"):
        compare([one, both], by="accent")
    assert compare([one, both], by="accent", metric="wer").metric == "wer"


def test_a_metric_without_a_worse_way_has_no_worst_group():
    with pytest.raises(OptionError, match="neither way is worse, so that there is no worst group"):
        compare(models(n=2, metric="handling_time"), by="accent")
    with pytest.raises(OptionError, match="which way of my_rate is worse is not known"):
        compare(models(n=2, metric="my_rate"), by="accent")
    one, two = models(n=2)
    two = two.assign(direction="higher is better")
    with pytest.raises(TableError, match="wer is 'higher is better', and 'higher is worse' in"):
        compare([one, two], by="accent")


def test_models_that_heard_other_people_are_not_paired_in_silence():
    one, two = models(n=2)
    with pytest.raises(TableError, match="nobody of source 1 is in it"):
        compare([one, two.assign(speaker_id="x" + two["speaker_id"])], by="accent")


def test_the_long_table_and_json_hold_every_figure(tmp_path):
    found = compare(models(), by="accent")
    table = found.table
    assert table["what"].value_counts().to_dict() == {
        "gap": 9,
        "change": 6,
        "overall": 3,
        "worst group": 3,
    }
    assert (table.loc[table["what"] == "change", "from_model"] == "asr:m0").all()
    (written,) = found.write(tmp_path / "c.json")
    document = json.loads(written.read_text(encoding="utf-8"))
    assert document["gaps"][0]["gap"] == found.gaps[0].gap
    assert [one["name"] for one in document["models"]] == ["asr:m0", "asr:m1", "asr:m2"]


def test_the_same_comparison_draws_the_same_bytes(tmp_path):
    found = compare(models(), by="accent")
    for ending in ("svg", "png", "pdf"):
        first, second = found.write(tmp_path / f"a.{ending}", tmp_path / f"b.{ending}")
        assert first.read_bytes() == second.read_bytes()


def test_a_file_that_cannot_be_written_is_said_in_one_line(tmp_path):
    found = compare(models(n=2), by="accent")
    (tmp_path / "file").write_text("")
    with pytest.raises(OptionError, match="cannot be written"):
        found.write(tmp_path / "file" / "c.csv")


def test_every_point_lies_inside_the_figure_with_its_intervals():
    found = compare(models(), by="accent")
    axes = comparison_figure(found).axes[0]
    (x_low, x_high), (y_low, y_high) = axes.get_xlim(), axes.get_ylim()
    for point in found.points:
        assert x_low <= 100 * point.low <= 100 * point.high <= x_high
        assert y_low <= 100 * point.worst_low <= 100 * point.worst_high <= y_high


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000))
def test_nine_names_never_stand_on_each_other(seed):
    rng = np.random.default_rng(seed)
    points = rng.uniform([0.5, 0.5], [6.3, 4.0], (9, 2))
    boxes = place_names(points, np.tile([1.0, 0.28], (9, 1)), np.empty((0, 4)), (6.8, 4.5))
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            apart = one[0] > other[2] or other[0] > one[2] or one[1] > other[3] or other[1] > one[3]
            assert apart
        assert one.min() >= 0
        assert one[2] <= 6.8
        assert one[3] <= 4.5


def test_nine_recognisers_on_real_speech_have_the_errors_that_others_counted(shared_data, tmp_path):
    folder = shared_data("artie")
    run = bb.import_export("table", folder / "transcripts.csv.gz", output=tmp_path / "run")
    measures = bb.measure(run, bb.load_corpus(folder), metrics=["wer"], normalizer="none")
    found = compare([measures], by="accent", against="us", groups=["indian", "england"])
    counted = pd.read_csv(folder / "transcripts.csv.gz", keep_default_na=False)
    people = pd.read_csv(folder / "utterances.csv", dtype=str, keep_default_na=False)
    rows = counted.merge(people[["utterance_id", "speaker_id", "accent"]], on="utterance_id")
    assert [one.name for one in found.models] == list(pd.unique(counted["system"]))
    assert len(found.models) == 9
    rates = rows.groupby(["system", "accent"])[["errors", "words"]].sum()
    rates = rates["errors"] / rates["words"]
    for gap in found.gaps:
        expected = rates[gap.model, gap.group] - rates[gap.model, "us"]
        assert gap.gap == pytest.approx(expected, **SAME)
    # The recogniser for Indian English is the one whose gap goes the other way.
    gaps = {one.model: one for one in found.gaps if one.group == "indian"}
    assert gaps["google-en-IN"].high_adjusted < 0 < gaps["google-en-US"].low_adjusted
