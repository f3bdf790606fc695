"""Sheets come back: what was written, what was not, and what a spreadsheet did to them."""

from datetime import date

import numpy as np
import openpyxl
import pandas as pd
import pytest

from biasbench import load_corpus, measure
from biasbench.errors import InsufficientDataError, NotFoundError, OptionError, TableError
from biasbench.provenance import Provenance
from biasbench.runs import Run
from biasbench.sheets import (
    draw_sample,
    find_key,
    mean_ratings,
    read_sheet,
    write_sheet,
)
from biasbench.tables import SCORES, read_table
from tests.sheets.conftest import WORDS


class Desk:
    """Two coders with their sheets; `fill` writes one coder's answers by utterance."""

    def __init__(self, folder, utterances, name="sheet.xlsx", lang="fr", n=40, **options):
        self.key_path = folder / "k.key.parquet"
        self.sample = draw_sample(utterances, by="accent", n=n, double=options.pop("double", 0.2))
        self.paths = write_sheet(
            self.sample, folder / name, key=self.key_path, lang=lang, **options
        )
        self.key, _ = read_table(self.key_path)
        self.fr = lang == "fr"

    def column(self, name):
        fr = {"nothing said": "rien n’est dit", "politeness": "politesse (1 à 5)",
              "clarity": "clarté (1 à 5)", "coder": "codeur", "remarks": "remarques"}  # fmt: skip
        en = {"politeness": "politeness (1 to 5)", "clarity": "clarity (1 to 5)"}
        return (fr if self.fr else en).get(name, name)

    def fill(self, coder, answer):
        """`answer(unit_id)` gives {column: value} for a row; other cells stay as they are."""
        path = self.paths["AB".index(coder)]
        units = self.key[self.key["coder"].eq(coder)].set_index("code")["unit_id"]
        if path.suffix == ".csv":
            sheet = pd.read_csv(path, sep=";" if self.fr else ",", dtype=object,
                                encoding="utf-8-sig", keep_default_na=False)  # fmt: skip
            for row, code in enumerate(sheet["code"]):
                for name, value in answer(units[code]).items():
                    sheet.loc[row, self.column(name)] = value
            sheet.to_csv(path, sep=";" if self.fr else ",", index=False, encoding="utf-8-sig")
            return path
        book = openpyxl.load_workbook(path)
        entry = book.worksheets[1]
        at = {cell.value: cell.column for cell in entry[1]}
        for row in range(2, entry.max_row + 1):
            for name, value in answer(units[entry.cell(row, 1).value]).items():
                entry.cell(row, at[self.column(name)]).value = value
        book.save(path)
        return path

    def set(self, coder, column, value, row=2):
        """One cell of a sheet; gives the code of that row."""
        path = self.paths["AB".index(coder)]
        book = openpyxl.load_workbook(path)
        entry = book.worksheets[1]
        at = {cell.value: cell.column for cell in entry[1]}[self.column(column)]
        code = entry.cell(row, 1).value
        entry.cell(row, at).value = value
        book.save(path)
        return code

    def read(self, **options):
        return read_sheet(self.paths, key=self.key_path, **options)

    @property
    def units(self):
        return self.sample.rows["unit_id"].tolist()

    @property
    def twice(self):
        return self.sample.rows.loc[self.sample.rows["double"].eq(1), "unit_id"].tolist()


@pytest.fixture
def desk(tmp_path, utterances):
    return Desk(tmp_path, utterances)


def said(unit_id):
    """Some French words for an utterance, always the same."""
    rng = np.random.default_rng(int(unit_id[1:6]) * 10 + int(unit_id[-1]))
    return " ".join(rng.choice(WORDS, size=6))


def everything(unit_id):
    return {"transcription": said(unit_id), "politeness": 4, "clarity": "3"}


