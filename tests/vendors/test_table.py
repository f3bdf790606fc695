"""Any table of transcripts or scores, by a mapping of its columns."""

import gzip
import math
import tomllib
from pathlib import Path

import pandas as pd
import pytest

import biasbench as bb
from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.runs import import_export, read_run
from biasbench.systems.mapping.parsing import parse
from biasbench.systems.vendors import table
from biasbench.systems.vendors.table import read


@pytest.fixture
def write(tmp_path):
    """`write("a.csv", text)` is the path of that file."""

    def writing(name: str, text: str, encoding: str = "utf-8") -> Path:
        (tmp_path / name).write_bytes(text.encode(encoding))
        return tmp_path / name

    return writing


FRENCH = """Identifiant;Agent;Date;Silence %;Score qualité;Sentiment
A1;martin;05/01/2026 09:00;15,3 %;68,5;Negative
A2;martin;31/01/2026;2,0;1 234,5;Neutral
A3;durand;01/02/2026;;;Negative
"""

FRENCH_MAPPING = """
[file]
encoding = "cp1252"
decimal = ","
date_order = "day-first"
null_words = ["NULL"]

[columns]
unit_id = "Identifiant"
date = "Date"

[scores."silence share"]
column = "Silence %"
percent = true
scale_min = 0
scale_max = 100
direction = "higher is worse"
modality = "voice"
unit = "call"

[scores.quality]
column = "Score qualité"
direction = "higher is better"
unit = "call"
missing_reason = "not analysed"

[scores.negative]
column = "Sentiment"
values = { "Negative" = 1, "Neutral" = 0 }
unit = "call"

[system]
name = "interact"
version = "2026-01"
tier = "T1"
options = { language = "fr" }
"""


def test_a_french_spreadsheet_of_scores_is_read_by_its_mapping(write, tmp_path):
    export = write("export.csv", FRENCH, "cp1252")
    mapping = write("mapping.toml", FRENCH_MAPPING)
    made = import_export("table", export, mapping=mapping, output=tmp_path / "run")
    scores = made.scores.set_index(["unit_id", "score"])
    assert scores.loc[("A1", "silence share"), "value"] == 0.153
    assert scores.loc[("A2", "silence share"), "value"] == 0.02
    assert scores.loc[("A1", "silence share"), "scale_max"] == 1.0
    assert scores.loc[("A2", "quality"), "value"] == 1234.5
    assert scores.loc[("A1", "negative"), "value"] == 1
    assert set(scores["unit"]) == {"call"}
    assert made.transcripts.empty
    again = read_run(tmp_path / "run")
    pd.testing.assert_frame_equal(again.scores, made.scores)
    facts = again.provenance.step("run", "system_name", "interact")
    assert facts["system"] == "interact@2026-01"
    assert facts["tier"] == "T1"
    assert facts["options"] == "language=fr"


def test_an_empty_score_is_missing_with_its_reason_and_never_zero(write):
    export = write("export.csv", FRENCH, "cp1252")
    made = import_export("table", export, mapping=write("mapping.toml", FRENCH_MAPPING))
    missing = made.scores[made.scores["status"] == "missing"]
    assert list(missing["unit_id"]) == ["A3", "A3"]
    assert missing["value"].map(math.isnan).all()
    assert list(missing["missing_reason"]) == ["unset", "not analysed"]


def test_the_import_report_tells_rows_gaps_and_assumptions(write):
    export = write("export.csv", FRENCH, "cp1252")
    made = import_export("table", export, mapping=write("mapping.toml", FRENCH_MAPPING))
    report = made.provenance.facts()["report"]
    assert "3 rows read" in report
    assert (
        "score 'silence share': 2 values, 1 missing (unset), percentages divided by 100, "
        "decimal comma" in report
    )
    assert "score 'quality': 2 values, 1 missing (not analysed)" in report
    assert "scale not declared" in report
    assert "dates from 2026-01-05 to 2026-02-01" in report
    assert "columns not read: Agent" in report
    assert "tier" not in report


def test_an_undeclared_tier_is_the_weakest_claim_and_said_so(write):
    made = import_export("table", write("a.csv", "id,hypothesis\nu1,yes\n"))
    facts = made.provenance.step("run", "system_name", "table/a")
    assert facts["tier"] == "T3"
    assert facts["system_version"].startswith("export-")
    report = made.provenance.facts()["report"]
    assert "tier not declared in [system]: T3, the weakest claim, is assumed" in report


