"""Tables of other tools load under our names, and what cannot be understood is said."""

import re
from pathlib import Path

import pandas as pd
import pytest

import biasbench as bb


def test_lhotse_supervisions_load_with_their_recordings(folder):
    line = (
        '{"id": "u1", "recording_id": "rec1", "start": 0.1, "duration": 0.2, '
        '"text": "yes", "speaker": "p1", "channel": 0}\n'
    )
    root = folder(line, name="utterances.jsonl", tones=("audio/rec1.wav",))
    corpus = bb.load_corpus(root)
    row = corpus.utterances.iloc[0]
    assert (row["utterance_id"], row["speaker_id"], row["reference"]) == ("u1", "p1", "yes")
    assert (row["audio"], row["start"], row["end"]) == ("audio/rec1.wav", 0.1, 0.3)
    assert corpus.audio("u1").seconds == pytest.approx(0.2)


def test_a_recording_id_that_could_be_two_files_is_not_chosen_between(folder):
    root = folder(
        '{"id": "u", "recording_id": "r", "speaker": "p", "text": "a"}\n',
        name="utterances.jsonl",
        tones=("r.wav", "audio/r.flac"),
    )
    with pytest.raises(bb.InputError, match=r"'r' could be r.wav or audio/r.flac"):
        bb.load_corpus(root)


def test_nemo_manifest_takes_its_ids_from_the_audio_files(folder):
    root = folder(
        '{"audio_filepath": "a.wav", "duration": 0.5, "text": "yes", "pred_text": "yet"}\n'
        '{"audio_filepath": "b.wav", "duration": 0.25, "text": "no", "pred_text": "no"}\n',
        name="utterances.jsonl",
    )
    corpus = bb.load_corpus(root)
    assert corpus.utterances["utterance_id"].tolist() == ["a.wav", "b.wav"]
    assert corpus.utterances["end"].tolist() == [0.5, 0.25]
    assert corpus.provenance.facts()["utterance_id"] == "audio"


def test_the_hypothesis_of_a_table_is_kept_apart_from_the_corpus(folder):
    with_text = "id,speaker,text,pred_text\na,p,yes,yet\nb,q,no,\n"
    corpus = bb.load_corpus(folder(with_text))
    assert "hypothesis" not in corpus.utterances.columns
    assert corpus.hypotheses == {"a": "yet", "b": ""}
    without = bb.load_corpus(folder("id,speaker,text\na,p,yes\nb,q,no\n"))
    assert corpus.provenance.signature() == without.provenance.signature()


def test_common_voice_clips_are_looked_for_in_clips(folder):
    root = folder(
        "client_id\tpath\tsentence\taccents\tgender\nc1\tx.wav\tHello there.\tScottish English\t\n",
        name="utterances.tsv",
        tones=("clips/x.wav",),
    )
    row = bb.load_corpus(root).utterances.iloc[0]
    assert (row["audio"], row["speaker_id"]) == ("clips/x.wav", "c1")
    assert (row["accent"], row["gender"]) == ("Scottish English", "unknown")


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".jsonl", ".parquet", ".xlsx"])
def test_one_table_file_loads_whatever_its_format(tmp_path: Path, ending: str):
    table = pd.DataFrame(
        {
            "Agent ID": ["007", "008"],
            "id": ["a", "b"],
            "text": ["oui", "non"],
            "site": ["Lyon", None],
        }
    )
    path = tmp_path / f"calls{ending}"
    match ending:
        case ".csv" | ".tsv":
            table.to_csv(path, index=False, sep="\t" if ending == ".tsv" else ",")
        case ".jsonl":
            table.to_json(path, orient="records", lines=True)
        case ".parquet":
            table.to_parquet(path)
        case _:
            table.to_excel(path, index=False)
    corpus = bb.load_corpus(path, language="fr")
    assert corpus.name == "calls"
    assert corpus.utterances["speaker_id"].tolist() == ["007", "008"]
    assert corpus.utterances["site"].tolist() == ["Lyon", "unknown"]


