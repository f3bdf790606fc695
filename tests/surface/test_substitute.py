"""`biasbench substitute` as somebody uses it who has a recogniser's run and its corpus."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from biasbench.cli import main
from biasbench.corpora import planted
from biasbench.runs import Run
from biasbench.substitution import substitute
from biasbench.tables import SCORES, TRANSCRIPTS

ASKED = ("--by", "accent", "--group", "a", "--margin", "2", "--no-progress")


def shell(*arguments: object):
    outcome = CliRunner().invoke(main, [str(argument) for argument in arguments])
    if outcome.exception is not None and not isinstance(outcome.exception, SystemExit):
        raise outcome.exception
    return outcome


def write_world(folder: Path, settings: str) -> planted.World:
    (folder / "world").mkdir()
    (folder / "world" / "planted.toml").write_text(settings, encoding="utf-8")
    world = planted.world(folder / "world")
    Run(world.transcripts, SCORES.empty(), world.provenance).write(folder / "heard")
    return world


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("substitute")
    settings = "people = [24, 24]\ncalls = 3\nmonths = 1\nerrors = [0.29, 0.02]\nseed = 6\n"
    write_world(folder, settings)
    return folder


@pytest.fixture
def here(made, tmp_path, monkeypatch) -> Path:
    """A folder with the corpus as CSV, so that columns can be taken out, and the run."""
    shutil.copytree(made / "heard", tmp_path / "heard")
    (tmp_path / "corpus").mkdir()
    corpus = planted.load(made / "world")
    corpus.utterances.to_csv(tmp_path / "corpus" / "utterances.csv", index=False)
    card = '[corpus]\nname = "planted"\nlanguage = "en"\nsynthetic = true\n'
    (tmp_path / "corpus" / "corpus.toml").write_text(card, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def without(here: Path, *columns: str) -> None:
    path = here / "corpus" / "utterances.csv"
    pd.read_csv(path).drop(columns=list(columns)).to_csv(path, index=False)


def heard_as(here: Path, **columns) -> None:
    """The recogniser's run once more, with other cells."""
    from biasbench.runs import read_run

    run = read_run(here / "heard")
    table = TRANSCRIPTS.check(run.transcripts.assign(**columns))
    Run(table, SCORES.empty(), run.provenance).write(here / "other")


def test_the_gap_goes_with_the_human_transcript_and_both_scorings_are_kept(made, tmp_path):
    outcome = shell(
        "substitute", made / "heard", "--corpus", made / "world", *ASKED, "--threshold", "84",
        "-o", tmp_path / "kept", "--lang", "fr",
    )  # fmt: skip
    assert outcome.exit_code == 0, outcome.stderr
    assert outcome.stderr.strip() == str(tmp_path / "kept" / "measures.parquet")
    said = " ".join(outcome.stdout.split())
    assert "Transcription humaine substituée – l’écart se réduit" in said
    assert "changeraient de côté du seuil" in said
    assert "sur une échelle de 0 à 100" in said  # as the scorer declares it
    assert {path.name for path in (tmp_path / "kept").iterdir()} == {
        "automatic", "human", "measures.parquet",
    }  # fmt: skip
    # What it wrote can be followed to pay, and traced.
    table = pd.read_parquet(tmp_path / "kept" / "measures.parquet")
    automatic = "tone:interact on asr:planted"
    assert set(table["system"]) == {automatic, "tone:interact on reference"}
    followed = shell(
        "pay", tmp_path / "kept" / "measures.parquet", "--system", automatic, *ASKED[:-1]
    )
    assert followed.exit_code == 0, followed.stderr


def test_json_is_the_outcome_as_python_has_it(made):
    outcome = shell("substitute", made / "heard", "--corpus", made / "world", *ASKED, "--json")
    told = json.loads(outcome.stdout, parse_constant=pytest.fail)
    found = substitute(
        made / "heard", planted.load(made / "world"), by="accent", group="a", margin=2,
        progress=False,
    ).outcome  # fmt: skip
    assert told["change"] == found.change
    assert told["mechanism"] == found.mechanism == "narrows"
    assert told["gap_finding"]["verdict"] == found.gap_verdict
    assert told["crossings"] is None
    assert outcome.exit_code == 0