def test_recognised_names_need_no_mapping(write):
    text = "id,pred_text,system\nu1,yes,A\nu1,no,B\nu2,,A\n"
    made = import_export("table", write("a.csv", text))
    rows = made.transcripts
    assert list(zip(rows["system"], rows["utterance_id"], rows["status"], strict=True)) == [
        ("A", "u1", "ok"),
        ("B", "u1", "ok"),
        ("A", "u2", "empty"),
    ]
    steps = [dict(step.facts)["system_name"] for step in made.provenance.steps[1:]]
    assert steps == ["A", "B"]
    report = made.provenance.facts()["report"]
    assert "3 transcripts of 2 system(s): 2 ok, 1 empty; empty by system: A 1" in report


def test_one_column_per_system_is_read_by_its_prefix(write):
    path = write("a.tsv", "id\thyp_x\thyp_y\nu1\tyes\tno\nu2\t\tmaybe\n")
    export = read(path, {"wide": {"prefix": "hyp_"}})
    assert list(export.transcripts["system"]) == ["x", "x", "y", "y"]
    assert list(export.transcripts["status"]) == ["ok", "empty", "ok", "ok"]
    assert "empty by system: x 1" in "; ".join(export.notes)
    named = read(path, {"wide": {"columns": ["hyp_y"]}})
    assert list(named.transcripts["system"]) == ["hyp_y", "hyp_y"]


def test_gzip_xlsx_jsonl_and_parquet_give_the_same_transcripts(tmp_path, write):
    text = "utterance_id,hypothesis\n007,yes\n008,no thanks\n"
    plain = read(write("a.csv", text)).transcripts.drop(columns="system")
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(text.encode()))
    frame = pd.DataFrame({"utterance_id": ["007", "008"], "hypothesis": ["yes", "no thanks"]})
    frame.to_excel(tmp_path / "c.xlsx", index=False)
    frame.to_json(tmp_path / "d.jsonl", orient="records", lines=True)
    frame.to_parquet(tmp_path / "e.parquet")
    for name in ("b.csv.gz", "c.xlsx", "d.jsonl", "e.parquet"):
        other = read(tmp_path / name).transcripts.drop(columns="system")
        pd.testing.assert_frame_equal(other, plain)


def test_an_empty_hypothesis_is_an_answer_and_a_null_word_is_not(write):
    path = write("a.csv", "id,hypothesis\nu1,\nu2,NULL\nu3,  \n")
    told = {"file": {"null_words": ["NULL"]}}
    rows = read(path, told).transcripts
    assert list(rows["status"]) == ["empty", "skipped", "empty"]
    assert rows["error"][1] == "unset"
    told["file"]["blank_hypothesis"] = "skipped"
    assert list(read(path, told).transcripts["status"]) == ["skipped"] * 3


def test_null_in_json_is_no_transcript_and_an_empty_text_is_one(write):
    path = write("a.jsonl", '{"id": "u1", "pred_text": ""}\n{"id": "u2", "pred_text": null}\n')
    assert list(read(path).transcripts["status"]) == ["empty", "skipped"]


def test_a_table_of_ours_keeps_its_failed_rows(write):
    text = "utterance_id,status,hypothesis,error\nu1,failed,,AudioError: gone\nu2,empty,,\n"
    rows = read(write("a.csv", text)).transcripts
    assert list(rows["status"]) == ["failed", "empty"]
    assert rows["error"][0] == "AudioError: gone"


@pytest.mark.parametrize(
    ("cell", "told", "words"),
    [
        ("abc", {}, r"a\.csv: line 3: QA is 'abc', not a number with a decimal point"),
        ("12,5", {}, "QA is '12,5', not a number with a decimal point"),
        ("12.5", {"decimal": ","}, "QA is '12.5', not a number with a decimal comma"),
        ("12 %", {}, "QA is '12 %', a percentage; write percent = true"),
        ("101", {}, "QA is '101', outside the declared scale 0.0 to 100.0"),
        ("inf", {}, "QA is 'inf', not a number"),
    ],
)
def test_a_bad_number_is_named_with_file_line_column_and_value(write, cell, told, words):
    path = write("a.csv", f'id,QA\nu1,{5}\nu2,"{cell}"\n')
    mapping = {
        "file": told,
        "scores": {"qa": {"column": "QA", "scale_min": 0, "scale_max": 100}},
    }
    with pytest.raises(TableError, match=words):
        read(path, mapping)