@pytest.mark.parametrize("name", ["sheet.xlsx", "sheet.csv"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_is_written_in_a_sheet_comes_back_to_its_utterance(tmp_path, utterances, name, lang):
    desk = Desk(tmp_path, utterances, name, lang)
    for coder in "AB":
        desk.fill(coder, everything)
    found = desk.read()
    references = dict(
        zip(found.references["utterance_id"], found.references["reference"], strict=True)
    )
    assert references == {unit: said(unit) for unit in desk.units}
    assert found.references["n_coders"].sum() == 48
    assert found.word_agreement["n_edits"].tolist() == [0, 0, 0]
    assert len(found.ratings) == 96
    assert set(found.ratings["value"]) == {3.0, 4.0}
    overall = found.returns.set_index("group").loc["overall"]
    assert overall[["n_rows", "n_transcribed", "n_rated", "n_blank"]].tolist() == [48, 48, 48, 0]


def test_a_french_excel_that_saved_plain_csv_is_refused_with_the_way_out(tmp_path, utterances):
    desk = Desk(tmp_path, utterances, "sheet.csv")
    for coder in "AB":
        path = desk.fill(coder, lambda unit: {"transcription": "très désolée, œuvre", "clarity": 2})
        text = path.read_text(encoding="utf-8-sig")
        path.write_bytes(text.encode("cp1252").replace(b"\n", b"\r\n"))
    with pytest.raises(TableError, match=r"is not UTF-8 any more.*--encoding cp1252"):
        desk.read()
    found = desk.read(encoding="cp1252")
    assert set(found.references["reference"]) == {"très désolée, œuvre"}


def test_headings_are_known_whatever_a_spreadsheet_did_to_their_form(desk):
    path = desk.fill("A", everything)
    book = openpyxl.load_workbook(path)
    entry = book.worksheets[1]
    for cell in entry[1]:
        cell.value = f" {cell.value.upper().replace('’', chr(39))} ".replace(" ", "\u00a0")
    entry.insert_cols(4)
    entry["D1"] = "mes notes"
    book.save(path)
    assert len(read_sheet(path, key=desk.key_path).references) == 24


def test_blank_is_not_done_and_inaudible_and_nothing_said_are_answers(desk):
    states = iter(["inaudible", "nothing said", "", "partly"])
    chosen = {unit: next(states, "text") for unit in desk.units if unit not in desk.twice}

    def answer(unit):
        kind = chosen.get(unit, "text")
        if kind in ("inaudible", "nothing said"):
            return {kind: "oui"}
        return {"": {}, "partly": {"transcription": "merci [?] demain"}}.get(
            kind, {"transcription": said(unit), "inaudible": "non"}
        )

    for coder in "AB":
        desk.fill(coder, answer)
    found = desk.read()
    overall = found.returns.set_index("group").loc["overall"]
    named = ["n_transcribed", "n_partly", "n_inaudible", "n_nothing_said", "n_blank"]
    assert overall[named].tolist() == [44, 1, 1, 1, 1]
    assert overall["n_references"] == 37
    silent = next(unit for unit, kind in chosen.items() if kind == "nothing said")
    row = found.references.set_index("utterance_id").loc[silent]
    assert row["reference"] is None
    by_group = found.returns.set_index("group").drop("overall")
    assert by_group[named].sum().tolist() == overall[named].tolist()


def test_rows_not_returned_are_counted_by_group(desk):
    path = desk.fill("A", everything)
    found = read_sheet(path, key=desk.key_path)
    missing = found.returns.set_index("group")["n_not_returned"]
    expected = desk.key[desk.key["coder"].eq("B")]["group"].value_counts()
    assert missing.drop("overall").to_dict() == expected.to_dict()
    assert missing["overall"] == 24
    assert found.word_agreement["note"].tolist() == ["nothing was done by two people"] * 3


def test_two_who_differ_are_resolved_by_the_rule_declared(desk):
    both = desk.twice
    short, long = "bonjour madame", "bonjour chère madame"
    for coder in "AB":
        desk.fill(coder, lambda unit, coder=coder: {
            "transcription": "Bonjour, MADAME." if unit == both[1] and coder == "B"
            else short if coder == "A" or unit == both[1] else long
        })  # fmt: skip
    texts = {}
    for rule in ("first", "longer", "exclude"):
        found = desk.read(resolve=rule)
        texts[rule] = found.references.set_index("utterance_id")["reference"]
        assert found.provenance.facts()["resolve"] == rule
    assert texts["first"][both[0]] == short
    assert texts["longer"][both[0]] == long
    assert both[0] not in texts["exclude"].index
    assert [texts[rule][both[1]] for rule in texts] == [short] * 3  # the same words: no difference
    assert found.returns.set_index("group").loc["overall", "n_excluded"] == len(both) - 1
    assert found.references["differs"].sum() == 0


def test_where_the_first_understood_nothing_only_longer_takes_the_other(desk):
    unit = desk.twice[0]
    desk.fill("A", lambda one: {"inaudible": "oui"} if one == unit else everything(one))
    desk.fill("B", everything)
    kept = {
        rule: unit in set(desk.read(resolve=rule).references["utterance_id"])
        for rule in ("first", "longer", "exclude")
    }
    assert kept == {"first": False, "longer": True, "exclude": False}
    assert desk.read().word_agreement.set_index("group").loc["overall", "n_one_only"] == 1


def test_where_one_of_two_is_blank_the_other_stands_alone(desk):
    unit = desk.twice[0]
    desk.fill("A", lambda one: {} if one == unit else everything(one))
    desk.fill("B", everything)
    row = desk.read(resolve="exclude").references.set_index("utterance_id").loc[unit]
    assert (row["reference"], row["n_coders"], row["differs"]) == (said(unit), 1, 0)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("politeness", 6, r"row 2: politesse is '6', not a whole number from 1 to 5"),
        ("politeness", 2.5, r"politesse is '2.5'"),
        ("politeness", 0, r"politesse is '0'"),
        ("politeness", "bien", r"politesse is 'bien'"),
        ("inaudible", "peut-être", r"inaudible is 'peut-être', not yes or no"),
        ("inaudible", "oui", r"has a transcription and 'inaudible' yes; leave one"),
        ("nothing said", "oui", r"has a transcription and 'nothing said' yes"),
        ("transcription", date(2026, 5, 12), r"transcription has become a date"),
        ("code", "BCDFG", r"code 'BCDFG' is not in the key"),
        ("code", None, r"code or coder is empty"),
        ("coder", "C", r"was not given to coder 'C'"),
    ],
)
def test_a_cell_that_cannot_be_is_named_with_its_row(desk, column, value, words):
    desk.fill("A", everything)
    desk.set("A", column, value)
    with pytest.raises(TableError, match=words):
        desk.read()


