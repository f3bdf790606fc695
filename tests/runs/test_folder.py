"""A run's folder: cached, resumable after a kill at any moment, and never mistaken for another."""

import json
import os
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import biasbench as bb
from biasbench.corpus import load_corpus
from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.runs import folder as folder_module
from biasbench.runs.rows import Heard
from tests.runs.conftest import write_tone
from tests.runs.listeners import Counter, Loudness, length_of

FINISHED = {"run.json", "transcripts.parquet", "scores.parquet", "events.parquet"}


def without_times(made: bb.Run) -> pd.DataFrame:
    return made.transcripts.drop(columns="seconds")


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def break_off(folder: Path, n_left: int) -> None:
    """Turn a finished folder into what a kill after `n_left` utterances leaves."""
    table = pd.read_parquet(folder / "transcripts.parquet").drop(columns="system")
    plain = table.astype(object).where(table.notna(), None)
    lines = [Heard(**row).to_line() for row in plain.to_dict("records")]
    (folder / "journal.jsonl").write_text("\n".join(lines[:n_left]) + "\n", encoding="utf-8")
    card = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    (folder / "run.json").write_text(json.dumps({**card, "status": "running"}), encoding="utf-8")
    for name in ("transcripts.parquet", "scores.parquet", "events.parquet"):
        (folder / name).unlink()


def test_a_finished_run_reads_back_as_it_was(tones, tmp_path):
    made = bb.run(tones(3), Counter(), output=tmp_path / "run", progress=False)
    again = bb.read_run(tmp_path / "run")
    assert_frame_equal(again.transcripts, made.transcripts)
    assert_frame_equal(again.scores, made.scores)
    assert again.provenance == made.provenance
    assert files(tmp_path / "run") == FINISHED
    card = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert card["status"] == "done"
    assert card["counts"] == {"ok": 2, "empty": 1}


def test_a_finished_run_is_not_listened_to_again(tones, tmp_path):
    corpus, heard = tones(3), []

    def listener(audio: bb.Audio) -> str:
        heard.append(audio.name)
        return audio.name

    first = bb.run(corpus, listener, output=tmp_path / "run", progress=False)
    second = bb.run(corpus, listener, output=tmp_path / "run", progress=False)
    assert heard == ["u0", "u1", "u2"]
    assert_frame_equal(first.transcripts, second.transcripts)


def test_a_finished_run_of_scores_is_not_listened_to_again(tones, tmp_path):
    corpus = tones(3)
    first = bb.run(corpus, Loudness(), output=tmp_path / "run", progress=False)
    for path in (corpus.root / "audio").iterdir():
        path.chmod(0o600)  # neither size nor time changes
    second = bb.run(corpus, Loudness(), output=tmp_path / "run", progress=False)
    assert_frame_equal(first.scores, second.scores)


def test_only_what_is_missing_is_listened_to_after_a_kill(tones, tmp_path):
    corpus, heard = tones(5), []

    def listener(audio: bb.Audio) -> str:
        heard.append(audio.name)
        return f"{audio.name} é"

    whole = bb.run(corpus, listener, output=tmp_path / "run", progress=False)
    heard.clear()
    break_off(tmp_path / "run", 3)
    resumed = bb.run(corpus, listener, output=tmp_path / "run", progress=False)
    assert heard == ["u3", "u4"]
    assert_frame_equal(without_times(resumed), without_times(whole))
    assert "journal.jsonl" not in files(tmp_path / "run")


@pytest.mark.parametrize("n_torn", [1, 2, 20, 80])
def test_a_torn_last_line_of_the_journal_is_heard_again(tones, tmp_path, n_torn):
    corpus = tones(4)
    whole = bb.run(corpus, Counter(), output=tmp_path / "run", progress=False)
    break_off(tmp_path / "run", 4)
    journal = tmp_path / "run" / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-n_torn])
    with pytest.raises(OptionError, match=r"unfinished: 3 of 4 utterances.*resumes it"):
        bb.read_run(tmp_path / "run")
    resumed = bb.run(corpus, Counter(), output=tmp_path / "run", progress=False)
    assert_frame_equal(without_times(resumed), without_times(whole))


