"""Word: everything the document says, editable, inert, and the same file every time."""

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from functools import cache

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree
from matplotlib.figure import Figure as Drawing

from biasbench.report.document import (
    Box,
    Cell,
    Claim,
    Document,
    Edit,
    Facts,
    Figure,
    Legend,
    Listening,
    Listing,
    Paragraph,
    Quote,
    Section,
    Signatures,
    Subheading,
    Table,
)
from biasbench.report.inert import inert_text
from biasbench.report.renderers.docx import pages, render
from biasbench.report.word.columns import SIDEWAYS, SIZES, UPRIGHT, fit
from biasbench.report.word.summary import SCALES, scale_of

HOSTILE = (
    "<script>alert(1)</script>", '=HYPERLINK("http://x")', r"\input{/etc/passwd}",
    "\u202egnp.exe", "\U0001f600 \U0001f1eb\U0001f1f7", "a\x00\x07\ud800b", "x" * 10_000,
)  # fmt: skip
CLAIM = "S1 : 12,3\u00a0% contre 8\u202f000. Verdict. Intervalle « de 1 à 2 ». Réserve."


def drawing():
    made = Drawing(figsize=(7.6, 2.0))
    made.add_axes((0.1, 0.2, 0.8, 0.7)).plot([0, 1], [0, 1])
    return made


def wide(columns):
    heads = ("Groupe", *(f"Intervalle corrigé {n}" for n in range(1, columns)))
    row = (Cell("Québec"), *(Cell("−3,5 à 2,7", -3.5) for _ in range(1, columns)))
    return Table(f"{columns} colonnes.", heads, (row,) * 4, (False, *[True] * (columns - 1)))


def made(lang="fr", **options):
    """Every kind of block, and other people's strings wherever they may stand."""
    edits = (
        Edit("equal", "je", "je"), Edit("substitute", "veux", "vœux"), Edit("delete", "bien", ""),
        Edit("insert", "", "euh"), *(Edit("substitute", text, text) for text in HOSTILE[:-1]),
    )  # fmt: skip
    hostile = Table(
        HOSTILE[0], ("Groupe", "n"),
        tuple((Cell(text), Cell("1\u202f234", 1234.0)) for text in HOSTILE), (False, True),
        (HOSTILE[3],),
    )  # fmt: skip
    sections = (
        Section("cover", "Statut", "", (
            Paragraph("Exploratoire.", "banner"),
            Facts((("Plan", "aucun"), (HOSTILE[3], HOSTILE[6]))),
            Signatures((("Signature", "corpus:x|by:accent"), ("", HOSTILE[6]))),
        )),
        Section("one", "Ce qui est dit", "1", (
            Paragraph("Un chapeau.", "lead"), *(Paragraph(text) for text in HOSTILE),
            Subheading("Détail"), Claim("Maghreb", "écart établi", CLAIM),
            *(Claim(text, "écart", text) for text in HOSTILE[:-1]),
            Listing(("un", HOSTILE[0])), Box("Encadré", ("texte", HOSTILE[1])),
            Quote("La direction", HOSTILE[5]), Paragraph("Note.", "note"),
        )),
        Section("two", "Tables", "2", (wide(5), wide(14), hostile)),
        Section("three", "Figures", "3", (
            Figure("gap", drawing, "Un écart.", "Québec : 8,4."),
            Legend("Dit, transcrit.", edits[:4]),
            Listening("Appel", edits, b"RIFF", "audio/flac", "Au hasard."),
        )),
        Section("annex", "Provenance", "A", (Paragraph("Fin."),)),
    )  # fmt: skip
    whole = Document(
        "Écarts mesurés", "Rapport", lang, sections, ("Page indissociable.", "sig:x"),
        running="Exploratoire · a1b2",
    )  # fmt: skip
    return replace(whole, **options)


@cache
def content(lang="fr"):
    return pages(made(lang))


def word(lang="fr"):
    return docx.Document(io.BytesIO(content(lang)))


def part(name, lang="fr"):
    with zipfile.ZipFile(io.BytesIO(content(lang))) as package:
        return package.read(name).decode()


def plain(paragraph):
    return "".join(node.text or "" for node in paragraph._p.iter(qn("w:t")))


def test_a_claim_is_one_paragraph_below_its_verdict():
    paragraphs = word().paragraphs
    at = next(place for place, one in enumerate(paragraphs) if one.text == CLAIM)
    assert paragraphs[at].style.name == "Finding text"
    above = paragraphs[at - 1]
    assert (above.text, above.style.name) == ("Maghreb – écart établi", "Finding")
    assert above.style.font.bold
    assert above.style.paragraph_format.keep_with_next


