"""PocketSphinx: an answer depends on the utterance alone."""

import csv

import pytest

from biasbench.audio import read_audio
from biasbench.errors import NotFoundError, OptionError
from biasbench.systems import load_system

pytest.importorskip("pocketsphinx")


def test_an_answer_does_not_depend_on_who_spoke_before(shared_data):
    root = shared_data("fsdd")
    with (root / "utterances.csv").open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))[::700][:3]
    sounds = [read_audio(root / row["audio"]) for row in rows]
    system = load_system("asr:pocketsphinx")
    forwards = [system.transcribe(sound) for sound in sounds]
    backwards = [system.transcribe(sound) for sound in reversed(sounds)]
    assert forwards == backwards[::-1]
    assert any(heard.text for heard in forwards)


def test_it_knows_english_only():
    system = load_system("asr:pocketsphinx")
    with pytest.raises(OptionError, match=r"does not transcribe language 'fr' \(it knows: en\)"):
        system.transcribe(None, language="fr")


def test_it_has_one_model():
    with pytest.raises(NotFoundError, match="no pocketsphinx model named 'fr-fr'. Known: en-us"):
        load_system("asr:pocketsphinx/fr-fr")
