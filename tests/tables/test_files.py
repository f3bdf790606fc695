"""Tables on disk: what French Excel writes is read right, and nothing is ever half-written."""

from pathlib import Path

import pandas as pd
import pytest

from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.provenance import Provenance
from biasbench.tables import UTTERANCES, read_table, write_bytes, write_table

FRAME = pd.DataFrame({"id": ["007", "b"], "text": ["l'été", None], "value": [0.5, 1.25]})


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet"])
def test_what_is_written_is_read_back(tmp_path, ending):
    path = write_table(FRAME, tmp_path / f"t.{ending}")
    back, _ = read_table(path)
    assert back["id"].tolist() == ["007", "b"]
    assert back["text"].tolist()[0] == "l'été"
    assert pd.isna(back["text"].tolist()[1])
    assert pd.to_numeric(back["value"]).tolist() == [0.5, 1.25]


def test_parquet_carries_the_provenance(tmp_path):
    chain = Provenance().then("measure", {"norm": "fr-1"})
    _, back = read_table(write_table(FRAME, tmp_path / "t.parquet", provenance=chain))
    assert back == chain


def test_french_excel_is_read_with_bom_semicolons_and_decimal_commas(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes("\ufeffid;début;note\r\na;0,5;très bien\r\nb;1,25;oui, certes\r\n".encode())
    back, _ = read_table(path)
    assert list(back.columns) == ["id", "début", "note"]
    assert back["début"].tolist() == ["0.5", "1.25"]
    assert back["note"].tolist()[1] == "oui, certes"


def test_a_workbook_is_read(tmp_path):
    path = tmp_path / "t.xlsx"
    pd.DataFrame({"id": ["a"], "n": [3]}).to_excel(path, index=False)
    back, _ = read_table(path)
    assert back["id"].tolist() == ["a"]


def test_latin_1_is_refused_with_the_way_out_and_read_when_named(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes("id;accent\na;québécois\n".encode("cp1252"))
    with pytest.raises(TableError, match=r"not utf-8 text\. Save the file as 'CSV UTF-8'"):
        read_table(path)
    back, _ = read_table(path, encoding="cp1252")
    assert back["accent"].tolist() == ["québécois"]


def test_a_ragged_line_is_named(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id,text\na,one\nb,two,three\n", encoding="utf-8")
    with pytest.raises(TableError, match="line 3 has 3 cells, the heading has 2"):
        read_table(path)


def test_lines_are_counted_past_cells_that_span_lines_and_blank_lines(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('utterance_id,reference\na,"one\ntwo"\n\nb,three\na,four\n', encoding="utf-8")
    frame, _ = read_table(path)
    with pytest.raises(TableError, match="line 6: utterance_id 'a' stands in an earlier row"):
        UTTERANCES.check(frame, source=str(path))


def test_whole_ids_of_jsonl_stay_whole_beside_a_null(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text('{"id": 7, "n": 1}\n{"id": null, "n": 2}\n', encoding="utf-8")
    assert read_table(path)[0]["id"].tolist()[0] == 7


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", b"", "the file is empty"),
        ("t.csv", b"a,a\n1,2\n", "column 'a' stands twice"),
        ("t.csv", b"a,b\n1,\x002\n", "holds NUL bytes"),
        ("t.jsonl", b'{"a": 1}\n{"a": \n', "line 2 is not JSON"),
        ("t.jsonl", b"[1]\n", "line 1 is not a JSON object"),
        ("t.parquet", b"PAR1 no", "cannot be read as Parquet"),
        ("t.xlsx", b"PK no", "cannot be read as an Excel workbook"),
    ],
)
def test_a_broken_file_is_told_in_one_line(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(TableError, match=message):
        read_table(path)


def test_a_missing_file_and_an_unknown_ending_are_told(tmp_path):
    with pytest.raises(NotFoundError, match="no such file"):
        read_table(tmp_path / "none.csv")
    (tmp_path / "t.doc").write_text("x", encoding="utf-8")
    with pytest.raises(OptionError, match="unknown ending '.doc'"):
        read_table(tmp_path / "t.doc")
    with pytest.raises(OptionError, match="cannot write '.doc'"):
        write_table(FRAME, tmp_path / "t.doc")


def test_a_cell_that_starts_a_formula_is_made_inert(tmp_path):
    frame = pd.DataFrame({"text": ["=HYPERLINK(1)", "+1", "@x", "plain"], "value": [-1.0, 2, 3, 4]})
    text = write_table(frame, tmp_path / "t.csv").read_text(encoding="utf-8")
    assert "'=HYPERLINK(1)" in text
    assert "'+1" in text
    assert "'@x" in text
    assert "\nplain,4.0" in text
    assert "'=HYPERLINK(1),-1.0" in text


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = write_bytes(tmp_path / "t.txt", b"old")

    def refuse(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="disk full"):
        write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["t.txt"]