def test_the_last_row_of_a_table_stays_with_its_note():
    for block, table in zip(
        [b for section in made().sections for b in section.blocks if isinstance(b, Table)],
        [one for one in word().tables if "tblHeader" in one._tbl.xml],
        strict=True,
    ):
        last = table.rows[-1].cells[0].paragraphs[0]
        assert bool(last.paragraph_format.keep_with_next) is bool(block.notes)


def test_tables_hold_the_cells_of_the_document():
    blocks = [b for section in made().sections for b in section.blocks if isinstance(b, Table)]
    tables = [
        table
        for table in word().tables
        if table.rows[0]._tr.find(".//" + qn("w:tblHeader")) is not None
    ]
    assert len(tables) == len(blocks)
    for table, block in zip(tables, blocks, strict=True):
        rows = [block.heads, *([cell.text for cell in row] for row in block.rows)]
        assert [[cell.text for cell in row.cells] for row in table.rows] == [
            [inert_text(text) for text in row] for row in rows
        ]


def test_only_the_head_repeats_and_rows_stay_whole_unless_taller_than_a_page():
    for table in word().tables[1:]:
        heads = [row._tr.find(".//" + qn("w:tblHeader")) is not None for row in table.rows]
        assert heads == [True, *[False] * (len(heads) - 1)]
        for row in table.rows:
            is_tall = any(len(cell.text) > 5000 for cell in row.cells)
            assert (row._tr.find(".//" + qn("w:cantSplit")) is None) == is_tall


def test_headings_have_their_levels():
    found = [
        (one.style.name, one.text)
        for one in word().paragraphs
        if one.style.name.startswith("Heading")
    ]
    assert [text for name, text in found if name == "Heading 1"] == [
        "1.\u00a0Ce qui est dit", "2.\u00a0Tables", "3.\u00a0Figures", "Annexe A.\u00a0Provenance",
    ]  # fmt: skip
    assert ("Heading 2", "Détail") in found
    levels = {
        name: word().styles[name].element.find(".//" + qn("w:outlineLvl")).get(qn("w:val"))
        for name in ("Heading 1", "Heading 2", "Heading 3")
    }
    assert levels == {"Heading 1": "0", "Heading 2": "1", "Heading 3": "2"}


def test_contents_are_a_field_with_its_entries_that_lead_to_bookmarks():
    tree = etree.fromstring(part("word/document.xml").encode())
    inside = tree.find(".//" + qn("w:sdtContent"))
    assert any("TOC" in node.text for node in inside.iter(qn("w:instrText")))
    links = {
        one.get(qn("w:anchor")): "".join(one.itertext()) for one in inside.iter(qn("w:hyperlink"))
    }
    assert next(iter(links.values())) == "1.\u00a0Ce qui est dit"
    assert len(links) == 4
    assert set(links) <= {one.get(qn("w:name")) for one in tree.iter(qn("w:bookmarkStart"))}
    ends = [one.get(qn("w:fldCharType")) for one in inside.iter(qn("w:fldChar"))]
    assert ends == ["begin", "separate", "end"]
    assert 'updateFields w:val="true"' in part("word/settings.xml")


@pytest.mark.parametrize(("lang", "locale"), [("fr", "fr-FR"), ("en", "en-GB")])
def test_words_are_spelt_in_the_language_of_the_report(lang, locale):
    styles = etree.fromstring(part("word/styles.xml", lang).encode())
    default = styles.find(".//" + qn("w:rPrDefault")).find(".//" + qn("w:lang"))
    assert default.get(qn("w:val")) == locale
    assert word(lang).core_properties.language == locale
    assert word(lang).core_properties.title == "Écarts mesurés"


def test_a_figure_is_a_crisp_picture_with_words_for_who_cannot_see_it():
    (shape,) = word().inline_shapes
    assert shape._inline.docPr.get("descr") == "Québec : 8,4."
    with zipfile.ZipFile(io.BytesIO(content())) as package:
        (name,) = [one for one in package.namelist() if one.endswith(".png")]
        png = package.read(name)
    dots = int.from_bytes(png[16:20], "big") / shape.width.inches
    assert dots >= 200
    assert shape.width.pt <= UPRIGHT


def test_captions_are_numbered_by_word():
    captions = [one for one in word().paragraphs if one.style.name in ("Caption", "Figure caption")]
    texts = [plain(one) for one in captions]
    assert texts[0] == "Tableau\u00a01. 5 colonnes."
    assert texts[-1] == "Figure\u00a01. Un écart."
    assert all("SEQ" in etree.tostring(one._p).decode() for one in captions)


def test_the_foot_has_the_running_line_and_counts_pages():
    for section in word().sections:
        foot = section.footer.paragraphs[0]
        assert plain(foot) == "Exploratoire · a1b21 / 1"
        fields = [node.text.strip() for node in foot._p.iter(qn("w:instrText"))]
        assert fields == ["PAGE", "NUMPAGES"]