def test_french_excel_csv_is_read_with_its_commas(tmp_path: Path):
    path = tmp_path / "appels.csv"
    path.write_bytes("id;agent;start;end;text\na;p;0,5;1,25;bonjour à tous\n".encode("utf-8-sig"))
    row = bb.load_corpus(path).utterances.iloc[0]
    assert (row["start"], row["end"], row["reference"]) == (0.5, 1.25, "bonjour à tous")


def test_french_headings_are_not_guessed(folder):
    root = folder("identifiant;locuteur;texte\na;p;oui\n")
    with pytest.raises(bb.InputError) as caught:
        bb.load_corpus(root)
    words = str(caught.value)
    assert "column 'utterance_id' is missing (also read: id, utt, utt_id" in words
    assert "Columns are: identifiant, locuteur, texte" in words


@pytest.mark.parametrize(
    ("heading", "one", "other", "name"),
    [
        ("id,speaker,text,sentence", "text", "sentence", "reference"),
        ("id,speaker_id,speaker,text", "speaker_id", "speaker", "speaker_id"),
        ("id,speaker,text,accent,accents", "accent", "accents", "accent"),
        ("id,speaker,Text,text", "Text", "text", "reference"),
    ],
)
def test_two_columns_of_one_meaning_are_both_named(folder, heading, one, other, name):
    root = folder(f"{heading}\n{','.join('x' * len(heading.split(',')))}\n")
    wanted = re.escape(f"columns '{one}' and '{other}' both mean {name}. Remove or rename one")
    with pytest.raises(bb.InputError, match=wanted):
        bb.load_corpus(root)


def test_audio_that_repeats_cannot_name_the_utterances(folder):
    root = folder("audio,speaker,text\na.wav,p,yes\na.wav,p,no\n")
    with pytest.raises(bb.InputError, match=r"line 3 repeats 'a.wav'. Add a column utterance_id"):
        bb.load_corpus(root)


def test_a_start_tells_utterances_of_one_file_apart(folder):
    root = folder("audio,start,end,speaker,text\na.wav,0,1,p,yes\na.wav,1,2,p,no\n")
    assert bb.load_corpus(root).utterances["utterance_id"].tolist() == ["a.wav@0", "a.wav@1"]


def test_a_duration_beside_an_end_changes_nothing(folder):
    root = folder("id,speaker,text,start,end,duration\na,p,yes,1,3,9\n")
    row = bb.load_corpus(root).utterances.iloc[0]
    assert (row["end"], row["duration"]) == (3.0, "9")


def test_a_duration_that_is_no_number_is_shown(folder):
    root = folder("id,speaker,text,duration\na,p,yes,1\nb,p,no,long\n")
    with pytest.raises(bb.InputError, match=r"line 3: duration is 'long', not a number of seconds"):
        bb.load_corpus(root)


def test_the_fingerprint_is_of_the_content_and_not_of_the_place(folder, tmp_path: Path):
    text = "id,speaker,text,accent\na,p,yes,x\nb,q,no,\n"
    here = bb.load_corpus(folder(text))
    elsewhere = tmp_path / "calls.csv"
    elsewhere.write_text(text, encoding="utf-8")
    there = bb.load_corpus(elsewhere)
    assert here.provenance.signature() == there.provenance.signature()
    changed = bb.load_corpus(folder(text.replace("no", "No")))
    assert changed.provenance.signature() != here.provenance.signature()


def test_a_number_column_with_gaps_stays_a_number_column(folder):
    corpus = bb.load_corpus(folder("id,speaker,text,snr_db,site\na,p,x,12.5,Lyon\nb,q,y,, \n"))
    assert corpus.utterances["snr_db"].tolist() == ["12.5", None]
    assert corpus.utterances["site"].tolist() == ["Lyon", "unknown"]


def test_the_given_table_is_not_changed():
    table = pd.DataFrame({"id": ["a"], "speaker": ["p"], "text": ["yes"], "duration": [2.0]})
    before = table.copy()
    bb.load_corpus(table)
    pd.testing.assert_frame_equal(table, before)


def test_a_dictionary_column_with_gaps_is_a_label_column():
    accents = pd.Categorical(["x", None, "x"])
    table = pd.DataFrame({"id": list("abc"), "speaker": "p", "text": "t", "accent": accents})
    assert bb.load_corpus(table).utterances["accent"].tolist() == ["x", "unknown", "x"]
