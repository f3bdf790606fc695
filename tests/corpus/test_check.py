"""check: every problem at once, each with its row, its group and what to do."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

import biasbench as bb
from biasbench.errors import NotFoundError
from tests.corpus.conftest import RATE, write_tone

HEADING = "utterance_id,speaker_id,audio,start,end,channel,accent,reference\n"


def messages(check, kind: str) -> list[str]:
    return check.problems.loc[check.problems["kind"] == kind, "message"].tolist()


def test_a_sound_corpus_has_nothing_to_settle(folder):
    root = folder(
        HEADING + "a,p,a.wav,,,,x,yes\nb,q,b.wav,0.1,0.4,,y,no\n", tones=("a.wav", "b.wav")
    )
    found = bb.check(root, by="accent")
    assert found.ok
    assert found.problems.empty
    assert str(found) == "2 utterances: no problem."


def test_every_problem_is_reported_at_once_and_by_group(folder):
    root = folder(
        HEADING
        + "a,p,a.wav,,,,x,yes\n"  # sound
        + "b,q,none.wav,,,,x,yes\n"
        + "c,r,broken.wav,,,,y,yes\n"
        + "d,,a.wav,,,,y,yes\n"
        + "a,p,a.wav,,,,x,yes\n"
        + "f,p,a.wav,0.3,0.2,,x,yes\n"
        + "g,p,a.wav,0,9,,x,yes\n"
        + "h,p,stereo.wav,,,,x,yes\n"
        + "i,p,nan.wav,,,,x,yes\n"
        + "j,p,zero.wav,,,,x,\n"
        + "k,s,silent.wav,,,,,yes\n"
        + "l,p,a.wav,,,,y,yes\n",
        tones=("a.wav",),
    )
    (root / "broken.wav").write_bytes(b"this is not sound")
    (root / "zero.wav").touch()
    write_tone(root / "stereo.wav", channels=2)
    soundfile.write(root / "nan.wav", np.full(RATE, np.nan), RATE, subtype="FLOAT")
    soundfile.write(root / "silent.wav", np.zeros(RATE), RATE)
    found = bb.check(root, by="accent")
    counted = {(row["kind"], row["group"], row["row"]) for row in found.problems.to_dict("records")}
    assert counted == {
        ("missing audio", "x", "line 3"),
        ("unreadable audio", "y", "line 4"),
        ("empty cell", "y", "line 5"),
        ("duplicate id", "x", "line 6"),
        ("wrong value", "x", "line 7"),
        ("times outside the file", "x", "line 8"),
        ("several channels", "x", "line 9"),
        ("unreadable audio", "x", "line 10"),
        ("unreadable audio", "x", "line 11"),
        ("empty reference", "x", "line 11"),
        ("silent audio", "unknown", "line 12"),
        ("unknown label", "unknown", "line 12"),
        ("speaker in two groups", "y", "line 13"),
    }
    assert not found.ok
    assert found.n_utterances == 12
    assert set(found.problems["file"]) == {str(root / "utterances.csv")}
    printed = str(found)
    assert printed.startswith("12 utterances: 10 problems, 3 things to know.")
    assert "To settle: unreadable audio (3; accent: x 2, y 1)" in printed
    assert "line 3: " in printed
    assert "none.wav: no such audio file" in printed


def test_messages_say_what_to_do(folder):
    root = folder("id,speaker,accent,text\na,p,x,yes\nb,p,y,no\na,,x,yes\n")
    found = bb.check(root, by="accent")
    assert messages(found, "empty cell") == [
        f"{root / 'utterances.csv'}: line 4: speaker_id is empty. Write who speaks: people are "
        "what is counted"
    ]
    assert "utterance_id 'a' stands in line 2 too" in messages(found, "duplicate id")[0]
    assert (
        "speaker 'p' is 'y' here, 'x' in line 2. A person has one accent"
        in (messages(found, "speaker in two groups")[0])
    )


def test_the_value_of_a_wrong_cell_is_in_the_table(folder):
    root = folder("id,speaker,text,start\na,p,x,0\nb,p,x,soon\nc,p,x,late\n")
    wrong = bb.check(root).problems.query("kind == 'wrong value'")
    assert wrong["value"].tolist() == ["soon", "late"]
    assert wrong["column"].tolist() == ["start", "start"]
    assert wrong["message"].str.endswith("not a number").all()


def test_a_table_that_cannot_be_read_is_one_problem(folder):
    root = folder("")
    (root / "utterances.csv").write_bytes("id;agent;text\na;p;déjà\n".encode("cp1252"))
    found = bb.check(root)
    assert found.problems["kind"].tolist() == ["unreadable corpus"]
    assert "is not utf-8 text" in str(found)
    assert not found.ok


def test_a_missing_column_is_one_problem_among_others(folder):
    found = bb.check(folder("qui,speaker,text\na,,yes\n"))
    (missing,) = messages(found, "missing column")
    assert missing.endswith("Columns are: qui, speaker, text")
    assert len(messages(found, "empty cell")) == 1


def test_swapped_columns_are_asked_about(folder):
    scripts = [f"please turn to page {page} of the book" for page in range(6)]
    rows = []
    for number in range(30):
        said = scripts[number % 6]
        heard = said.replace("page", f"pace {number}")
        rows.append(f"u{number},s{number},{heard},{said}\n")
    root = folder("id,speaker,text,pred_text\n" + "".join(rows))
    found = bb.check(root)
    assert (
        "are reference and hypothesis swapped? 6 sentences stand several times in the"
        in (messages(found, "swapped columns suspected")[0])
    )
    right = folder("id,speaker,pred_text,text\n" + "".join(rows))
    assert bb.check(right).ok


def test_labels_that_may_mean_nobody_knows_are_asked_about_and_not_changed(folder):
    root = folder(
        "id,speaker,text,accent\na,p,x,N/A\nb,q,x,inconnu\nc,r,x,Scottish\nd,s,x,scottish\n"
    )
    found = bb.check(root, by="accent")
    assert len(messages(found, "doubtful label")) == 2
    assert (
        "accent has 'Scottish' and 'scottish', which are different groups"
        in (messages(found, "similar labels")[0])
    )
    assert found.ok
    assert bb.load_corpus(root).utterances["accent"].tolist() == [
        "N/A",
        "inconnu",
        "Scottish",
        "scottish",
    ]


def test_a_corpus_without_people_is_told_what_that_costs(folder):
    found = bb.check(folder("id,text\na,yes\n"))
    assert "Without people, no difference between groups can be tested" in str(found)
    assert found.ok


def test_an_unknown_group_column_gets_the_nearest(folder):
    root = folder("id,speaker,text,accent\na,p,x,y\n")
    with pytest.raises(
        NotFoundError, match=r"no group column named 'acent'. Did you mean 'accent'"
    ):
        bb.check(root, by="acent")


def test_a_folder_that_is_not_there_raises(tmp_path: Path):
    with pytest.raises(NotFoundError, match="no such file or folder"):
        bb.check(tmp_path / "nowhere")


def test_many_problems_of_a_kind_are_cut_in_print_and_whole_in_the_table(folder):
    rows = "".join(f"u{n},p,gone{n}.wav,yes\n" for n in range(50))
    found = bb.check(folder("id,speaker,audio,text\n" + rows))
    assert len(found.problems) == 50
    assert "… and 30 more (--json lists them)" in str(found)
    assert found.by_group()["n"].tolist() == [50]


def test_what_passes_check_can_be_loaded_and_heard(folder):
    root = folder(HEADING + "a,p,a.wav,0.1,0.3,0,x,yes\n", tones=("a.wav",))
    assert bb.check(root).ok
    sound = bb.load_corpus(root).audio("a")
    assert (sound.sample_rate, sound.name) == (16_000, "a")
    assert sound.seconds == pytest.approx(0.2)


def test_times_beyond_a_file_are_found_by_its_length(folder):
    root = folder(
        "id,speaker,audio,duration,text\na,p,a.wav,0.5,x\nb,p,a.wav,0.6,x\n", tones=("a.wav",)
    )
    found = bb.check(root)
    assert found.problems["row"].tolist() == ["line 3"]
    assert "end 0.6 s is beyond the end of the file, which lasts 0.500 s" in str(found)


def test_a_frame_is_checked_like_a_file():
    table = pd.DataFrame({"id": ["a"], "speaker": [None], "text": ["x"]})
    assert bb.check(table).problems["row"].tolist()[0] == "row 1"
