"""`biasbench trace`: what a score is made of, asked for at the shell."""

import json

import numpy as np
import pandas as pd
import pytest
import soundfile
from click.testing import CliRunner

import biasbench as bb
from biasbench.cli import main
from biasbench.corpora.planted import Planting, plant
from biasbench.errors import NotFoundError
from biasbench.runs.traces import chosen, readings
from biasbench.systems.interact import explain, read_rules
from biasbench.tables import SCORES

SAMPLE_RATE = 16_000


def shell(*arguments: object):
    outcome = CliRunner().invoke(main, [str(argument) for argument in arguments])
    if outcome.exception is not None and not isinstance(outcome.exception, SystemExit):
        raise outcome.exception
    return outcome


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    """The run of tone:interact over a planted world, and its folder."""
    world = plant(Planting(people=(3, 3), calls=2, months=1), seed=5)
    heard = bb.Run(world.transcripts, SCORES.empty(), world.provenance)
    folder = tmp_path_factory.mktemp("trace") / "scored"
    run = bb.run(world.corpus, "tone:interact", transcripts=heard, output=folder, progress=False)
    heard.write(folder.parent / "heard")
    return run, folder


def test_the_steps_printed_for_a_score_add_up_to_it(scored):
    run, folder = scored
    quality = run.scores[run.scores["score"] == "quality"].set_index("unit_id")["value"]
    outcome = shell("trace", folder, "--json")
    told = json.loads(outcome.stdout, parse_constant=pytest.fail)
    assert list(told) == list(dict.fromkeys(run.scores["unit_id"]))
    for unit, reading in told.items():
        (score,) = [one for one in reading["scores"] if one["name"] == "quality"]
        assert score["value"] == quality[unit]
        assert sum(step["points"] for step in score["trace"]) == pytest.approx(quality[unit])


def test_every_prompt_that_was_shown_is_in_the_trace_with_its_time(scored):
    run, folder = scored
    told = json.loads(shell("trace", folder, "--json").stdout)
    shown = [
        (unit, event["label"], event["start"])
        for unit, reading in told.items()
        for event in reading["events"]
    ]
    written = run.events[["unit_id", "label", "start"]].itertuples(index=False, name=None)
    assert sorted(shown) == sorted(written)
    assert len(shown) > 3


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_what_is_printed_is_the_explanation_of_the_reading_kept_on_disk(scored, lang):
    run, folder = scored
    unit = run.scores["unit_id"].iloc[-1]
    outcome = shell("trace", folder, "--unit", unit, "--lang", lang)
    assert outcome.exit_code == 0
    first, *lines = outcome.stdout.rstrip("\n").split("\n")
    assert first == unit
    told = explain(readings(run)[unit], lang=lang, rules=read_rules(None))
    assert [line.removeprefix("  ") for line in lines] == list(told)
    assert {"en": "of 100", "fr": "sur 100"}[lang] in outcome.stdout


def test_units_come_in_the_order_in_which_they_are_asked_for(scored):
    run, folder = scored
    asked = list(dict.fromkeys(run.scores["unit_id"]))[3:1:-1]
    outcome = shell("trace", folder, "--unit", asked[0], "--unit", asked[1])
    assert [line for line in outcome.stdout.splitlines() if line[:1] != " "] == asked


def test_a_unit_that_is_not_there_gets_the_nearest_names_and_no_list_of_all(scored):
    _, folder = scored
    outcome = shell("trace", folder, "--unit", "b003-m1-c2")
    assert outcome.exit_code == 2
    assert outcome.stdout == ""
    assert outcome.stderr.count("\n") == 1
    assert "no unit named 'b003-m1-c2' among the 12 of the run" in outcome.stderr
    assert "Did you mean one of b003-m1-c02" in outcome.stderr
    many = {f"call-{number:05}": None for number in range(30_000)}
    with pytest.raises(NotFoundError) as raised:
        chosen(many, ["call-29999x"])
    assert "call-29999" in str(raised.value)  # however far down the run it stands
    assert len(str(raised.value)) < 200


@pytest.mark.parametrize(
    ("folder", "says"),
    [
        ("heard", "its system writes transcripts. Trace the run of a scorer"),
        ("", "holds no run"),
        ("nowhere", "nowhere: "),
    ],
)
def test_a_folder_with_nothing_to_trace_is_one_line(scored, folder, says):
    outcome = shell("trace", scored[1].parent / folder)
    assert outcome.exit_code == 2
    assert outcome.stderr.count("\n") == 1
    assert says in outcome.stderr


def test_one_channel_says_of_each_score_of_turns_that_nobody_can_tell_who_speaks(tmp_path):
    rng = np.random.default_rng(0)
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    tone = 0.3 * np.sin(np.arange(2 * SAMPLE_RATE) * 2 * np.pi * 150 / SAMPLE_RATE)
    soundfile.write(corpus / "u1.wav", tone + rng.normal(0, 0.01, len(tone)), SAMPLE_RATE)
    row = {"utterance_id": "u1", "speaker_id": "p1", "audio": "u1.wav", "language": "en"}
    pd.DataFrame([row]).to_csv(corpus / "utterances.csv", index=False)
    ran = shell("run", corpus, "--system", "tone:prosody", "-o", tmp_path / "r", "--no-progress")
    assert ran.exit_code == 0, ran.stderr
    outcome = shell("trace", tmp_path / "r")
    assert outcome.exit_code == 0
    for score in ("talk_share", "overtalk_share", "mutual_silence_share"):
        (line,) = [
            one for one in outcome.stdout.splitlines() if one.strip().startswith(f"{score}:")
        ]
        assert "missing (one channel: nobody can tell who speaks" in line
    told = json.loads(shell("trace", tmp_path / "r", "--json").stdout)
    missing = {one["name"]: one["value"] for one in told["u1"]["scores"] if one["missing_reason"]}
    assert missing["talk_share"] is None  # and never 0


def test_a_reading_is_the_same_after_it_was_on_disk(scored):
    run, folder = scored
    assert readings(bb.runs.read_run(folder)) == readings(run)
