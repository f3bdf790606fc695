"""Workbooks: numbers are numbers, text is text whatever it begins with, the same file twice."""

import io
import re
import zipfile
from functools import cache

import openpyxl
import pandas as pd
import pytest

from biasbench.report.document import Cell, Document, Facts, Paragraph, Section, Table
from biasbench.report.inert import inert_text
from biasbench.report.renderers.xlsx import render, sheet_name, workbook
from biasbench.report.wording import say

EVIL = (
    '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "<script>x</script>",
    r"\input{/etc/passwd}", "\u202egnp.exe", "\U0001f600", "_x0041_", "x" * 10_000,
)  # fmt: skip
SENTENCE = "Sur 100 mots : 12,3. Verdict. Intervalle. Réserve."


def findings(lang):
    names = ("group", "people", "gap", "p_adjusted", "code", "sentence")
    rows = [
        ("Maghreb", 16, 12.345678, 0.000181, "V-D1", SENTENCE),
        ("Joux", None, None, None, "V-S", "Résultat non publié."),
        ("Lyon", 24, -0.43, None, "V-I", SENTENCE),
        *((text, 20, 1.5, 0.5, "V-I", text) for text in EVIL),
    ]
    frame = pd.DataFrame(rows, columns=list(names))
    frame = frame.astype({"people": "Int64", "gap": float, "p_adjusted": float})
    return frame.rename(columns={name: say(f"H-{name}", lang) for name in names})


def made(lang="fr", running="Exploratoire & R&D · a1b2"):
    shown = ("12,3", "−1\u202f234,5") if lang == "fr" else ("12.3", "−1,234.5")
    table = Table(
        "Les écarts : tous.", ("Groupe", "Écart", "Intervalle"),
        (
            (Cell("Québec"), Cell(shown[0], 0.123), Cell("1 à 2", 0.01)),
            (Cell("Lyon"), Cell(shown[1], -12.345), Cell("–")),
            (Cell("Joux"), Cell("< 10"), Cell("12,3 ◂", 12.3)),
            *((Cell(text), Cell("–"), Cell("–")) for text in EVIL),
        ),
        (False, True, True), ("Une note.",),
    )  # fmt: skip
    sections = (
        Section("cover", "Statut", "", (Paragraph("Exploratoire."), Facts((("Niveau", EVIL[0]),)))),
        Section("one", "Un", "6", (table, table)),
    )
    return Document(
        EVIL[0], "Rapport", lang, sections, ("Pied.",), running=running,
        sheets={"findings": findings(lang)},
    )  # fmt: skip


@cache
def content(lang="fr"):
    return workbook(made(lang))


def book(lang="fr"):
    return openpyxl.load_workbook(io.BytesIO(content(lang)))


def parts():
    with zipfile.ZipFile(io.BytesIO(content())) as package:
        return {name: package.read(name).decode() for name in package.namelist()}


def test_sheets_are_named_in_the_language_and_never_twice():
    assert book().sheetnames == ["Lisez-moi", "Résultats", "6.1 Les écarts", "6.2 Les écarts"]
    assert book("en").sheetnames[:2] == ["Read me", "Findings"]


@pytest.mark.parametrize(
    "text", ["a" * 80, "[]:*?/\\", "'x'", "History", "\U0001f600" * 40, "", "x\x00"]
)
def test_any_text_gives_a_name_that_excel_takes(text):
    name = sheet_name(text, ["a" * 31])
    assert 1 <= len(name.encode("utf-16-le")) // 2 <= 31
    assert not re.search(r"[\[\]:*?/\\\x00]", name)
    assert not name.startswith("'")
    assert name.lower() not in ("history", "a" * 31)


def test_findings_are_numbers_with_all_their_digits():
    sheet = book()["Résultats"]
    assert [sheet.cell(2, column).value for column in range(1, 5)] == [
        "Maghreb", 16, 12.345678, 0.000181,
    ]  # fmt: skip
    assert [sheet.cell(2, column).number_format for column in (2, 3, 4)] == [
        "#,##0", "#,##0.000", "#,##0.000000",
    ]  # fmt: skip
    assert sheet.cell(4, 3).value == -0.43
    assert sheet.cell(4, 4).value is None


def test_a_withheld_cell_is_a_word_and_never_a_zero():
    sheet = book()["Résultats"]
    assert [sheet.cell(3, column).value for column in (2, 3, 4)] == ["non publié"] * 3


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_table_has_the_figures_that_were_printed(lang):
    sheet = book(lang)["6.1 Les écarts"]
    assert sheet["A1"].value == "Les écarts : tous."
    assert [cell.value for cell in sheet[3]] == ["Groupe", "Écart", "Intervalle"]
    assert [cell.value for cell in sheet[4]] == ["Québec", 12.3, "1 à 2"]
    assert (sheet["B5"].value, sheet["B5"].number_format) == (-1234.5, "#,##0.0")
    assert [cell.value for cell in sheet[6]] == ["Joux", "< 10", "12,3 ◂"]
    last = [cell.value for cell in sheet["A"]][-1]
    assert last == "Une note."