def test_a_journal_that_was_edited_is_refused(tones, tmp_path):
    corpus = tones(3)
    bb.run(corpus, Counter(), output=tmp_path / "run", progress=False)
    break_off(tmp_path / "run", 3)
    journal = tmp_path / "run" / "journal.jsonl"
    lines = journal.read_text(encoding="utf-8").splitlines()
    journal.write_text("\n".join([lines[0], lines[1][:30], lines[2], ""]), encoding="utf-8")
    with pytest.raises(TableError, match=r"journal\.jsonl: line 2 is damaged.*overwrite"):
        bb.run(corpus, Counter(), output=tmp_path / "run", progress=False)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (Counter(name="asr:other"), "system is 'asr:counter' there and 'asr:other' here"),
        (Counter(version="2"), "version is '1' there and '2' here"),
        (Counter(pause=0.001), "options is 'language=not given pause=0.0' there"),
    ],
)
def test_a_folder_with_another_system_is_refused_and_kept(tones, tmp_path, other, words):
    corpus = tones(2)
    bb.run(corpus, Counter(), output=tmp_path / "run", progress=False)
    before = {path.name: path.read_bytes() for path in (tmp_path / "run").iterdir()}
    with pytest.raises(OptionError, match=f"holds another run: {words}.*--overwrite"):
        bb.run(corpus, other, output=tmp_path / "run", progress=False)
    assert {path.name: path.read_bytes() for path in (tmp_path / "run").iterdir()} == before
    made = bb.run(corpus, other, output=tmp_path / "run", overwrite=True, progress=False)
    assert bb.read_run(tmp_path / "run").provenance == made.provenance


def test_a_folder_with_another_corpus_is_refused(tones, tmp_path):
    bb.run(tones(2), Counter(), output=tmp_path / "run", progress=False)
    with pytest.raises(OptionError, match=r"audio is '2 utterances@\w+' there and '3 utterances"):
        bb.run(tones(3, "larger"), Counter(), output=tmp_path / "run", progress=False)


def test_another_language_is_another_run(tones, tmp_path):
    corpus = tones(2)
    bb.run(corpus, Counter(), language="en", output=tmp_path / "run", progress=False)
    with pytest.raises(OptionError, match=r"options is 'language=en .*' there and 'language=fr"):
        bb.run(corpus, Counter(), language="fr", output=tmp_path / "run", progress=False)


def test_an_edited_function_is_another_run(tones, tmp_path):
    corpus = tones(1)
    bb.run(corpus, lambda _: "yes", output=tmp_path / "run", progress=False)
    bb.run(corpus, lambda _: "yes", output=tmp_path / "run", progress=False)
    with pytest.raises(OptionError, match=r"options is 'language=not given code=\w{8}' there"):
        bb.run(corpus, lambda _: "no", output=tmp_path / "run", progress=False)


def test_a_corrected_label_does_not_cost_a_new_run(tones, tmp_path):
    first = bb.run(tones(3), length_of, output=tmp_path / "run", progress=False)
    table = tmp_path / "corpus" / "utterances.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("level", "corrected"), "utf-8")
    corrected = load_corpus(tmp_path / "corpus")
    made = bb.run(corrected, length_of, output=tmp_path / "run", progress=False)
    assert_frame_equal(made.transcripts, first.transcripts)  # with the times of the first
    assert made.provenance.steps[:-1] == corrected.provenance.steps
    assert bb.read_run(tmp_path / "run").provenance == made.provenance


def test_a_recording_that_changed_is_listened_to_again_and_no_other(tones, tmp_path):
    corpus, heard = tones(4), []

    def listener(audio: bb.Audio) -> str:
        heard.append(audio.name)
        return f"{abs(audio.samples).max():.2f}"

    bb.run(corpus, listener, output=tmp_path / "run", progress=False)
    heard.clear()
    write_tone(corpus.root / "audio" / "2.wav", 0.9)
    made = bb.run(corpus, listener, output=tmp_path / "run", progress=False)
    assert heard == ["u2"]
    assert made.transcripts["hypothesis"][2] == "0.90"
    assert list(made.transcripts["utterance_id"]) == ["u0", "u1", "u2", "u3"]


