"""Spreadsheets: opened by a double click in either language, and no cell that runs."""

import csv
import io

import pytest
from matplotlib.text import Text

from biasbench.errors import OptionError
from biasbench.report import plot_gaps, write_groups, write_report
from biasbench.tables import read_table
from tests.report.simulated import SMALL, chain, evidence


def rows(path, delimiter):
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def test_french_excel_opens_the_findings(tmp_path):
    path = write_report(evidence(), tmp_path / "f.csv", lang="fr")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    found = rows(path, ";")
    maghreb = next(row for row in found if row["Groupe"] == "Maghreb")
    assert float(maghreb["Écart"].replace(",", ".")) > 5
    assert "." not in maghreb["Écart"]
    assert maghreb["Verdict"] == "écart établi, au-dessus de la marge"
    assert maghreb["Phrase"].startswith("Sur 100 mots prononcés")


def test_english_findings_have_points_and_commas(tmp_path):
    path = write_report(evidence(), tmp_path / "f.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    maghreb = next(row for row in rows(path, ",") if row["Group"] == "Maghreb")
    assert float(maghreb["Gap, lower end, adjusted"]) > 0
    assert maghreb["Signature"].startswith("corpus:demo@9f2c1a07|system:")


def test_our_own_reader_reads_the_french_file_back(tmp_path):
    table, _ = read_table(write_report(evidence(), tmp_path / "f.csv", lang="fr"))
    assert float(table.loc[table["Groupe"] == "Maghreb", "Écart"].iloc[0]) > 5


def test_negative_numbers_stay_numbers(tmp_path):
    found = rows(write_report(evidence(), tmp_path / "f.csv"), ",")
    quebec = next(row for row in found if row["Group"] == "Québec")
    assert float(quebec["Gap"]) < 0


@pytest.mark.parametrize("evil", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)"])
def test_a_label_that_starts_a_formula_is_made_inert(tmp_path, evil):
    made = evidence({evil: (20, 0.2), "b": (20, 0.1)})
    for path in (write_report(made, tmp_path / "f.csv"), write_groups(made, tmp_path / "g.csv")):
        assert {row["Group"] for row in rows(path, ",")} >= {f"'{evil}", "b"}


def test_withheld_findings_have_empty_cells(tmp_path):
    found = rows(write_report(evidence(SMALL), tmp_path / "f.csv"), ",")
    for row in found:
        if row["Group"] in ("Joux", "Antilles"):
            assert row["Verdict"] == "withheld"
            assert {row[name] for name in ("People", "Value", "Other side", "Gap", "Ratio")} == {""}


def test_withheld_groups_have_empty_cells(tmp_path):
    found = rows(write_groups(evidence(SMALL), tmp_path / "g.csv"), ",")
    joux = next(row for row in found if row["Group"] == "Joux")
    assert (joux["Value"], joux["Numerator"], joux["People"]) == ("", "", "")
    assert next(row for row in found if row["Group"] == "Lyon")["People"] == "24"


def test_groups_are_written_as_csv_only(tmp_path):
    with pytest.raises(OptionError, match=r"written as \.csv, not '\.html'"):
        write_groups(evidence(provenance=chain()), tmp_path / "g.html")


def test_every_sentence_on_synthetic_speech_says_that_it_is(tmp_path):
    made = evidence(provenance=chain(synthetic="yes"))
    page = write_report(made, tmp_path / "findings.csv", lang="en")
    rows = page.read_text(encoding="utf-8-sig").splitlines()[1:]
    assert rows
    assert all("The speech in this corpus is synthetic" in row for row in rows)


def test_a_figure_on_synthetic_speech_carries_the_warning_itself():
    made = evidence(provenance=chain(synthetic="yes"))
    texts = [text.get_text() for text in plot_gaps(made, lang="fr").findobj(Text)]
    assert any("parole synthétique" in text for text in texts)
    texts = [text.get_text() for text in plot_gaps(evidence(), lang="fr").findobj(Text)]
    assert not any("synthétique" in text for text in texts)