def test_a_line_is_counted_as_an_editor_counts_it(write):
    path = write("a.csv", 'id,QA,note\nu1,5,"two\nlines"\n\nu2,x,\n')
    with pytest.raises(TableError, match="line 5: QA is 'x'"):
        read(path, {"scores": {"qa": {"column": "QA"}}})


def test_a_label_that_has_no_declared_value_is_an_error(write):
    mapping = {"scores": {"mood": {"column": "Mood", "values": {"good": 1}}}}
    with pytest.raises(TableError, match="Mood is 'awful', not one of the values 'good'"):
        read(write("a.csv", "id,Mood\nu1,awful\n"), mapping)


@pytest.mark.parametrize(
    ("order", "cell", "words"),
    [
        ("day-first", "01/31/2026", "not a day-first date: month must be in 1..12"),
        ("month-first", "31/01/2026", "not a month-first date"),
        ("iso", "31/01/2026", r"not an ISO date \(2026-01-31\); set \[file\] date_order"),
        ("day-first", "31/01/26", "not a day-first date with a year of four digits"),
    ],
)
def test_a_date_in_another_order_is_an_error(write, order, cell, words):
    path = write("a.csv", f"id,hypothesis,Day\nu1,yes,{cell}\n")
    with pytest.raises(TableError, match=f"line 2: Day is '{cell}', {words}"):
        read(path, {"file": {"date_order": order}, "columns": {"date": "Day"}})


def test_a_person_month_is_named_by_person_and_month(write):
    path = write("a.csv", "who,Day,Bonus\nmartin,2026-01-31,5\nmartin,2026-02-28,6\n")
    mapping = {
        "columns": {"unit_id": "who", "date": "Day"},
        "scores": {"bonus": {"column": "Bonus", "unit": "person-month"}},
    }
    scores = read(path, mapping).scores
    assert list(scores["unit_id"]) == ["martin 2026-01", "martin 2026-02"]


def test_a_repeated_utterance_of_one_system_is_refused_with_its_line(write):
    path = write("a.csv", "id,hypothesis,system\nu1,yes,A\nu1,yes,B\nu1,no,A\n")
    with pytest.raises(TableError, match="line 4: system 'A' has 'u1' already, in line 2"):
        read(path)


def test_an_empty_id_is_refused_with_its_line(write):
    with pytest.raises(TableError, match="line 3: id is empty"):
        read(write("a.csv", "id,hypothesis\nu1,yes\n,no\n"))


def test_an_unknown_key_is_an_error_with_the_nearest_known_one(write):
    path = write("a.csv", "id,hypothesis\nu1,yes\n")
    with pytest.raises(OptionError, match=r"\[file\] has no key 'delimeter'. Did you mean 'delim"):
        read(path, {"file": {"delimeter": ";"}})
    with pytest.raises(OptionError, match=r"the mapping has no key 'score'. Did you mean 'scores'"):
        read(path, {"score": {}})
    with pytest.raises(OptionError, match=r"\[scores.qa\] has no key 'max'"):
        read(path, {"scores": {"qa": {"column": "QA", "max": 5}}})


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"file": {"decimal": ";"}}, r"\[file\] decimal is ';', not one of ',', '\.'"),
        ({"file": {"null_words": "NULL"}}, "null_words is 'NULL', not a list of texts"),
        ({"file": "a.csv"}, r"file is 'a.csv'; write a table: \[file\]"),
        ({"system": {"tier": "T9"}}, "tier is 'T9', not one of 'T1', 'T2', 'T3'"),
        ({"system": {"name": "x"}, "wide": {"columns": ["hypothesis"]}}, "Keep one"),
        ({"scores": {"qa": {}}}, r"\[scores.qa\] needs column"),
        (
            {"scores": {"qa": {"column": "QA", "scale_min": 5, "scale_max": 1}}},
            "scale_min 5.0 is not below scale_max 1.0",
        ),
        ({"scores": {"qa": {"column": "QAs"}}}, r"column is 'QAs', which .* Did you mean 'QA'"),
        ({"wide": {"prefix": "asr_"}}, r"no column of .*a\.csv starts with \[wide\] prefix 'asr_'"),
        ({"wide": {"prefix": "h", "columns": ["id"]}}, "both prefix and columns"),
    ],
)
def test_a_mapping_that_does_not_fit_says_why(write, mapping, words):
    with pytest.raises(OptionError, match=words):
        read(write("a.csv", "id,hypothesis,QA\nu1,yes,5\n"), mapping)


