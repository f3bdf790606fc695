"""findings.json: strict, in order, the same bytes, and nothing lost."""

import json
from dataclasses import replace

import pytest

from biasbench.report.renderers.json import render, text_of
from biasbench.report.wording import WordingError
from tests.report.hostile import STRINGS, clean_document

RECORD = {
    "version": 1,
    "findings": [{"group": "Québec", "code": "V-D1", "gap": -3.5, "n": None, "ok": True}],
    "a": {"z": 0.1 + 0.2, "y": 1e-12},
}


def test_the_record_is_read_back_as_it_was(tmp_path):
    path = render(replace(clean_document(), record=RECORD), tmp_path / "findings.json")
    text = path.read_text("utf-8")
    assert json.loads(text) == RECORD
    assert text.endswith("}\n")
    assert "Québec" in text


def test_the_order_of_keys_changes_nothing():
    turned = dict(reversed(RECORD.items()))
    first, second = (text_of(replace(clean_document(), record=r)) for r in (RECORD, turned))
    assert first == second
    assert first.index('"a"') < first.index('"findings"')


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1, 2}])
def test_what_is_no_json_is_refused_and_nothing_is_written(value, tmp_path):
    with pytest.raises(WordingError, match="the record of the report is no strict JSON"):
        render(replace(clean_document(), record={"x": value}), tmp_path / "findings.json")
    assert list(tmp_path.iterdir()) == []


def test_any_string_comes_back_unchanged(tmp_path):
    strings = {**STRINGS, "half": "a\ud83d", "lines": "\u2028\r\n"}
    path = render(replace(clean_document(), record=strings), tmp_path / "f.json")
    assert json.loads(path.read_bytes().decode("utf-8")) == strings