def test_several_wrong_cells_are_counted(desk):
    for row in (2, 4, 5):
        desk.set("A", "politeness", 7, row)
    with pytest.raises(TableError, match=r"row 2: .* \(and 2 more problems\)"):
        desk.read()


def test_a_code_twice_for_one_coder_is_refused_and_for_two_is_not(desk):
    desk.fill("A", everything)
    code = desk.set("A", "politeness", 3)
    desk.set("A", "code", code, row=3)
    with pytest.raises(TableError, match=rf"row 3: code '{code}' of coder 'A' stands in .*row 2"):
        desk.read()
    with pytest.raises(TableError, match="stands in"):
        read_sheet([desk.paths[1], desk.paths[1]], key=desk.key_path)


@pytest.mark.parametrize("name", ["transcription", "clarity", "nothing said"])
def test_a_missing_column_is_named(desk, name):
    desk.set("A", name, "autre", row=1)
    with pytest.raises(TableError, match=r"A.xlsx: column '.*' is missing. Columns are: code"):
        desk.read()


def test_the_sheet_of_another_sample_of_the_same_seed_is_refused(tmp_path, utterances, desk):
    (tmp_path / "two").mkdir()
    elsewhere = utterances.assign(utterance_id="x" + utterances["utterance_id"])
    other = Desk(tmp_path / "two", elsewhere)
    assert not set(other.key["code"]) & set(desk.key["code"])
    with pytest.raises(TableError, match="the sheet of another sample"):
        read_sheet(other.paths, key=desk.key_path)


def test_the_key_of_a_sheet_is_found_whatever_the_sheet_is_called_now(tmp_path, utterances):
    for place, n in (("one", 40), ("two", 50)):
        sample = draw_sample(utterances, by="accent", n=n, seed=n)
        write_sheet(sample, tmp_path / f"{place}.xlsx", key=tmp_path / f"{place}.key.parquet")
    moved = (tmp_path / "two-B.xlsx").rename(tmp_path / "rendu par Mme B.xlsx")
    assert find_key(tmp_path, [moved]) == tmp_path / "two.key.parquet"
    (tmp_path / "two.key.parquet").unlink()
    with pytest.raises(NotFoundError, match="none of its codes is in a key"):
        find_key(tmp_path, [moved])
    (tmp_path / "one.key.parquet").unlink()
    with pytest.raises(NotFoundError, match="holds no key"):
        find_key(tmp_path, [moved])


