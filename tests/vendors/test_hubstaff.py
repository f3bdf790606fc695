"""Hubstaff's API: daily and unusual activities as scores of a person's day."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from biasbench.errors import TableError
from biasbench.systems import Score
from biasbench.systems.exports import ExportFile, Notes, ToldCall
from biasbench.systems.vendors import hubstaff_api


def daily(number: int, **changes: Any) -> dict[str, Any]:
    row = {
        "id": number,
        "date": "2026-02-02",
        "user_id": 31,
        "project_id": 1,
        "task_id": None,
        "keyboard": 2000,
        "mouse": 1500,
        "overall": 3000,
        "tracked": 12_000,
        "input_tracked": 10_000,
        "manual": 2000,
        "idle": 300,
        "resumed": 0,
        "billable": 12_000,
        "work_break": 600,
    }
    return {**row, **changes}


def unusual(number: int, **changes: Any) -> dict[str, Any]:
    row = {
        "id": number,
        "user_id": 31,
        "date": "2026-02-02",
        "type": "steady_mouse",
        "confidence_level": "possible",
        "time_tracked_seconds": 600,
        "url": "https://example.org/31",
        "top_urls_visited": ["https://example.org/private"],
    }
    return {**row, **changes}


def read(*pages: dict[str, Any]) -> tuple[list[ToldCall], Notes]:
    notes = Notes()
    files = [
        ExportFile(f"days/{place}.json", json.dumps(page).encode())
        for place, page in enumerate(pages)
    ]
    assert all(hubstaff_api.recognises(file) for file in files)
    return list(hubstaff_api.read(files, notes)), notes


def values(told: ToldCall) -> dict[str, float | None]:
    found = {score.name: score.value for score in told.scores}
    assert len(found) == len(told.scores)
    return found


ACTIVITY = "activity (share of time with input tracked)"


def test_activity_is_a_share_of_the_time_with_input_and_not_of_all_time() -> None:
    (told,), notes = read({"daily_activities": [daily(1)]})
    assert told.scores[0] == Score(ACTIVITY, 0.3, 0.0, 1.0, "higher is better")
    assert (told.agent, told.started, told.unit) == ("31", "2026-02-02", "person-day")
    assert told.call_id is None
    assert not notes.counts


def test_seconds_are_kept_as_they_are() -> None:
    (told,), _ = read({"daily_activities": [daily(1)]})
    found = values(told)
    assert found["tracked time (s)"] == 12_000
    assert found["idle time (s)"] == 300
    assert found["manual time (s)"] == 2000
    assert found["break time (s)"] == 600
    assert found["active time (s)"] == 3000
    assert found["resumed time (s)"] == 0


def test_projects_of_one_day_are_added_up_over_pages() -> None:
    (told,), notes = read(
        {"daily_activities": [daily(1)], "pagination": {"next_page_start_id": 2}},
        {"daily_activities": [daily(2, project_id=2, overall=9000, input_tracked=10_000)]},
    )
    assert values(told)[ACTIVITY] == 0.6
    assert values(told)["tracked time (s)"] == 24_000
    assert notes.counts == {hubstaff_api.ADDED: 1}


def test_a_row_in_two_pages_is_counted_once() -> None:
    (told,), notes = read({"daily_activities": [daily(1)]}, {"daily_activities": [daily(1)]})
    assert values(told)["tracked time (s)"] == 12_000
    assert notes.counts == {hubstaff_api.AGAIN: 1}


def test_people_and_days_stay_apart() -> None:
    told, _ = read(
        {"daily_activities": [daily(1), daily(2, user_id=32), daily(3, date="2026-02-03")]}
    )
    assert [(one.agent, one.started) for one in told] == [
        ("31", "2026-02-02"),
        ("32", "2026-02-02"),
        ("31", "2026-02-03"),
    ]


def test_a_day_without_input_tracking_has_no_activity_and_not_0() -> None:
    (told,), notes = read({"daily_activities": [daily(1, input_tracked=0, overall=0)]})
    assert (told.scores[0].value, told.scores[0].missing_reason) == (None, "not analysed")
    assert notes.counts == {hubstaff_api.NO_INPUT: 1}


def test_a_figure_that_is_absent_was_not_exported() -> None:
    row = daily(1)
    del row["idle"], row["input_tracked"]
    (told,), _ = read({"daily_activities": [row]})
    missing = {one.name: one.missing_reason for one in told.scores if one.value is None}
    assert missing == {
        ACTIVITY: "not exported",
        "time with input tracked (s)": "not exported",
        "idle time (s)": "not exported",
    }


def test_more_active_than_tracked_time_is_not_cut_to_the_scale() -> None:
    (told,), _ = read({"daily_activities": [daily(1, overall=11_000)]})
    assert values(told)[ACTIVITY] == 1.1
    assert told.scores[0].scale_max == 1.0


def test_an_unusual_activity_is_1_on_its_day_and_0_on_others() -> None:
    told, _ = read(
        {
            "daily_activities": [daily(1), daily(2, user_id=32)],
            "unusual_activities": [unusual(1), unusual(2, type="no_keyboard")],
        }
    )
    flags = [
        {name: value for name, value in values(one).items() if name.startswith("unusual")}
        for one in told
    ]
    names = (
        "unusual activity",
        "unusual activity: steady_mouse",
        "unusual activity, confidence: possible",
        "unusual activity: no_keyboard",
    )
    assert flags == [dict.fromkeys(names, 1.0), dict.fromkeys(names, 0.0)]
    assert "private" not in repr(told)


def test_without_a_list_of_unusual_activities_nothing_is_said_of_them() -> None:
    (told,), _ = read({"daily_activities": [daily(1)]})
    assert not any(name.startswith("unusual") for name in values(told))


def test_an_empty_list_says_that_there_was_none() -> None:
    (told,), _ = read({"daily_activities": [daily(1)], "unusual_activities": []})
    assert values(told)["unusual activity"] == 0.0


def test_an_unusual_activity_on_an_unknown_day_has_no_times() -> None:
    (told,), notes = read({"unusual_activities": [unusual(1)]})
    assert values(told)["unusual activity"] == 1.0
    assert told.scores[0].missing_reason == "not exported"
    assert notes.counts == {hubstaff_api.UNTRACKED: 1}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b'{"daily_activities": []}',
        b'{"daily_activities": [{"date": "2026-02-02"}]}',
        b'{"activities": [{"user_id": 1, "date": "2026-02-02", "time_slot": "x"}]}',
        b'{"results": [{"group": {"userId": "u"}, "data": []}]}',
        b"Date,Member,Hours\n",
    ],
)
def test_what_is_not_daily_activity_is_not_recognised(content: bytes) -> None:
    assert not hubstaff_api.recognises(ExportFile("a.json", content))


def test_a_file_that_is_not_an_object_is_named() -> None:
    with pytest.raises(TableError, match=r"a\.json: is not one JSON object"):
        list(hubstaff_api.read([ExportFile("a.json", b"[]")], Notes()))


def test_the_sample_is_read() -> None:
    folder = Path(__file__).parents[3] / "shared" / "design" / "vendors" / "samples"
    path = folder / "hubstaff_activities_daily.json"
    if not path.exists():
        pytest.skip("the sample hubstaff_activities_daily.json is not here")
    file = ExportFile(path.name, path.read_bytes())
    assert hubstaff_api.recognises(file)
    (told,) = hubstaff_api.read([file], Notes())
    assert (told.agent, told.started) == ("4242", "2026-01-05")
    assert values(told)[ACTIVITY] == 13_100 / 26_500
    assert values(told)["unusual activity, confidence: possible"] == 1.0