def test_a_copied_corpus_is_not_listened_to_again(tones, tmp_path):
    corpus = tones(3)
    first = bb.run(corpus, length_of, output=tmp_path / "run", progress=False)
    for path in (corpus.root / "audio").iterdir():
        path.write_bytes(path.read_bytes())  # the same sound with a new time stamp
    second = bb.run(corpus, length_of, output=tmp_path / "run", progress=False)
    assert_frame_equal(first.transcripts, second.transcripts)


def test_a_recording_put_in_place_later_is_listened_to(tones, tmp_path):
    corpus = tones(3)
    kept = (corpus.root / "audio" / "1.wav").read_bytes()
    (corpus.root / "audio" / "1.wav").unlink()
    first = bb.run(corpus, Counter(), output=tmp_path / "run", progress=False)
    assert list(first.transcripts["status"]) == ["empty", "failed", "ok"]
    (corpus.root / "audio" / "1.wav").write_bytes(kept)
    second = bb.run(corpus, Counter(), output=tmp_path / "run", progress=False)
    assert list(second.transcripts["status"]) == ["empty", "ok", "ok"]


def test_a_folder_that_holds_anything_else_is_left_alone(tones, tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("1", encoding="utf-8")
    for overwrite in (False, True):
        with pytest.raises(OptionError, match=r"holds 'chapter\.txt' and no run; it is left alone"):
            bb.run(
                tones(1, f"c{overwrite}"),
                Counter(),
                output=tmp_path / "thesis",
                overwrite=overwrite,
                progress=False,
            )
    assert files(tmp_path / "thesis") == {"chapter.txt"}


def test_a_folder_whose_run_json_is_not_ours_is_left_alone(tones, tmp_path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "run.json").write_text('{"speed": 3}', encoding="utf-8")
    with pytest.raises(TableError, match="was not written by biasbench"):
        bb.run(tones(1), Counter(), output=tmp_path / "theirs", overwrite=True, progress=False)
    assert files(tmp_path / "theirs") == {"run.json"}


def test_a_file_in_the_place_of_the_folder_is_refused(tones, tmp_path):
    (tmp_path / "run").write_text("mine", encoding="utf-8")
    with pytest.raises(OptionError, match="is a file, not a folder"):
        bb.run(tones(1), Counter(), output=tmp_path / "run", progress=False)


def test_a_folder_in_use_by_another_run_is_refused(tones, tmp_path):
    corpus = tones(1)

    def nested(audio: bb.Audio) -> str:
        with pytest.raises(OptionError, match="another process is running in this folder"):
            bb.run(corpus, length_of, output=tmp_path / "run", progress=False)
        return audio.name

    assert list(
        bb.run(corpus, nested, output=tmp_path / "run", progress=False).transcripts.status
    ) == ["ok"]


def test_reading_where_no_run_is_says_how_to_make_one(tmp_path):
    with pytest.raises(NotFoundError, match=r"no such folder. Make one with: biasbench run"):
        bb.read_run(tmp_path / "nothing")
    with pytest.raises(NotFoundError, match=r"holds no run \(no run.json\)"):
        bb.read_run(tmp_path)


def test_a_folder_of_a_newer_format_is_refused(tones, tmp_path):
    bb.run(tones(1), Counter(), output=tmp_path / "run", progress=False)
    card = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    (tmp_path / "run" / "run.json").write_text(json.dumps({**card, "format": 99}), encoding="utf-8")
    with pytest.raises(TableError, match="has format 99, made by a newer biasbench"):
        bb.read_run(tmp_path / "run")


def test_a_run_written_elsewhere_reads_back_and_refuses_to_replace_another(tones, tmp_path):
    made = bb.run(tones(2), Counter(), progress=False)
    made.write(tmp_path / "copy")
    again = bb.read_run(tmp_path / "copy")
    assert_frame_equal(again.transcripts, made.transcripts)
    other = replace(made, provenance=bb.Provenance().then("run", {"system_name": "asr:other"}))
    with pytest.raises(OptionError, match="holds another run"):
        other.write(tmp_path / "copy")


class Killed(BaseException):
    """Stands for a kill that comes just before a file is written."""


@pytest.mark.parametrize("n_written", range(6))
def test_killed_between_any_two_files_it_resumes_to_the_same_table(
    tones, tmp_path, monkeypatch, n_written
):
    corpus = tones(3)
    whole = bb.run(corpus, Counter(), progress=False)
    left = [n_written]

    def until_killed(write):
        def writing(*args, **kwargs):
            if not left[0]:
                raise Killed
            left[0] -= 1
            return write(*args, **kwargs)

        return writing

    with monkeypatch.context() as patched:
        patched.setattr(folder_module, "write_text", until_killed(folder_module.write_text))
        patched.setattr(folder_module, "write_table", until_killed(folder_module.write_table))
        with pytest.raises(Killed):
            bb.run(corpus, Counter(), output=tmp_path / "run", progress=False)
    resumed = bb.run(corpus, Counter(), output=tmp_path / "run", progress=False)
    assert_frame_equal(without_times(resumed), without_times(whole))
    assert files(tmp_path / "run") == FINISHED


SCRIPT = """
import sys
import biasbench as bb
from tests.runs.listeners import Counter
corpus = bb.load_corpus(sys.argv[1])
sys.stdin.readline()
bb.run(corpus, Counter(pause=0.01), output=sys.argv[2], progress=False)
"""


def kill_at_random_moments(corpus: bb.Corpus, output: Path, rng: random.Random) -> list[int]:
    """Kill -9 a run ten times, each some utterances further on; how many were done at each kill."""
    journal = output / "journal.jsonl"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(corpus.root), str(output)],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
        )
        for _ in range(10)
    ]
    n_done = [0]
    for process in started:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()
        size = journal.stat().st_size if journal.is_file() else 0
        further = rng.randint(0, 2000)  # bytes of the journal: about nine utterances
        while process.poll() is None and (
            not journal.is_file() or journal.stat().st_size < size + further
        ):
            time.sleep(0.001)
        time.sleep(rng.uniform(0, 0.01))
        process.kill()
        process.wait()
        process.stdin.close()
        n_done.append(journal.read_bytes().count(b"\n") if journal.is_file() else 0)
    return n_done