def test_what_cannot_be_decided_is_exit_3_and_printed_all_the_same(tmp_path):
    write_world(tmp_path, "people = [8, 8]\ncalls = 2\nmonths = 1\nerrors = [0.1, 0.1]\nseed = 1\n")
    asked = ("substitute", tmp_path / "heard", "--corpus", tmp_path / "world", *ASKED)
    outcome = shell(*asked, "--threshold", "84")
    assert outcome.exit_code == 3
    assert "Human transcript substituted – insufficient evidence" in outcome.stdout
    assert "fewer than 10 people" in " ".join(outcome.stdout.split())
    assert "would change sides" not in outcome.stdout
    assert shell(*asked, "--json").exit_code == 3


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--by", "acent"), "no group column named 'acent'. Did you mean 'accent'?"),
        (("--group", "A"), "no group of accent named 'A'. Known: a, b."),
        (("--metric", "mean_score:qualty"), "no score named 'qualty'. Did you mean 'quality'?"),
        (("--scorer", "tone:prosody"), "tone:prosody does not stand on transcripts"),
        (("--scorer", "tone:interac"), "Did you mean 'interact'?"),
        (("--period", "month"), "give threshold= too"),
        (("--threshold", "nan"), "threshold=nan"),
        (("--margin", "0"), "margin is 0"),
        (("--corpus", "nowhere"), "nowhere"),
    ],
)
def test_a_slip_is_one_line_on_stderr_and_nothing_is_written(options, says, here):
    given = {"--corpus": "corpus", **dict(zip(ASKED[:-1:2], ASKED[1:-1:2], strict=True))}
    given |= dict(zip(options[::2], options[1::2], strict=True))
    asked = [part for pair in given.items() for part in pair]
    outcome = shell("substitute", "heard", *asked, "--no-progress", "-o", "kept")
    assert outcome.exit_code == 2
    assert outcome.stdout == ""
    assert outcome.stderr.count("\n") == 1
    assert says in outcome.stderr
    assert not (here / "kept").exists()


def test_a_corpus_without_references_is_told_what_to_add(here):
    without(here, "reference", "reference_words")
    outcome = shell("substitute", "heard", "--corpus", "corpus", *ASKED, "-o", "kept")
    assert outcome.exit_code == 2
    assert "has no reference transcripts. Add a column 'reference'" in outcome.stderr
    assert outcome.stderr.count("\n") == 1
    assert not (here / "kept").exists()


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"hypothesis": "", "words": None, "status": "empty"}, "nothing of the agent was"),
        (
            {"hypothesis": None, "words": None, "status": "failed", "error": "no connection"},
            "no connection",
        ),
    ],
)
def test_transcripts_of_nothing_are_exit_3_with_the_scorers_own_reason(columns, says, here):
    heard_as(here, **columns)
    outcome = shell("substitute", "other", "--corpus", "corpus", *ASKED)
    assert outcome.exit_code == 3
    assert outcome.stderr.count("\n") == 1
    assert "score 'quality' has no value on the automatic transcript of any of the 144 calls" in (
        outcome.stderr
    )
    assert says in outcome.stderr


def test_words_without_times_say_which_score_does_without_them(here):
    heard_as(here, words=None)
    without(here, "reference_words")
    outcome = shell("substitute", "other", "--corpus", "corpus", *ASKED)
    assert outcome.exit_code == 3
    assert outcome.stderr.count("\n") == 1
    assert "quality is the mean of all its parts" in outcome.stderr
    kept = shell(
        "substitute", "other", "--corpus", "corpus", *ASKED, "--metric", "mean_score:politeness"
    )
    assert "Human transcript substituted" in kept.stdout


def test_the_run_of_a_scorer_in_place_of_a_recognisers_is_told(here):
    run = ("run", "corpus", "--system", "tone:interact", "--transcripts", "reference", "-o", "s")
    assert shell(*run, "--no-progress").exit_code == 0
    outcome = shell("substitute", "s", "--corpus", "corpus", *ASKED)
    assert outcome.exit_code == 2
    assert "the run has no transcripts, its system gives scores" in outcome.stderr
