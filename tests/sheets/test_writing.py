"""The spreadsheets: blind, harmless, fit for French Excel, the same for the same seed."""

import re
import zipfile
from itertools import pairwise

import numpy as np
import openpyxl
import pandas as pd
import pytest

from biasbench.errors import OptionError
from biasbench.sheets import draw_sample, write_sheet
from biasbench.sheets.blinding import deal, row_codes
from biasbench.tables import read_table


def written(tmp_path, utterances, name="sheet.xlsx", n=40, **options):
    sample = draw_sample(utterances, by="accent", n=n, seed=options.pop("seed", 0),
                  double=options.pop("double", 0.2))  # fmt: skip
    paths = write_sheet(sample, tmp_path / name, key=tmp_path / "k.key.parquet", **options)
    return sample, paths


def cells_of(path):
    """Every cell of every sheet of a workbook, or of a .csv, as (place, text)."""
    if path.suffix == ".csv":
        return [("csv", path.read_text(encoding="utf-8-sig"))]
    book = openpyxl.load_workbook(path)
    return [
        (f"{sheet.title}!{cell.coordinate}", str(cell.value))
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]


@pytest.mark.parametrize("name", ["sheet.xlsx", "sheet.csv"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_group_speaker_score_or_machine_text_is_anywhere_in_a_sheet(
    tmp_path, utterances, name, lang
):
    _, paths = written(tmp_path, utterances, name, lang=lang)
    secrets = ("alsace", "antilles", "agent-", "meccano", "41.25", "41,25", "43.25", "~")
    for path in paths:
        text = "\n".join(value for _, value in cells_of(path))
        assert "accent" not in text
        raw = text
        if path.suffix == ".xlsx":  # whatever else the package holds: comments, properties
            with zipfile.ZipFile(path) as package:
                raw += "".join(package.read(part).decode() for part in package.namelist())
        assert "K000" in text  # the recording is there: the search looks at the right cells
        assert [secret for secret in secrets if secret in raw] == []


def test_the_key_says_which_row_is_whose_and_stands_apart(tmp_path, utterances):
    sample, paths = written(tmp_path, utterances)
    key, provenance = read_table(tmp_path / "k.key.parquet")
    assert len(key) == 48  # 40, of which 8 are done twice
    joined = key.merge(sample.rows, on="unit_id", suffixes=("", "_drawn"))
    assert (joined["group"] == joined["group_drawn"]).all()
    for path, coder in zip(paths, "AB", strict=True):
        codes = pd.read_excel(path, sheet_name="Entry", dtype=str)
        own = key[key["coder"].eq(coder)]
        assert set(codes["code"]) == set(own["code"])
        where = codes.merge(own, on="code").merge(sample.rows, on="unit_id")
        assert (where["recording_x"] == where["recording_y"]).all()
    assert provenance.facts()["seed"] == "0"


def test_codes_are_no_words_numbers_months_or_formulas():
    codes = row_codes(3000, np.random.default_rng(1))
    assert len(set(codes)) == 3000
    assert all(len(code) == 5 and not set(code) & set("AEIOUY0123456789=+-@") for code in codes)


def test_each_group_is_dealt_out_evenly_so_that_a_strict_listener_is_strict_about_all():
    rows = pd.DataFrame(
        {"group": ["a"] * 30 + ["b"] * 31, "double": ([1] * 6 + [0] * 24) * 2 + [0]}
    )
    dealt = deal(rows, 3, np.random.default_rng(5))
    assert [len(one) for one in dealt] == (rows["double"] + 1).tolist()
    assert all(len(set(one)) == len(one) for one in dealt)
    for group in "ab":
        for double in (0, 1):
            mine = [one for one, row in zip(dealt, rows.itertuples(), strict=True)
                    if (row.group, row.double) == (group, double)]  # fmt: skip
            loads = [sum(coder in one for one in mine) for coder in range(3)]
            assert max(loads) - min(loads) <= 1, loads


def test_the_order_of_rows_tells_neither_group_nor_call(tmp_path, utterances):
    sample, (path,) = written(tmp_path, utterances, coders=1, double=0)
    shown = pd.read_excel(path, sheet_name="Entry", dtype=str)["recording"].tolist()
    assert shown != sorted(shown)
    groups = sample.rows.set_index("recording")["group"]
    in_order = [groups[name] if isinstance(groups[name], str) else None for name in shown]
    changes = sum(a != b for a, b in pairwise(in_order))
    assert changes > 10  # one change where the groups stand one after the other; about 20 by lot


@pytest.mark.parametrize("name", ["sheet.xlsx", "sheet.csv"])
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path, utterances, name):
    def files(folder, seed):
        (tmp_path / folder).mkdir()
        _, paths = written(tmp_path / folder, utterances, name, seed=seed)
        return [path.read_bytes() for path in paths]

    assert files("a", 1) == files("b", 1)
    assert files("c", 2) != files("a2", 1)


def test_nothing_starts_a_formula_or_a_link(tmp_path, utterances):
    utterances["tape"] = [
        ("=HYPERLINK(1)", "+33", "-1", "@SUM", "https://x.example/a")[k % 5] + f"/{k:04d}"
        for k in range(len(utterances))
    ]
    sample = draw_sample(utterances, by="accent", n=60, recording="tape")
    for name in ("s.xlsx", "s.csv"):
        key = tmp_path / f"{name}.parquet"
        for path in write_sheet(sample, tmp_path / name, key=key, lang="fr"):
            if path.suffix == ".csv":
                frame = pd.read_csv(path, sep=";", dtype=str, encoding="utf-8-sig")
                values = frame["enregistrement"].tolist()
            else:
                sheet = openpyxl.load_workbook(path)["Saisie"]
                cells = [cell for row in sheet.iter_rows() for cell in row]
                assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
                values = [cell.value for cell in sheet["C"]]
            assert any("HYPERLINK" in value for value in values)
            assert not [value for value in values if value[0] in "=+-@"]


def test_the_french_csv_is_what_a_french_excel_opens(tmp_path, utterances):
    _, (path, _) = written(tmp_path, utterances, "sheet.csv", lang="fr")
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    heading, first = raw.decode("utf-8-sig").split("\r\n")[:2]
    assert heading == (
        "code;codeur;enregistrement;début;fin;transcription;inaudible;rien n’est dit;"
        "politesse (1 à 5);clarté (1 à 5);remarques"
    )
    assert ("0:00:00,00;0:00:02,50" in first) or ("0:00:06,50;0:00:09,00" in first)
    told = (tmp_path / "sheet-consignes.txt").read_text(encoding="utf-8-sig")
    assert told.startswith("1. Écoutez chaque extrait")
    assert "de «\u00a0début\u00a0» à" in told
    assert not re.search(r"« | [»;:]", told)


def test_the_workbook_explains_itself_and_refuses_ratings_that_cannot_be(tmp_path, utterances):
    _, (path, _) = written(tmp_path, utterances, lang="fr", ratings=["politesse", "ton agacé"])
    book = openpyxl.load_workbook(path)
    assert book.properties.created.year == 2000  # no clock: the same bytes tomorrow
    told, entry = book["Consignes"], book["Saisie"]
    assert told.protection.sheet
    assert "politesse, ton agacé" in "".join(str(cell.value) for cell in told["A"])
    assert entry.freeze_panes == "B2"
    headings = [cell.value for cell in entry[1]]
    column = {name: entry.cell(2, at + 1) for at, name in enumerate(headings)}
    assert column["transcription"].number_format == "@"
    assert not column["transcription"].protection.locked
    assert column["code"].protection.locked
    rules = {str(rule.sqref).split(":")[0]: rule
             for rule in entry.data_validations.dataValidation}  # fmt: skip
    rating = rules[column["ton agacé (1 à 5)"].coordinate]
    assert (rating.type, rating.operator, rating.formula1, rating.formula2) == (
        "whole", None, "1", "5",
    )  # fmt: skip
    assert rules[column["inaudible"].coordinate].formula1 == '"oui,non"'
    assert rules[column["rien n’est dit"].coordinate].formula1 == '"oui,non"'
    assert str(rating.sqref).endswith(str(entry.max_row))


def test_a_sheet_of_calls_has_nothing_to_transcribe(tmp_path, utterances):
    calls = utterances.drop_duplicates("call_id")[["call_id", "speaker_id", "accent"]]
    sample = draw_sample(calls, by="accent", n=20, unit="call")
    path, _ = write_sheet(sample, tmp_path / "s.xlsx", key=tmp_path / "k.parquet")
    headings = list(pd.read_excel(path, sheet_name="Entry").columns)
    assert headings == ["code", "coder", "recording", "inaudible", "nothing said",
                        "politeness (1 to 5)", "clarity (1 to 5)", "remarks"]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "name"),
    [("accent", "ANTILLES/0001.wav"), ("speaker", "calls_agent-103_0001.wav")],
)
def test_a_recording_named_after_its_worker_or_group_is_refused(tmp_path, utterances, column, name):
    utterances["audio"] = [f"{k:04d}.wav" for k in range(len(utterances))]
    mine = utterances["speaker_id"].eq("agent-103")
    utterances.loc[mine, "audio"] = name
    with pytest.raises(OptionError, match="copy the recordings under neutral names"):
        written(tmp_path, utterances)
    assert list(tmp_path.iterdir()) == []
    sample = draw_sample(utterances, by="accent", n=40, recording="call_id")
    write_sheet(sample, tmp_path / "s.xlsx", key=tmp_path / "k.parquet")