def test_killed_at_ten_random_moments_and_resumed_gives_the_same_table(tones, tmp_path):
    corpus = tones(100)
    whole = bb.run(corpus, Counter(pause=0.01), progress=False)
    n_done = kill_at_random_moments(corpus, tmp_path / "run", random.Random(1))
    assert n_done == sorted(n_done)  # nothing was ever lost
    assert len(set(n_done)) > 5  # and the kills did come in the middle of the work
    resumed = bb.run(corpus, Counter(pause=0.01), output=tmp_path / "run", progress=False)
    assert_frame_equal(without_times(resumed), without_times(whole))
    assert files(tmp_path / "run") == FINISHED


@pytest.mark.slow
def test_a_real_recogniser_killed_and_resumed_gives_the_same_table(shared_data, tmp_path):
    pytest.importorskip("faster_whisper", reason="the embedded recogniser is an extra")
    corpus = bb.load_corpus(shared_data("alnum"))
    corpus = replace(corpus, utterances=corpus.utterances.head(12))
    system = "asr:faster-whisper/tiny.en"
    whole = bb.run(corpus, system, progress=False)
    script = f"""
from dataclasses import replace
import biasbench as bb
corpus = bb.load_corpus({str(corpus.root)!r})
corpus = replace(corpus, utterances=corpus.utterances.head(12))
bb.run(corpus, {system!r}, output={str(tmp_path / "run")!r}, workers=2, progress=False)
"""
    (tmp_path / "listen.py").write_text(
        f"if __name__ == '__main__':{script.replace(chr(10), chr(10) + '    ')}", encoding="utf-8"
    )
    journal = tmp_path / "run" / "journal.jsonl"
    for n_lines in (1, 5, 9):
        process = subprocess.Popen(
            [sys.executable, str(tmp_path / "listen.py")],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        while process.poll() is None and (
            not journal.is_file() or journal.read_bytes().count(b"\n") < n_lines
        ):
            time.sleep(0.01)
        process.kill()
        process.wait()
        assert journal.read_bytes().count(b"\n") < 12
    resumed = bb.run(corpus, system, output=tmp_path / "run", progress=False)
    assert_frame_equal(without_times(resumed), without_times(whole))
    assert resumed.transcripts["status"].isin(["ok", "empty"]).all()
