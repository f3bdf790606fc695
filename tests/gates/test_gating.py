"""What a gate decides, and what it refuses to set against each other."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import biasbench as bb
from biasbench.errors import InsufficientDataError, NotFoundError, OptionError, TableError
from biasbench.evidence import assess, assess_swap
from biasbench.gates import Policy, gate, read_baseline, write_baseline
from biasbench.runs.exports.people import write_key
from tests.gates.world import CHANGES, Told, table

POLICY = Policy(
    metrics=("wer",), by="accent", groups=("a",), max_change={"wer": 0.02}, min_people=6
)


def change_of(found):
    (check,) = [one for one in found.checks if one.rule == "change"]
    return check


# ── Decisions ──────────────────────────────────────────────────────────────────────────────────


def test_a_swap_that_changes_little_passes():
    found = gate(table(), table(added=CHANGES, system="asr:new"), POLICY)
    assert (found.outcome, found.exit_code) == ("pass", 0)
    assert change_of(found).reason == "within"


def test_a_swap_that_makes_a_group_worse_fails():
    worse = table(added=[30, 0, 40, 1, 35, -1], system="asr:new")
    found = gate(table(), worse, POLICY)
    assert (found.outcome, found.exit_code, change_of(found).reason) == ("fail", 1, "beyond")


def test_a_swap_with_too_wide_bounds_cannot_be_decided():
    wild = table(added=[40, 0, -40, 1, 30, -1, -30, 2], system="asr:new")
    found = gate(table(), wild, POLICY)
    assert (found.outcome, found.exit_code) == ("undecided", 3)
    check = change_of(found)
    assert check.reason == "wide"
    assert 0 < check.power < 0.8
    assert check.detectable > 0.02
    assert check.people_needed > check.n_people


def test_going_on_when_undecided_leaves_with_0_and_is_still_no_pass():
    wild = table(added=[40, 0, -40, 1, 30, -1, -30, 2], system="asr:new")
    found = gate(table(), wild, replace(POLICY, undecided="go on"))
    assert (found.outcome, found.exit_code) == ("undecided", 0)


def test_a_failure_is_a_failure_however_the_policy_goes_on():
    worse = table(added=[30, 0, 40, 1, 35, -1], system="asr:new")
    assert gate(table(), worse, replace(POLICY, undecided="go on")).exit_code == 1


def test_the_bounds_are_those_of_assess_swap():
    old, new = table(), table(added=CHANGES, system="asr:new")
    swap = assess_swap(old, new, by="accent", group="a", margin=0.02)
    check = change_of(gate(old, new, POLICY))
    assert check.low == pytest.approx(swap.change.lower, abs=1e-12)
    assert check.high == pytest.approx(swap.change.upper, abs=1e-12)
    assert check.value == pytest.approx(swap.change.change, abs=1e-12)
    assert (check.n_people, check.n_against) == (12, 12)


def test_the_gap_of_the_candidate_is_bounded_as_assess_bounds_it():
    new = table(added=CHANGES, system="asr:new")
    asked = replace(POLICY, max_change={}, max_gap={"wer": 0.2})
    (check,) = [one for one in gate(table(), new, asked).checks if one.rule == "gap"]
    finding = assess(new, by="accent", groups=["a"], level=0.9, margin=0.2).findings.iloc[0]
    assert check.value == pytest.approx(finding["difference"], abs=1e-12)
    assert check.low == pytest.approx(finding["difference_low"], abs=1e-12)
    assert check.high == pytest.approx(finding["difference_high"], abs=1e-12)


def test_a_gap_above_the_limit_fails_even_where_nothing_changed():
    old = table(added=[60, 0])
    asked = replace(POLICY, max_gap={"wer": 0.03})
    found = gate(old, table(added=[60, 0], system="asr:new"), asked)
    assert {check.rule: check.outcome for check in found.checks} == {
        "coverage": "pass",
        "change": "pass",
        "gap": "fail",
    }


def test_the_same_output_passes_and_says_that_nobody_differs():
    found = gate(table(), table(system="asr:new"), POLICY)
    assert (found.outcome, change_of(found).reason) == ("pass", "identical")


def test_no_event_at_all_is_not_the_same_output():
    silent = table().assign(numerator=0.0)
    found = gate(silent, silent.assign(system="asr:new"), POLICY)
    assert (found.outcome, change_of(found).reason) == ("undecided", "events")


def test_a_group_that_is_better_off_and_comes_nearer_is_not_harmed():
    """'b' is far better off than 'a'; a model that helps 'a' narrows the gap and must not fail."""
    old = table(added=[60, 0])
    new = table(added=[30, 0, 31, 1, 29, -1], system="asr:new")
    found = gate(old, new, replace(POLICY, groups=None))
    assert found.outcome == "pass"
    assert {c.group: c.reason for c in found.checks if c.rule == "change"} == {
        "a": "within",
        "b": "better-off",
    }


def test_a_score_of_which_higher_is_better_fails_the_other_way_round():
    scores = table(metric="mean_score:tone").assign(denominator=1.0)
    asked = Policy(
        metrics=("mean_score:tone",),
        by="accent",
        groups=("a",),
        max_change={"mean_score:tone": 1},
        direction={"mean_score:tone": "higher is better"},
    )
    for added, outcome in (([-20, 0, -24, 1, -22, -1], "fail"), ([20, 0, 24, 1, 22, -1], "pass")):
        new = scores.assign(system="asr:new")
        first = np.arange(24) * 4
        new.loc[first, "numerator"] += np.resize(np.array(added, dtype=float), 24)
        assert gate(scores, new, asked).outcome == outcome


def test_a_metric_whose_bad_way_is_not_known_is_asked_about():
    scores = table(metric="mean_score:tone")
    asked = Policy(metrics=("mean_score:tone",), by="accent", max_change={"mean_score:tone": 1})
    with pytest.raises(OptionError, match="which way of mean_score:tone is worse"):
        gate(scores, scores.assign(system="asr:new"), asked)


def test_too_few_people_cannot_be_decided_and_are_not_counted():
    found = gate(
        table(people=8), table(people=8, added=[1], system="asr:new"), replace(POLICY, min_people=6)
    )
    check = change_of(found)
    assert (found.outcome, check.reason, check.n_people) == ("undecided", "people", None)


def test_one_person_with_most_of_the_words_cannot_be_decided():
    def lopsided(frame):
        first = frame["speaker_id"] == "p00"
        return frame.assign(denominator=np.where(first, 5000.0, 50.0))

    found = gate(lopsided(table()), lopsided(table(added=CHANGES, system="asr:new")), POLICY)
    assert change_of(found).reason == "one-person"


def test_a_side_that_mostly_has_no_value_cannot_be_decided():
    rows = [row for row in range(96) if row % 8 == 1]  # a quarter of everybody in 'a'
    found = gate(lost(table(), rows), lost(table(added=CHANGES, system="asr:new"), rows), POLICY)
    assert (found.outcome, change_of(found).reason) == ("undecided", "missing")


# ── Coverage ───────────────────────────────────────────────────────────────────────────────────


def lost(frame: pd.DataFrame, rows) -> pd.DataFrame:
    frame = frame.copy()
    frame.loc[rows, ["numerator", "denominator"]] = np.nan
    return frame


@pytest.mark.parametrize("how", ["failed", "absent"])
def test_utterances_that_the_candidate_lost_are_gated(how):
    new = table(added=CHANGES, system="asr:new")
    rows = [1, 2, 9]
    new = lost(new, rows) if how == "failed" else new.drop(index=rows)
    found = gate(table(), new, POLICY)
    assert found.outcome == "fail"
    (check,) = [c for c in found.checks if c.rule == "coverage" and c.group == ""]
    assert (check.outcome, check.value) == ("fail", 3 / 96)
    allowed = gate(table(), new, replace(POLICY, max_lost=0.1))
    assert allowed.outcome == "pass"


def test_losses_of_one_group_alone_are_gated_by_group():
    rows = [0, 8, 16]  # all of people in 'a'
    found = gate(
        table(), lost(table(added=CHANGES, system="asr:new"), rows), replace(POLICY, max_lost=0.05)
    )
    assert {c.group: c.outcome for c in found.checks if c.rule == "coverage"} == {
        "": "pass",
        "a": "fail",
    }


def test_what_the_baseline_never_had_is_not_lost(tmp_path):
    old, new = lost(table(), [1, 2, 9]), table(added=CHANGES, system="asr:new")
    found = gate(old, new, POLICY)
    assert found.outcome == "pass"
    write_baseline(old, tmp_path / "b.json", POLICY)
    small = gate(tmp_path / "b.json", new, POLICY)
    assert change_of(small).high == pytest.approx(change_of(found).high, abs=1e-12)
    assert change_of(small).n_people == 12


def test_with_a_baseline_people_of_lost_utterances_are_left_out_and_it_says_so(tmp_path):
    write_baseline(table(), tmp_path / "b.json", POLICY)
    new = lost(table(added=CHANGES, system="asr:new"), [1])
    found = gate(tmp_path / "b.json", new, replace(POLICY, max_lost=0.1))
    assert change_of(found).n_people == 11
    assert any("left out" in note for note in found.notes)


# ── Baselines ──────────────────────────────────────────────────────────────────────────────────


def test_a_baseline_decides_as_the_table_it_was_written_from(tmp_path):
    new = Told(table(added=CHANGES, system="asr:new"))
    path = write_baseline(Told(table()), tmp_path / "baseline.json", POLICY)
    for old, other in ((Told(table()), new), (path, new)):
        found = gate(old, other, POLICY)
        assert found.outcome == "pass"
    whole, small = gate(Told(table()), new, POLICY), gate(path, new, POLICY)
    assert change_of(small).high == pytest.approx(change_of(whole).high, abs=1e-12)
    assert small.signature == whole.signature


def test_the_candidate_may_be_the_baseline_and_both_may_be(tmp_path):
    key = write_key(tmp_path / "key")
    old, new = Told(table()), Told(table(added=CHANGES, system="asr:new"))
    before = write_baseline(old, tmp_path / "old.json", POLICY, key=key)
    after = write_baseline(new, tmp_path / "new.json", POLICY, key=key)
    for one, other in ((before, new), (old, after), (before, after)):
        found = gate(one, other, POLICY, key=key)
        assert change_of(found).high == pytest.approx(
            change_of(gate(old, new, POLICY)).high, abs=1e-12
        )


def test_baselines_under_two_salts_cannot_be_paired(tmp_path):
    before = write_baseline(table(), tmp_path / "old.json", POLICY)
    after = write_baseline(table(), tmp_path / "new.json", POLICY)
    with pytest.raises(OptionError, match="under different keys"):
        gate(before, after, POLICY)


def test_a_baseline_holds_no_id_and_is_small(tmp_path):
    frame = table(people=500, per_person=3)
    many = pd.concat([frame.assign(metric=f"m{n}", direction="higher is worse") for n in range(5)])
    asked = Policy(
        metrics=tuple(f"m{n}" for n in range(5)),
        by="accent",
        max_change={f"m{n}": 0.01 for n in range(5)},
    )
    text = write_baseline(many, tmp_path / "b.json", asked).read_text(encoding="utf-8")
    assert "p007" not in text
    assert "u0" not in text
    assert len(text) < 60_000
    assert len(read_baseline(tmp_path / "b.json").side.metrics["m4"].sums.digest) == 500


def test_a_key_kept_apart_is_asked_for_and_must_be_the_same(tmp_path):
    key, other = write_key(tmp_path / "key"), write_key(tmp_path / "other")
    path = write_baseline(table(), tmp_path / "b.json", POLICY, key=key)
    assert key.read_text().strip() not in path.read_text()
    new = table(added=CHANGES, system="asr:new")
    assert gate(path, new, POLICY, key=key).outcome == "pass"
    with pytest.raises(OptionError, match="give the same file with --key"):
        gate(path, new, POLICY)
    with pytest.raises(OptionError, match="is not the key that"):
        gate(path, new, POLICY, key=other)


@pytest.mark.parametrize("line", ["numerator", "denominator", "digest", "group", "facts", "salt"])
def test_a_baseline_changed_by_hand_is_refused(tmp_path, line):
    path = write_baseline(Told(table()), tmp_path / "b.json", POLICY)
    document = json.loads(path.read_text())
    place = document["metrics"]["wer"] if line in document["metrics"]["wer"] else document
    match place[line]:
        case list() as values:
            values[0] = 1 if isinstance(values[0], int) and values[0] != 1 else "0"
        case dict() as facts:
            facts["corpus"] = "other@22222222"
        case str() as salt:
            place[line] = salt[::-1]
    path.write_text(json.dumps(document))
    with pytest.raises(TableError, match="was changed since it was written"):
        gate(path, table(system="asr:new"), POLICY)


def test_a_baseline_cut_off_anywhere_is_refused(tmp_path):
    path = write_baseline(table(), tmp_path / "b.json", POLICY)
    content = path.read_bytes()
    for end in (0, 1, len(content) // 2, len(content) - 3):
        path.write_bytes(content[:end])
        with pytest.raises(TableError, match="is not a whole baseline"):
            read_baseline(path)


def test_a_file_that_is_no_baseline_is_refused(tmp_path):
    path = tmp_path / "b.json"
    for text in ("[]", "{}", '{"biasbench_baseline": 2}'):
        path.write_text(text)
        with pytest.raises(TableError, match="is not a baseline of form 1"):
            read_baseline(path)
    with pytest.raises(NotFoundError):
        read_baseline(tmp_path / "nowhere.json")


def test_a_baseline_of_other_metrics_or_groups_is_refused(tmp_path):
    path = write_baseline(table(), tmp_path / "b.json", POLICY)
    cer = replace(POLICY, metrics=("cer",), max_change={"cer": 0.01})
    with pytest.raises(NotFoundError, match="metric"):
        gate(path, table(metric="cer"), cer)
    new = table(system="asr:new").assign(gender="f")
    with pytest.raises(OptionError, match="its groups are by accent"):
        gate(path, new, replace(POLICY, by="gender", groups=None))


# ── What cannot be set against each other ──────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["table", "baseline"])
@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"corpus": "other@22222222"}, "the corpus is calls@11111111, and that of"),
        ({"norm": "minimal-1"}, "the normaliser is en-1, and that of"),
        ({"options": "beam_size=1 temperature=0"}, "decoded with beam_size=5, and"),
    ],
)
def test_another_corpus_normaliser_or_setting_is_refused(tmp_path, kind, facts, says):
    old = Told(table())
    if kind == "baseline":
        old = write_baseline(old, tmp_path / "b.json", POLICY)
    with pytest.raises(TableError, match=says):
        gate(old, Told(table(added=CHANGES, system="asr:new"), **facts), POLICY)


def test_settings_may_be_part_of_the_swap_where_the_policy_says_so():
    new = Told(table(added=CHANGES, system="asr:new"), options="beam_size=1 temperature=0")
    assert gate(Told(table()), new, replace(POLICY, options="any")).outcome == "pass"


def test_what_comes_with_the_weights_is_no_setting():
    old = Told(table(), options="beam_size=5 tokenizer=aaaa")
    new = Told(table(added=CHANGES, system="asr:new"), options="beam_size=5 tokenizer=bbbb")
    assert gate(old, new, POLICY).outcome == "pass"


def test_a_side_that_does_not_say_its_corpus_is_told():
    found = gate(Told(table()), table(added=CHANGES, system="asr:new"), POLICY)
    assert [note for note in found.notes if "does not say its corpus" in note]


@pytest.mark.parametrize("kind", ["table", "baseline"])
def test_other_words_are_refused_even_where_no_normaliser_is_told(tmp_path, kind):
    old = table()
    if kind == "baseline":
        old = write_baseline(old, tmp_path / "b.json", POLICY)
    new = table(system="asr:new")
    new.loc[3, "denominator"] = 49.0
    with pytest.raises(TableError, match="denominator is .* same normaliser"):
        gate(old, new, POLICY)


@pytest.mark.parametrize("kind", ["table", "baseline"])
def test_other_people_are_refused(tmp_path, kind):
    old = table()
    if kind == "baseline":
        old = write_baseline(old, tmp_path / "b.json", POLICY)
    new = table(system="asr:new")
    with pytest.raises(TableError, match="nobody of"):
        gate(old, new.assign(speaker_id="x" + new["speaker_id"]), POLICY)


def test_other_recordings_of_the_same_people_are_refused(tmp_path):
    new = table(system="asr:new")
    new = new.assign(unit_id="x" + new["unit_id"])
    with pytest.raises(TableError, match="no unit of"):
        gate(table(), new, POLICY)
    path = write_baseline(table(), tmp_path / "b.json", POLICY)
    with pytest.raises(TableError, match="recordings are not those of"):
        gate(path, new, POLICY)


@pytest.mark.parametrize("kind", ["table", "baseline"])
def test_a_person_in_another_group_is_refused(tmp_path, kind):
    old = table()
    if kind == "baseline":
        old = write_baseline(old, tmp_path / "b.json", POLICY)
    new = table(system="asr:new")
    new.loc[new["speaker_id"] == "p00", "accent"] = "b"
    with pytest.raises(TableError, match="a person who is 'a' in"):
        gate(old, new, POLICY)


def test_a_table_without_speakers_cannot_be_gated():
    with pytest.raises(InsufficientDataError, match="no speaker labels"):
        gate(table().drop(columns="speaker_id"), table(system="asr:new"), POLICY)


def test_of_a_table_with_several_systems_one_must_be_named():
    both = pd.concat([table(), table(added=CHANGES, system="asr:new")])
    with pytest.raises(OptionError, match="baseline_system"):
        gate(both, both, POLICY)
    found = gate(both, both, POLICY, baseline_system="asr:old", candidate_system="asr:new")
    assert found.outcome == "pass"


def test_a_group_that_is_not_there_is_asked_about():
    with pytest.raises(NotFoundError, match="no group of accent"):
        gate(table(), table(system="asr:new"), replace(POLICY, groups=("A",)))


# ── Other recordings ───────────────────────────────────────────────────────────────────────────


def test_other_recordings_are_compared_unpaired_where_the_policy_says_so():
    new = table(people=40, added=CHANGES, system="asr:new")
    new = Told(new.assign(speaker_id="q" + new["speaker_id"]), corpus="other@22222222")
    found = gate(Told(table()), new, replace(POLICY, corpora="any", max_change={"wer": 0.2}))
    assert not found.paired
    check = change_of(found)
    sides = [assess(t, by="accent", groups=["a"]) for t in (table(), new.table)]
    gaps = [side.findings.iloc[0]["difference"] for side in sides]
    assert check.value == pytest.approx(gaps[1] - gaps[0], abs=1e-12)
    assert found.outcome == "pass"
    paired = gate(Told(table()), Told(table(added=CHANGES, system="asr:new")), POLICY)
    assert check.high - check.low > 2 * (change_of(paired).high - change_of(paired).low)


def test_the_same_corpus_is_paired_whatever_the_policy_allows():
    new = Told(table(added=CHANGES, system="asr:new"))
    assert gate(Told(table()), new, replace(POLICY, corpora="any")).paired


# ── The public surface ─────────────────────────────────────────────────────────────────────────


def test_the_names_are_at_the_top():
    assert bb.gate is gate
    assert bb.Policy is Policy
    assert bb.write_baseline is write_baseline