def test_a_wide_table_stands_on_its_side_and_the_rest_upright():
    shapes = [section.page_width > section.page_height for section in word().sections]
    assert shapes == [False, True, False]
    for table in word().tables:
        total = sum(column.width.pt for column in table.columns)
        assert total <= SIDEWAYS + 1
    for section in word().sections:
        sides = sorted((section.page_width.mm, section.page_height.mm))
        assert sides == pytest.approx([210, 297], abs=0.1)


@pytest.mark.parametrize("columns", [2, 5, 9, 14, 30])
def test_a_table_never_goes_past_the_margin(columns):
    fitted = fit(wide(columns))
    assert sum(fitted.widths) <= (SIDEWAYS if fitted.is_sideways else UPRIGHT) + 1
    assert fitted.size in SIZES


def test_alignments_tell_kinds_apart_by_line_and_by_word():
    paragraph = next(one for one in word().paragraphs if one.style.name == "Alignment")
    runs = {run.text: run for run in paragraph.runs}
    assert runs["bien"].font.strike
    assert runs["veux"].underline
    assert runs["vœux"].italic
    assert runs["euh"].bold
    assert all(f"({kind})" in paragraph.text for kind in ("remplacé", "oublié", "ajouté"))


def test_words_of_others_are_shown_and_do_nothing():
    text = "\n".join(plain(one) for one in word().paragraphs)
    for hostile in HOSTILE:
        assert inert_text(hostile) in text
    whole = part("word/document.xml")
    assert "\u202e" not in whole
    assert "⟨U+202E⟩gnp.exe" in whole
    assert "<script" not in whole


def test_nothing_in_the_file_runs_or_points_outside():
    with zipfile.ZipFile(io.BytesIO(content())) as package:
        names = package.namelist()
        relations = "".join(package.read(n).decode() for n in names if n.endswith(".rels"))
    assert "TargetMode" not in relations
    assert not any(word in relations for word in ("hyperlink", "vbaProject", "attachedTemplate"))
    assert not any(n.endswith((".bin", ".jpeg")) or "customXml" in n for n in names)
    instructions = re.findall(r"<w:instrText[^>]*>([^<]*)<", part("word/document.xml"))
    assert {one.split()[0] for one in instructions} == {"TOC", "SEQ"}


def test_the_same_report_gives_the_same_bytes(tmp_path):
    first = render(made(), tmp_path / "a.docx").read_bytes()
    assert first == render(made(), tmp_path / "b.docx").read_bytes()
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert not re.search("created|modified>", part("docProps/core.xml"))


def summary(n_words):
    claims = (Claim("Maghreb", "écart établi", "mot " * n_words),)
    blocks = (Paragraph("Regardé.", "lead"), *claims, Listing(("une question",) * 4), wide(4))
    return made(kind="summary", sections=(Section("s", "En bref", "", blocks),))


def test_a_summary_has_no_contents_and_shrinks_to_its_page():
    found = docx.Document(io.BytesIO(pages(summary(60))))
    assert found.element.find(".//" + qn("w:sdt")) is None
    assert scale_of(summary(60)) == SCALES[0]
    assert SCALES[-1] < scale_of(summary(800)) < SCALES[0]


@pytest.mark.slow
@pytest.mark.parametrize("n_words", [60, 400, 800])
def test_a_summary_stands_on_one_page(tmp_path, n_words):
    pdf = printed(render(summary(n_words), tmp_path / "s.docx"))
    assert len(pdf.pages) == 1
    assert "une question" in pdf.pages[0].extract_text()


@pytest.mark.slow
def test_every_claim_can_be_read_on_paper(tmp_path):
    pdf = printed(render(made(), tmp_path / "r.docx"))
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pdf.pages))
    assert re.sub(r"\s+", " ", CLAIM) in text
    assert f"1 / {len(pdf.pages)}" in text
    assert any(page.mediabox.width > page.mediabox.height for page in pdf.pages)


def printed(path):
    """The file as LibreOffice prints it."""
    from pypdf import PdfReader

    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    probe = path.with_name("probe.txt")
    probe.write_text("a", encoding="utf-8")
    if not converted(office, probe).exists():
        pytest.skip("LibreOffice has no Writer (libreoffice-writer) to print a text with")
    return PdfReader(converted(office, path))


def converted(office, path):
    """Where LibreOffice puts the file as PDF."""
    profile = (path.parent / "profile").as_uri()
    command = [office, "--headless", f"-env:UserInstallation={profile}", "--convert-to", "pdf"]
    command += ["--outdir", str(path.parent), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return path.with_suffix(".pdf")