def test_the_mapping_in_the_documentation_is_a_sound_one():
    shown = table.__doc__.split("is told in TOML")[1].split("An empty transcript is an answer")[0]
    told = parse(tomllib.loads(shown.split(":", 1)[1]))
    assert told.scores[0].column == "Silence %"
    assert told.columns["hypothesis"] == "Transcript"


def test_a_table_with_no_recognised_names_lists_them_and_offers_a_mapping(write):
    path = write("a.csv", "Interaction ID,Agent,Transcription\nu1,x,yes\n")
    with pytest.raises(OptionError) as refused:
        read(path)
    assert "Columns are: Interaction ID, Agent, Transcription" in str(refused.value)
    offered = str(refused.value).split("start from: ")[1]
    mapping = write("mapping.toml", offered)
    made = import_export("table", path, mapping=mapping)
    assert list(made.transcripts["hypothesis"]) == ["yes"]


def test_a_file_that_is_not_utf8_says_how_to_name_its_encoding(write):
    path = write("a.csv", "id,hypothesis\nu1,à bientôt\n", "cp1252")
    with pytest.raises(TableError, match=r"is not utf-8 text.*encoding = 'cp1252'"):
        read(path)
    heard = read(path, {"file": {"encoding": "cp1252"}}).transcripts["hypothesis"][0]
    assert heard == "à bientôt"


def test_a_row_with_too_many_cells_is_refused_with_its_line(write):
    with pytest.raises(TableError, match=r"line 3 has 3 cells, the heading has 2"):
        read(write("a.csv", "id,hypothesis\nu1,yes\nu2,no,thanks\n"))


def test_a_missing_file_format_or_mapping_is_an_error(write, tmp_path):
    with pytest.raises(NotFoundError, match=r"no export format named 'tabel'. Did you mean 'tab"):
        import_export("tabel", write("a.csv", "id,hypothesis\nu1,yes\n"))
    with pytest.raises(NotFoundError, match=r"nothing\.csv: no such file"):
        import_export("table", tmp_path / "nothing.csv")
    with pytest.raises(NotFoundError, match=r"mapping\.toml: no such file"):
        import_export("table", tmp_path / "a.csv", mapping=tmp_path / "mapping.toml")
    with pytest.raises(OptionError, match=r"m\.toml: is not TOML"):
        import_export("table", tmp_path / "a.csv", mapping=write("m.toml", "[file"))


def test_importing_into_the_folder_of_another_run_is_refused(write, tmp_path):
    first = write("a.csv", "id,hypothesis\nu1,yes\n")
    import_export("table", first, output=tmp_path / "run")
    import_export("table", first, output=tmp_path / "run")  # the same again is no harm
    second = write("b.csv", "id,hypothesis\nu1,no\n")
    with pytest.raises(OptionError, match="holds another run"):
        import_export("table", second, output=tmp_path / "run")
    made = import_export("table", second, output=tmp_path / "run", overwrite=True)
    assert isinstance(made, bb.Run)
    assert list(read_run(tmp_path / "run").transcripts["hypothesis"]) == ["no"]


@pytest.mark.parametrize(("name", "n_systems"), [("artie", 9), ("edacc", 7)])
def test_real_transcripts_of_several_systems_are_read_without_a_mapping(
    shared_data, name, n_systems
):
    path = shared_data(name) / "transcripts.csv.gz"
    written = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows = read(path).transcripts
    assert len(rows) == len(written)
    assert rows["system"].nunique() == n_systems
    assert rows["hypothesis"].tolist() == written["hypothesis"].tolist()
    assert rows["status"].eq("empty").sum() == written["hypothesis"].eq("").sum()


@pytest.mark.parametrize(("name", "n_systems"), [("voxpopuli_fr", 7), ("afrispeech_dev", 30)])
def test_real_transcripts_in_wide_form_are_read_by_their_prefix(shared_data, name, n_systems):
    path = shared_data(name) / "transcripts_wide.csv.gz"
    written = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows = read(path, {"wide": {"prefix": "hyp_"}}).transcripts
    assert rows["system"].nunique() == n_systems
    assert len(rows) == n_systems * len(written)
