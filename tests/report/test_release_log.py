"""Two reports, each harmless alone, and what one minus the other gives away."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.evidence import assess
from biasbench.report.privacy import ReleaseLog, people_of_blocks, privacy_of
from tests.report.simulated import SYSTEM, measures

KEY = bytes(range(32))
WER = (SYSTEM, "wer")
MARCH = {"Antilles": (14, 0.11), "Lyon": (24, 0.12), "Québec": (30, 0.08)}
JUNE = {**MARCH, "Lyon": (27, 0.12)}


def three_more() -> tuple[pd.DataFrame, pd.DataFrame]:
    """June's recordings, and March's: the same but for three people of Lyon."""
    june = measures(JUNE)
    joined = june["speaker_id"].isin([f"Lyon-{number}" for number in (24, 25, 26)])
    return june[~joined], june


def report_of(table, *, audience="public", log=None):
    """The table of groups, and what the report withholds."""
    made = assess(table, by="accent", audience=audience, n_resamples=19)
    rule = {"audience": audience, "synthetic": False, "findings": made.findings}
    privacy = privacy_of(made.groups, **rule)
    if log is not None:
        found = log.check(people_of_blocks(table, "accent"), privacy)
        privacy = privacy_of(made.groups, **rule, differenced=found.groups, blocks=found.blocks)
    return made.groups, privacy


def logged(table, name="March", **options):
    groups, privacy = report_of(table, **options)
    log = ReleaseLog.start(KEY)
    return log.add(name, people_of_blocks(table, "accent"), privacy, by="accent", groups=groups)


def printed(groups, privacy, group):
    """Numerator and denominator of a group as a report prints them, None if it does not."""
    if privacy.hides(group, WER):
        return None
    row = groups[(groups["metric"] == "wer") & (groups["group"] == group)].iloc[0]
    return row["numerator"], row["denominator"]


def test_two_reports_subtracted_give_three_people_away_without_the_log():
    march, june = three_more()
    before, after = (printed(*report_of(table), "Lyon") for table in (march, june))
    joined = june[~june["unit_id"].isin(march["unit_id"])]
    assert after[0] - before[0] == joined["numerator"].sum()
    assert after[1] - before[1] == joined["denominator"].sum()


@pytest.mark.parametrize("group", ["Lyon", "overall"])
def test_with_the_log_neither_the_group_nor_the_total_is_there_to_subtract_from(group):
    march, june = three_more()
    assert printed(*report_of(june, log=logged(march)), group) is None


def test_the_rest_of_a_comparison_is_a_total_too():
    """Three of unknown group hide the grand total; group plus rest is still everybody known."""
    june = measures({**JUNE, "unknown": (3, 0.1)})
    joined = june["speaker_id"].isin([f"Lyon-{number}" for number in (24, 25, 26)])
    privacy = report_of(june, log=logged(june[~joined]))[1]
    assert WER in privacy.blocks


def test_the_sentence_says_that_an_earlier_report_is_why():
    march, june = three_more()
    _groups, privacy = report_of(june, log=logged(march))
    assert privacy.withholds("Lyon", "rest", 44, WER) == "V-S-DIFF"


def test_a_report_on_the_same_people_withholds_nothing_more():
    march, _june = three_more()
    assert not report_of(march, log=logged(march))[1].blocks


def test_ten_people_more_may_be_subtracted():
    june = measures({**MARCH, "Lyon": (34, 0.12)})
    joined = june["speaker_id"].isin([f"Lyon-{number}" for number in range(24, 34)])
    privacy = report_of(june, log=logged(june[~joined]))[1]
    assert not privacy.blocks
    assert not privacy.hides("Lyon", WER)


def test_nobody_can_be_subtracted_where_every_recording_is_new():
    march, _june = three_more()
    anew = measures(JUNE, seed=9)
    assert not report_of(anew, log=logged(march))[1].blocks


def test_two_people_moved_to_another_group_hide_both_groups_and_not_the_metric():
    march = measures(MARCH)
    moved = march["speaker_id"].isin(["Lyon-0", "Lyon-1"])
    june = march.assign(accent=march["accent"].mask(moved, "Québec"))
    privacy = report_of(june, log=logged(march))[1]
    assert privacy.hides("Lyon", WER)
    assert privacy.hides("Québec", WER)
    assert not privacy.blocks


def test_groups_cut_anew_do_not_give_away_the_few_that_two_cuts_part():
    """Other columns, other names: the same people all the same."""
    march = measures(MARCH)
    few = march["speaker_id"].isin([f"Lyon-{number}" for number in range(4)])
    june = march.assign(accent=march["accent"].mask(march["accent"].eq("Lyon") & ~few, "Centre"))
    june = june.assign(accent=june["accent"].mask(few, "Antilles"))
    privacy = report_of(june, log=logged(march))[1]
    assert privacy.hides("Centre", WER) or privacy.hides("Lyon", WER)


def test_a_public_report_after_a_restricted_one_is_held_against_it_at_five():
    march, june = three_more()
    privacy = report_of(june, log=logged(march, audience="restricted"))[1]
    assert WER in privacy.blocks


def test_a_log_holds_no_pseudonym_and_reads_back_the_same(tmp_path):
    march, june = three_more()
    log = logged(march)
    path = log.write(tmp_path / "release_log.json")
    text = path.read_text(encoding="utf-8")
    assert "Lyon-0" not in text
    assert path.stat().st_mode & 0o077 == 0
    again = ReleaseLog.read(path)
    assert again == log
    assert again.write(tmp_path / "again.json").read_bytes() == path.read_bytes()
    assert WER in report_of(june, log=again)[1].blocks


def test_another_key_gives_other_hashes():
    march, _june = three_more()
    people = people_of_blocks(march, "accent")
    privacy = report_of(march)[1]
    one, other = (
        ReleaseLog.start(key).add("March", people, privacy, by="accent") for key in (KEY, KEY[::-1])
    )
    assert not set(one.releases[0].sets[0].people) & set(other.releases[0].sets[0].people)


def test_a_report_stands_in_the_log_once():
    march, _june = three_more()
    people, privacy = people_of_blocks(march, "accent"), report_of(march)[1]
    with pytest.raises(OptionError, match="named 'March' is in the release log already"):
        logged(march).add("March", people, privacy, by="accent")


def test_a_file_that_is_no_log_is_refused(tmp_path):
    with pytest.raises(NotFoundError, match="starts a release log"):
        ReleaseLog.read(tmp_path / "none.json")
    path = tmp_path / "log.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(TableError, match="is not JSON"):
        ReleaseLog.read(path)
    path.write_text(json.dumps({"biasbench_releases": 2}), encoding="utf-8")
    with pytest.raises(TableError, match="not a release log of form 1"):
        ReleaseLog.read(path)
    path.write_text(json.dumps({"biasbench_releases": 1, "key": "00"}), encoding="utf-8")
    with pytest.raises(TableError, match="lacks a part"):
        ReleaseLog.read(path)


def test_a_short_key_is_refused():
    with pytest.raises(OptionError, match="32 are needed"):
        ReleaseLog.start(b"short")
