"""Several processes give the same table as one, and survive the death of any of them."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal

import biasbench as bb
from biasbench.errors import OptionError
from tests.runs.listeners import Assassin, Counter, Loudness


def test_two_workers_give_the_same_table_as_one(tones, tmp_path):
    corpus = tones(7)
    (corpus.root / "audio" / "3.wav").unlink()
    one = bb.run(corpus, Counter(), progress=False)
    two = bb.run(corpus, Counter(), workers=2, output=tmp_path / "run", progress=False)
    assert_frame_equal(
        one.transcripts.drop(columns="seconds"), two.transcripts.drop(columns="seconds")
    )
    assert two.provenance == one.provenance


def test_a_system_given_by_name_is_loaded_in_every_worker(tones, tmp_path):
    answers = tmp_path / "answers.csv"
    answers.write_text("utterance_id,hypothesis\nu0,zero\nu1,one\n", encoding="utf-8")
    heard = bb.run(tones(3), f"asr:scripted/{answers}", workers=2, progress=False).transcripts
    assert list(heard["status"]) == ["ok", "ok", "failed"]
    assert list(heard["hypothesis"][:2]) == ["zero", "one"]
    assert "has no answer for utterance 'u2'" in heard["error"][2]


def test_scores_come_from_workers_too(tones):
    corpus = tones(3)
    one = bb.run(corpus, Loudness(), progress=False)
    two = bb.run(corpus, Loudness(), workers=2, progress=False)
    assert_frame_equal(one.scores, two.scores)


def test_a_worker_killed_once_loses_nothing(tones, tmp_path):
    system = Assassin("u2", str(tmp_path / "kills"), times=1)
    heard = bb.run(tones(6), system, workers=2, progress=False).transcripts
    assert (tmp_path / "kills").read_text(encoding="utf-8") == "x"
    assert list(heard["status"]) == ["ok"] * 6
    assert list(heard["hypothesis"]) == [f"u{number}" for number in range(6)]


def test_an_utterance_that_kills_its_worker_twice_is_a_failed_row(tones, tmp_path):
    system = Assassin("u2", str(tmp_path / "kills"))
    heard = bb.run(tones(6), system, workers=2, progress=False).transcripts
    assert (tmp_path / "kills").read_text(encoding="utf-8") == "xx"
    assert list(heard["status"]) == ["ok", "ok", "failed", "ok", "ok", "ok"]
    assert "the worker process died twice on this utterance" in heard["error"][2]


def test_a_system_that_cannot_be_sent_to_workers_is_refused_before_anything_is_written(
    tones, tmp_path
):
    with pytest.raises(OptionError, match=r"cannot be sent to worker processes.*workers=1"):
        bb.run(tones(2), lambda audio: "x", workers=2, output=tmp_path / "run", progress=False)
    assert not (tmp_path / "run").exists()


SCRIPT = """
import sys
import biasbench as bb
corpus = bb.load_corpus(sys.argv[1])
bb.run(corpus, "asr:scripted", workers=2, progress=False)
"""


def test_a_script_without_its_main_guard_is_told_so(tones, tmp_path):
    script = tmp_path / "unguarded.py"
    script.write_text(SCRIPT, encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, str(script), str(tones(2).root)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode != 0
    assert 'call run() under `if __name__ == "__main__":`' in ended.stderr.splitlines()[-1]


KILLED = """
import sys, time
import biasbench as bb
from tests.runs.listeners import Counter
if __name__ == "__main__":
    corpus = bb.load_corpus(sys.argv[1])
    bb.run(corpus, Counter(pause=0.2), workers=2, output=sys.argv[2], progress=False)
"""


def test_workers_end_when_the_run_is_killed(tones, tmp_path):
    (tmp_path / "killed.py").write_text(KILLED, encoding="utf-8")
    running = subprocess.Popen(
        [sys.executable, str(tmp_path / "killed.py"), str(tones(200).root), str(tmp_path / "run")],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
    )
    journal = tmp_path / "run" / "journal.jsonl"
    while running.poll() is None and not (journal.is_file() and journal.stat().st_size):
        time.sleep(0.01)
    running.kill()
    # The pipe ends when the last process that holds it does: the workers too.
    running.communicate(timeout=30)
    assert running.returncode != 0