def test_a_word_in_every_name_tells_nobody_apart(tmp_path, utterances):
    utterances["audio"] = [f"alsace-site/{k:04d}.wav" for k in range(len(utterances))]
    written(tmp_path, utterances)


def test_a_sheet_that_may_be_being_filled_in_is_left_alone(tmp_path, utterances):
    _, (path, _) = written(tmp_path, utterances)
    before = path.read_bytes()
    with pytest.raises(OptionError, match="somebody may be filling it in"):
        written(tmp_path, utterances, seed=1)
    assert path.read_bytes() == before
    written(tmp_path, utterances, seed=1, overwrite=True)
    assert path.read_bytes() != before


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": "sheet.ods"}, "a sheet is .xlsx or .csv, not '.ods'"),
        ({"lang": "de"}, "lang='de'"),
        ({"coders": 0}, "coders=0"),
        ({"coders": 1}, "draw with double=0"),
        ({"ratings": "politeness"}, "give a list of names"),
        ({"ratings": ["Remarques"]}, "cannot name a rating"),
        ({"ratings": ["a|b"]}, "cannot name a rating"),
        ({"ratings": ["Clarté", "clarté"]}, "names one twice"),
    ],
)
def test_a_wrong_option_is_named_and_nothing_is_written(tmp_path, utterances, wrong, words):
    with pytest.raises(OptionError, match=words):
        written(tmp_path, utterances, **wrong)
    assert list(tmp_path.iterdir()) == []