def test_wrong_options_and_files_are_named(desk, tmp_path):
    with pytest.raises(OptionError, match="resolve='third' is none of 'first', 'longer', 'excl"):
        desk.read(resolve="third")
    with pytest.raises(OptionError, match="name the sheets"):
        read_sheet([], key=desk.key_path)
    with pytest.raises(NotFoundError, match="no such file"):
        read_sheet(tmp_path / "none.xlsx", key=desk.key_path)
    (tmp_path / "a.ods").write_bytes(b"x")
    with pytest.raises(OptionError, match="a sheet is .xlsx or .csv, not '.ods'"):
        read_sheet(tmp_path / "a.ods", key=desk.key_path)
    (tmp_path / "a.xlsx").write_bytes(b"x")
    with pytest.raises(TableError, match="cannot be read as an Excel workbook"):
        read_sheet(tmp_path / "a.xlsx", key=desk.key_path)
    pd.DataFrame({"a": [1]}).to_excel(tmp_path / "b.xlsx", index=False)
    with pytest.raises(TableError, match="no sheet has a column 'code'"):
        read_sheet(tmp_path / "b.xlsx", key=desk.key_path)


def a_run(utterances):
    """A machine that gets the last word of every utterance wrong."""
    agent = utterances[utterances["role"].eq("agent")]
    texts = [" ".join([*said(unit).split()[:-1], "faux"]) for unit in agent["utterance_id"]]
    transcripts = pd.DataFrame({
        "system": "export:own", "utterance_id": agent["utterance_id"], "status": "ok",
        "hypothesis": texts, "error": None,
    })  # fmt: skip
    return Run(transcripts.reset_index(drop=True), SCORES.empty(), Provenance())


def test_word_errors_of_an_import_are_measured_on_the_rows_transcribed(desk, utterances):
    left = desk.units[0]
    for coder in "AB":
        desk.fill(coder, lambda unit: {} if unit == left else everything(unit))
    sheets = desk.read()
    agents = load_corpus(utterances[utterances["role"].eq("agent")].reset_index(drop=True))
    found = measure(a_run(utterances), agents, references=sheets.references, normalizer="minimal")
    assert set(found.table["metric"]) == {"wer"}
    assert sorted(found.table["unit_id"]) == sorted(set(desk.units) - {left})
    assert len(found.table) == 39
    assert (found.table["numerator"] / found.table["denominator"]).unique().tolist() == [1 / 6]
    assert found.table.groupby("accent").size().sum() == 39
    assert found.provenance.facts()["n_references"] == "39"


def test_references_are_refused_for_other_utterances_and_before_there_are_any(desk, utterances):
    agents = utterances[utterances["role"].eq("agent")].reset_index(drop=True)
    with pytest.raises(InsufficientDataError, match="no utterance has a reference yet"):
        measure(a_run(utterances), load_corpus(agents), references=desk.read().references)
    for coder in "AB":
        desk.fill(coder, everything)
    with pytest.raises(TableError, match="no utterances of an agent"):
        measure(a_run(utterances), load_corpus(agents.iloc[:3]), references=desk.read().references)


def test_a_reference_from_before_gives_way(desk, utterances):
    for coder in "AB":
        desk.fill(coder, everything)
    agents = utterances[utterances["role"].eq("agent")].reset_index(drop=True)
    old = load_corpus(agents.assign(reference="old words", reference_words="[]"))
    found = measure(a_run(utterances), old, references=desk.read().references, normalizer="minimal")
    assert (found.table["numerator"] / found.table["denominator"]).unique().tolist() == [1 / 6]


def test_calls_are_rated_and_a_rating_per_call_is_the_mean_of_those_who_rated(tmp_path, utterances):
    calls = utterances.drop_duplicates("call_id")[["call_id", "speaker_id", "accent"]]
    sample = draw_sample(calls, by="accent", n=20, unit="call")
    key = tmp_path / "k.parquet"
    paths = write_sheet(sample, tmp_path / "s.xlsx", key=key, ratings=["ton"])
    for path, value in zip(paths, (2, 5), strict=True):
        book = openpyxl.load_workbook(path)
        entry = book["Entry"]
        at = next(cell.column for cell in entry[1] if cell.value == "ton (1 to 5)")
        for row in range(2, entry.max_row + 1):
            entry.cell(row, at).value = value
        book.save(path)
    found = read_sheet(paths, key=key)
    means = mean_ratings(found).set_index("unit_id")["ton"]
    twice = sample.rows.set_index("unit_id")["double"].eq(1)
    assert (means[twice[twice].index] == 3.5).all()
    assert set(means[twice[~twice].index]) == {2.0, 5.0}
    assert found.returns["n_blank"].tolist() == [0, 0, 0]
    assert found.references.empty