def test_a_sentence_is_whole_and_wrapped():
    cell = book()["Résultats"].cell(2, 6)
    assert cell.value == SENTENCE
    assert cell.alignment.wrap_text


def test_a_row_is_as_high_as_its_longest_text():
    frame = pd.DataFrame({"phrase": ["court", "mot " * 150], "n": [1.5, 2.5]})
    document = Document("t", "k", "fr", (), (), sheets={"findings": frame})
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(document)))["Résultats"]
    short, long = (sheet.row_dimensions[row].height for row in (2, 3))
    lines = len("mot " * 150) / sheet.column_dimensions["A"].width
    assert short < 20
    assert lines * 12 < long < 2 * lines * 12


def test_no_cell_is_a_formula_and_text_stays_text_when_it_is_edited():
    for name, text in parts().items():
        if "worksheets/sheet" in name:
            assert "<f>" not in text
            assert "<f " not in text
            assert "<hyperlink" not in text
    sheet = book()["Résultats"]
    for row, text in enumerate(EVIL, start=5):
        assert sheet.cell(row, 1).value == inert_text(text)
        assert sheet.cell(row, 1).data_type == "s"
        assert sheet.cell(row, 1).number_format == "@"
        assert sheet.cell(row, 1).quotePrefix == inert_text(text).startswith(
            ("=", "+", "-", "@", "\t", "\n")
        )


def test_nothing_points_outside_the_file():
    found = parts()
    assert not any("TargetMode" in text for name, text in found.items() if name.endswith(".rels"))
    assert not any("vba" in name or "externalLink" in name for name in found)
    assert "\u202e" not in found["xl/sharedStrings.xml"]


def test_heads_stay_in_sight_filter_and_repeat_on_paper():
    for name, top in (("Résultats", 1), ("6.1 Les écarts", 3)):
        sheet = book()[name]
        assert sheet.freeze_panes == f"B{top + 1}"
        assert sheet.auto_filter.ref.startswith(f"A{top}:")
        assert sheet.print_title_rows == f"${top}:${top}"
        assert sheet.print_title_cols == "$A:$A"
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert (sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (
            0,
            True,
        )


def test_a_very_wide_sheet_takes_several_pages_across_and_stays_legible():
    frame = pd.DataFrame({f"colonne {n:02d} de la table": [1.5] for n in range(60)})
    document = Document("t", "k", "fr", (), (), sheets={"findings": frame})
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(document)))["Résultats"]
    letters = sum(one.width * (one.max - one.min + 1) for one in sheet.column_dimensions.values())
    assert letters / sheet.page_setup.fitToWidth < 215
    assert sheet.page_setup.fitToWidth > 1


def test_the_foot_has_the_running_line_and_counts_pages():
    foot = re.search(r"<oddFooter>(.*?)</oddFooter>", parts()["xl/worksheets/sheet2.xml"]).group(1)
    assert (
        foot
        == "&amp;L&amp;8 Exploratoire &amp;&amp; R&amp;&amp;D · a1b2&amp;R&amp;8 &amp;P / &amp;N"
    )
    long = openpyxl.load_workbook(io.BytesIO(workbook(made(running="&é" * 300))))
    assert long["Résultats"].oddFooter.left.text.endswith("…")


def test_the_first_sheet_says_what_it_is_and_how_to_read_it():
    texts = [cell.value for row in book()["Lisez-moi"] for cell in row if cell.value]
    assert EVIL[0] in texts
    assert "Exploratoire." in texts
    assert say("SHEET-reading-sentence", "fr") in texts
    assert "6.2 Les écarts" in texts


def test_a_text_longer_than_a_cell_says_that_it_was_cut():
    document = made()
    table = Table(
        "Long.", ("a",), ((Cell("é" * 40_000),), (Cell("\U0001f600" * 20_000),)), (False,)
    )
    section = Section("s", "S", "1", (table,))
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(
        Document("t", "k", "fr", (document.sections[0], section), ())
    )))["1.1 Long"]  # fmt: skip
    for cell in (sheet["A4"], sheet["A5"]):
        assert len(cell.value.encode("utf-16-le")) // 2 <= 32_767
        assert "Texte trop long pour une cellule" in cell.value


def test_the_same_report_gives_the_same_bytes(tmp_path):
    first = render(made(), tmp_path / "a.xlsx").read_bytes()
    assert first == render(made(), tmp_path / "b.xlsx").read_bytes()
    assert "1980-01-01T00:00:00Z" in parts()["docProps/core.xml"]
