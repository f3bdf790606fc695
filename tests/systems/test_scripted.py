"""Scripted: a recogniser made of a table."""

import numpy as np
import pytest

from biasbench.audio import Audio
from biasbench.errors import NotFoundError, TableError
from biasbench.systems import load_system
from biasbench.systems.asr.scripted import Scripted


def named(name: str) -> Audio:
    return Audio(np.zeros(16_000, dtype=np.float32), 16_000, name)


def test_answers_are_read_from_a_table(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text("utterance_id,hypothesis\n007,turn the lights on\nu2,\n", encoding="utf-8")
    system = load_system(f"asr:scripted/{path}")
    assert system.info.name == "asr:scripted/answers.csv"
    assert system.transcribe(named("007")).text == "turn the lights on"
    assert system.transcribe(named("u2")).text == ""


def test_an_utterance_without_an_answer_is_named():
    with pytest.raises(NotFoundError, match="no answer for utterance 'u9' among its 1"):
        Scripted({"u1": "yes"}).transcribe(named("u9"))


def test_without_a_table_every_answer_is_empty():
    system = load_system("asr:scripted")
    assert system.transcribe(named("anything")).text == ""
    assert dict(system.info.options) == {"answers": "none"}


def test_other_answers_are_another_version():
    assert Scripted({"u1": "yes"}).info.version != Scripted({"u1": "no"}).info.version
    assert Scripted({"u1": "yes"}).info.version == Scripted({"u1": "yes"}).info.version


def test_two_answers_for_one_utterance_are_refused(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text("utterance_id,hypothesis\nu1,yes\nu1,no\n", encoding="utf-8")
    with pytest.raises(TableError, match="line 3: utterance_id 'u1' stands in an earlier row too"):
        load_system(f"asr:scripted/{path}")


def test_a_table_without_hypotheses_is_refused(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text("utterance_id,text\nu1,yes\n", encoding="utf-8")
    with pytest.raises(TableError, match="column 'hypothesis' is missing"):
        load_system(f"asr:scripted/{path}")
