"""The README's 'Bad input', as far as a corpus is concerned: the words that the user sees."""

import re
from pathlib import Path

import pytest

import biasbench as bb
from biasbench.errors import NotFoundError, OptionError, TableError

SOUND = "utterance_id,speaker_id,audio,reference\na,p,a.wav,yes\nb,q,b.wav,no\n"


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (
            "id,speaker,text\na,,yes\nb,q,no\nc,,no\n",
            "speaker_id is empty in 2 rows, first in line 2",
        ),
        (
            "id,speaker,text\na,p,yes\na,q,no\n",
            "line 3: utterance_id 'a' stands in an earlier row too",
        ),
        ("id,speaker,text\n,p,yes\n", "utterance_id is empty in 1 row, in line 2"),
        ("id,speaker,audio,text\na,p,,yes\n", "audio is empty in 1 row, in line 2"),
        ("id,speaker,text,start\na,p,yes,soon\n", "line 2: start is 'soon', not a number"),
        ("id,speaker,text,start\na,p,yes,-1\n", "line 2: start is '-1'; write seconds from"),
        (
            "id,speaker,text,start,end\na,p,yes,3,2.5\n",
            "line 2: end 2.5 s is not after start 3 s",
        ),
        (
            "id,speaker,text,channel\na,p,yes,left\n",
            "line 2: channel is 'left', not a channel numb",
        ),
        (
            "id,speaker,text,lang\na,p,yes,English\n",
            "line 2: language is 'English', not an ISO 639",
        ),
        ("id,speaker,text\n", "holds no utterance, only a heading"),
        ("id,speaker,text\na,p\n", "line 2 has 2 cells, the heading has 3"),
        ("", "the file is empty"),
        ("id,id,text\na,b,c\n", "column 'id' stands twice in the heading"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_column_and_value(folder, table, words):
    root = folder(table)
    with pytest.raises(TableError, match=re.escape(words)) as caught:
        bb.load_corpus(root)
    assert str(root / "utterances.csv") in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_the_first_problem_tells_how_to_see_the_others(folder):
    root = folder("id,speaker,text,start\na,,yes,x\nb,q,no,-2\n")
    with pytest.raises(TableError) as caught:
        bb.load_corpus(root)
    assert str(caught.value).endswith(
        f"(and 2 more problems: 'biasbench check {root}' lists all of them)"
    )


def test_a_table_that_is_not_utf8_is_refused_with_the_way_out(folder):
    root = folder("")
    table = root / "utterances.csv"
    table.write_bytes("id;agent;text\na;p;déjà\n".encode("cp1252"))
    with pytest.raises(TableError, match=r"byte \d+ is not utf-8 text. Save .*encoding = 'cp1252'"):
        bb.load_corpus(root)
    assert bb.load_corpus(root, encoding="cp1252").utterances["reference"].tolist() == ["déjà"]


def test_a_missing_folder_is_named(tmp_path: Path):
    with pytest.raises(NotFoundError, match=r"nowhere: no such file or folder"):
        bb.load_corpus(tmp_path / "nowhere")


def test_a_folder_that_nothing_fits_says_what_was_looked_for(tmp_path: Path):
    (tmp_path / "call.wav").touch()
    with pytest.raises(NotFoundError) as caught:
        bb.load_corpus(tmp_path)
    words = str(caught.value)
    assert "no corpus reader fits. It holds: call.wav." in words
    assert "a folder with utterances{.csv,.csv.gz,.tsv,.jsonl,.parquet,.xlsx}" in words
    assert "a Kaldi folder with utt2spk and wav.scp or text" in words
    assert "a public corpus: afrispeech-dev, alnum, artie" in words


def test_a_folder_that_two_readers_fit_is_not_decided_in_silence(folder):
    root = folder("id,speaker,text\na,p,yes\n")
    (root / "utt2spk").write_text("k s\n", encoding="utf-8")
    (root / "text").write_text("k yes\n", encoding="utf-8")
    with pytest.raises(
        OptionError, match=r"2 readers fit: kaldi, manifest. Choose one, e.g. reader"
    ):
        bb.load_corpus(root)
    assert bb.load_corpus(root, reader="manifest").utterances["utterance_id"].tolist() == ["a"]
    assert bb.load_corpus(root, reader="kaldi").utterances["utterance_id"].tolist() == ["k"]


def test_two_tables_in_one_folder_are_both_named(folder):
    folder("id,speaker,text\na,p,yes\n", name="utterances.tsv")
    root = folder("id,speaker,text\na,p,yes\n")
    with pytest.raises(OptionError, match=r"utterances.csv and utterances.tsv both stand for"):
        bb.load_corpus(root)


def test_a_misspelt_reader_gets_the_nearest_one(folder):
    root = folder("id,speaker,text\na,p,yes\n")
    with pytest.raises(
        NotFoundError, match=r"no corpus reader named 'kaldy'. Did you mean 'kaldi'"
    ):
        bb.load_corpus(root, reader="kaldy")


def test_something_that_is_no_source_at_all_is_refused():
    with pytest.raises(OptionError, match=r"cannot be made from builtins.dict. Give a folder"):
        bb.load_corpus({"a": 1})


def test_two_languages_are_not_decided_between(folder):
    root = folder("id,speaker,text\na,p,yes\n")
    (root / "corpus.toml").write_text('[corpus]\nlanguage = "en"\n', encoding="utf-8")
    with pytest.raises(OptionError, match=r"language is 'fr' in the call and 'en' in the corpus's"):
        bb.load_corpus(root, language="fr")


def test_a_language_is_a_code(folder):
    root = folder("id,speaker,text\na,p,yes\n")
    with pytest.raises(OptionError, match=r"language is 'Français'; write an ISO 639-1 code"):
        bb.load_corpus(root, language="Français")


def test_loading_opens_no_audio_and_leaves_no_row_out(folder):
    corpus = bb.load_corpus(folder(SOUND))
    assert len(corpus.utterances) == 2
    with pytest.raises(bb.BiasbenchError, match=r"a\.wav: no such audio file"):
        corpus.audio("a")


def test_a_text_corpus_says_that_it_has_no_audio(folder):
    corpus = bb.load_corpus(folder("id,speaker,text\na,p,yes\n"))
    assert not corpus.has_audio
    with pytest.raises(bb.BiasbenchError, match=r"a: corpus 'calls' has no audio, only text"):
        corpus.audio("a")
    with pytest.raises(NotFoundError, match=r"no utterance named 'b'"):
        corpus.audio("b")


def test_loading_twice_gives_the_same_bytes(folder):
    root = folder(SOUND)
    one, other = bb.load_corpus(root), bb.load_corpus(root)
    assert one.provenance == other.provenance
    assert one.utterances.to_csv() == other.utterances.to_csv()


def test_loading_writes_nothing(folder):
    root = folder(SOUND, tones=("a.wav", "b.wav"))
    before = sorted(root.iterdir())
    bb.load_corpus(root)
    bb.check(root)
    assert sorted(root.iterdir()) == before


def test_an_encoding_that_does_not_exist_is_refused(folder):
    root = folder("id,speaker,text\na,p,yes\n")
    with pytest.raises(OptionError, match=r"encoding is 'utf-9', which is not known. Use 'utf-8'"):
        bb.load_corpus(root, encoding="utf-9")
    with pytest.raises(OptionError, match=r"delimiter is '::'; write one character"):
        bb.load_corpus(root, delimiter="::")


def test_a_table_alone_is_named_in_the_way_out(folder):
    root = folder("id,speaker,text\na,,x\na,q,y\nb,,z\n", name="calls.csv")
    with pytest.raises(TableError, match=r"speaker_id is empty in 2 rows, first in line 2"):
        bb.load_corpus(root / "calls.csv")
    wrong = folder("id,speaker,text,start\na,,x,z\n", name="calls.csv") / "calls.csv"
    with pytest.raises(TableError, match=re.escape(f"'biasbench check {wrong}' lists all of them")):
        bb.load_corpus(wrong)
