"""The PDF: every word of the document, tagged, inside its margins, inert, the same bytes twice."""

import itertools
import re
import sys
import unicodedata
from functools import cache

import pytest

from biasbench.errors import MissingExtraError, OptionError
from biasbench.report.context import Context
from biasbench.report.document import Cell, Document, Figure, Paragraph, Section, Table
from biasbench.report.renderers import pdf
from biasbench.report.sections import document
from biasbench.report.typst.columns import GUTTER, SIDEWAYS, UPRIGHT, fit
from biasbench.report.typst.fonts import font_files
from biasbench.report.typst.legible import breakable, legible
from biasbench.report.wording import LANGUAGES, say
from tests.report import test_pay
from tests.report.pdf_pages import (
    ENDLESS,
    HOSTILE,
    MARGIN,
    MILLIMETRE,
    by_hand,
    forest,
    leaves,
    page_texts,
    poppler,
    read,
    squeezed,
    strings,
    values_of,
    wide_table,
)
from tests.report.simulated import SMALL, evidence

pytest.importorskip("typst", reason="the PDF renderer needs the extra 'pdf'")
pytest.importorskip("font_source_sans_pro", reason="the PDF renderer needs the extra 'pdf'")

#: Arabic is joined and reordered on paper; its letters are looked for apart.
RIGHT_TO_LEFT = re.compile(r"[\u0600-\u06ff\ufb50-\ufdff\ufe70-\ufeff]+")


@cache
def made(lang, n):
    """(document, file): a report made by hand, one from evidence, one with a chain to pay."""
    if n == 0:
        given = by_hand(lang)
    elif n == 1:
        given = document(Context(evidence(SMALL), lang))
    else:
        given = document(test_pay.context_of(test_pay.followed(), lang))
    return given, pdf.pages(given)


ALL = [("fr", 0), ("fr", 1), ("fr", 2), ("en", 1)]


def summary(*texts, title="Une page"):
    blocks = tuple(Paragraph(text) for text in texts)
    sections = (Section("page", "Ce qui a été regardé", "", blocks),)
    return Document(title, "Résumé", "fr", sections, ("Fin.", "a:1|b:2"), kind="summary")


def one_section(*blocks):
    return Document("Titre", "", "fr", (Section("s", "Partie", "1", blocks),), ())


# ── Every word is there ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("lang", "n"), ALL)
def test_every_text_of_the_document_is_on_the_pages(lang, n):
    given, file = made(lang, n)
    found = squeezed("".join(page_texts(file)))
    found = unicodedata.normalize("NFKC", found)
    for page in page_texts(file):  # what stands at the foot comes between two lines
        found = found.replace(squeezed(page.strip().split("\n")[-1]), "")
    looked_for = [text for text in strings(given.sections) if len(text) < 3000]
    assert len(looked_for) > 60
    for text in looked_for:
        for part in RIGHT_TO_LEFT.split(legible(text)):
            wanted = unicodedata.normalize("NFKC", squeezed(part))
            # A text may go on overleaf, with a table's heads in between: thirty letters do.
            assert wanted[:30] in found, text
            assert wanted[-30:] in found, text


@pytest.mark.parametrize(("lang", "n"), ALL)
def test_the_foot_of_every_page_says_which_page_of_how_many(lang, n):
    given, file = made(lang, n)
    texts = page_texts(file)
    for place, text in enumerate(texts, start=1):
        assert f"{place}/{len(texts)}" in squeezed(text)
        assert squeezed(given.running) in squeezed(text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_contents_give_the_page_where_a_section_begins(lang):
    given, file = made(lang, 1)
    texts = [squeezed(text) for text in page_texts(file)]
    contents = texts[0].partition(squeezed(say("CONTENTS", lang)))[2]
    for section in given.sections[1:]:
        letter = {"letter": section.number}
        number = say("ANNEX", lang, letter) if section.number.isalpha() else section.number
        title = squeezed(number + section.title)
        page = next(n for n, text in enumerate(texts[1:], start=2) if title in text)
        assert f"{title}{page}" in contents


def test_french_keeps_its_no_break_spaces():
    file = made("fr", 0)[1]
    text = "".join(page_texts(file))
    assert "12\u202f345" in text
    real = "".join(page_texts(made("fr", 1)[1]))
    assert "95\u00a0%" in real


# ── Tagged, named, the same bytes ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("lang", "n"), ALL)
def test_the_file_is_tagged_and_says_its_language_and_title(lang, n):
    given, file = made(lang, n)
    catalogue = read(file).trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"] == True  # noqa: E712 - a BooleanObject
    assert catalogue["/StructTreeRoot"]["/Type"] == "/StructTreeRoot"
    assert catalogue["/Lang"].split("-")[0] == lang
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert read(file).metadata.title == legible(given.title)
    assert b'pdfuaid:part="1"' in file or b"<pdfuaid:part>1</pdfuaid:part>" in file


def test_the_tags_name_headings_tables_lists_and_figures_with_their_words():
    file = made("fr", 0)[1]
    tags = [str(one["/S"]) for one in values_of(file) if one.get("/Type") == "/StructElem"]
    tags += [str(one["/S"]) for one in values_of(file) if "/P" in one and "/S" in one]
    for tag in ("/H1", "/H2", "/H3", "/Table", "/TH", "/TD", "/L", "/LI", "/Figure", "/Caption",
                "/BlockQuote"):  # fmt: skip
        assert tag in tags, tag


@pytest.mark.parametrize(("lang", "n"), ALL)
def test_every_figure_says_what_it_shows_to_who_cannot_see_it(lang, n):
    given, file = made(lang, n)
    spoken = {str(one["/Alt"]) for one in values_of(file) if one.get("/S") == "/Figure"}
    blocks = [block for section in given.sections for block in section.blocks]
    wanted = {legible(block.alternative) for block in blocks if isinstance(block, Figure)}
    assert wanted
    assert wanted <= spoken


def test_the_same_document_gives_the_same_bytes_without_a_date():
    file = made("fr", 0)[1]
    assert pdf.pages(by_hand("fr")) == file
    assert "/CreationDate" not in (read(file).metadata or {})
    assert b"CreateDate" not in file


# ── Inert ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("lang", "n"), ALL)
def test_nothing_in_the_file_acts_and_links_stay_inside(lang, n):
    file = made(lang, n)[1]
    kinds = set()
    for one in values_of(file):
        for key in ("/JS", "/AA", "/OpenAction", "/Launch", "/EmbeddedFiles", "/URI", "/AcroForm"):
            assert key not in one, key
        action = one.get("/A")
        if one.get("/Subtype") == "/Link":
            kinds.add("link")
            assert "/Dest" in one or action["/S"] == "/GoTo"
        elif one.get("/Type") == "/Annot":
            raise AssertionError(one)
    assert kinds == {"link"}  # those of the contents, and the search did look at the objects


def test_markup_in_a_label_is_letters():
    text = "".join(page_texts(made("fr", 0)[1]))
    assert "root:" not in text
    for word in ("#read(", "#panic()", r"\input{/etc/passwd}", "<script>", "$x^2$", "*bold*"):
        assert word in text


def test_what_cannot_be_seen_is_printed_as_its_code_point():
    text = squeezed("".join(page_texts(made("fr", 0)[1])))
    assert "[U+202E]gnp.exe" in text
    assert "[U+1FAE0][U+4E2D][U+0000][U+0007]" in text
    assert "\u202e" not in text


def test_a_figure_shows_labels_that_its_font_lacks():
    drawn = Figure("gap1", lambda: forest("\u202e\U0001fae0 \u4e2d", 1), "Écart.", "Un écart.")
    text = squeezed(page_texts(pdf.pages(one_section(drawn)))[1])
    assert "[U+1FAE0]" in text
    assert "[U+4E2D]" in text


def test_ten_thousand_letters_without_a_space_are_all_printed():
    file = pdf.pages(one_section(Paragraph(ENDLESS)))
    assert squeezed("".join(page_texts(file))).count("x") == len(ENDLESS)


# ── On the page ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("lang", "n"), ALL)
def test_no_word_stands_outside_the_margins(lang, n):
    given, file = made(lang, n)
    if n == 0:  # its long figure is cut into slices, and what a slice hides is in the file
        sections = [s for s in given.sections if s.name != "figures"]
        file = pdf.pages(by_hand(lang, sections=tuple(sections)))
    for page in leaves(file):
        assert page.words
        for word in page.words:
            assert word.left >= MARGIN - 1, word
            assert word.right <= page.width - MARGIN + 1, word
            assert word.top >= 18 * MILLIMETRE, word
            assert word.bottom <= page.height - 10 * MILLIMETRE, word


@pytest.mark.parametrize(("lang", "n"), ALL)
def test_no_heading_is_the_last_line_of_a_page(lang, n):
    given, file = made(lang, n)
    headings = [s.title for s in given.sections]
    headings += [
        b.text for s in given.sections for b in s.blocks if type(b).__name__ == "Subheading"
    ]
    headings += [b.about for s in given.sections for b in s.blocks if type(b).__name__ == "Claim"]
    ends = {squeezed(one)[-20:] for one in headings if one not in HOSTILE}
    for text in poppler("pdftotext", file, "-layout").split("\f")[:-1]:
        lines = [squeezed(line) for line in text.split("\n") if line.strip()]
        assert len(lines) >= 2
        assert not any(lines[-2].endswith(end) for end in ends), lines[-2]


def test_a_wide_table_is_set_smaller_then_turned_then_broken():
    upright, turned, broken = (
        fit(table) for table in (wide_table(5, 3), wide_table(12, 3), wide_table(22, 3))
    )
    assert not upright.is_sideways
    assert turned.is_sideways
    assert broken.is_sideways
    assert fit(wide_table(2, 3)).size > turned.size
    for fitted, room in ((upright, UPRIGHT), (turned, SIDEWAYS), (broken, SIDEWAYS)):
        assert sum(fitted.widths) + GUTTER * (len(fitted.widths) - 1) <= room + 0.5
        assert min(fitted.widths) > 10


def test_a_long_table_repeats_its_heads_on_every_page():
    rows = tuple((Cell(f"ligne {n}"), Cell(str(n), float(n))) for n in range(120))
    table = Table("Longue.", ("Tête de ligne", "Nombre"), rows, (False, True))
    texts = page_texts(pdf.pages(one_section(table)))[1:]
    assert len(texts) >= 3
    assert all("Tête de ligne" in text for text in texts)
    assert re.findall(r"ligne (\d+)", "".join(texts)) == [str(n) for n in range(120)]


def test_a_figure_higher_than_a_page_goes_on_overleaf():
    drawn = Figure("gap1", lambda: forest("Groupe", 70), "Écart.", "Soixante-dix groupes.")
    seen = set()
    for page in leaves(pdf.pages(one_section(drawn)))[1:]:
        visible = [w for w in page.words if w.top > 0 and w.bottom < page.height - MARGIN]
        words = [word.text for word in visible]
        seen |= {b for a, b in itertools.pairwise(words) if a == "Groupe"}
    assert seen >= {str(n) for n in range(1, 70)}


def test_a_summary_is_one_page_without_contents():
    for count in (3, 12, 24):
        file = pdf.pages(
            summary(*["Une phrase assez longue pour tenir plus d’une ligne. " * 3] * count)
        )
        texts = page_texts(file)
        assert len(texts) == 1
        assert "Sommaire" not in texts[0]
        assert texts[0].count("Une phrase") == 3 * count


def test_a_summary_that_cannot_be_one_page_is_refused():
    with pytest.raises(OptionError, match="too long for one page"):
        pdf.pages(summary(*["Une phrase. " * 30] * 60))


# ── Alone ──────────────────────────────────────────────────────────────────────────────────────


def test_without_typst_the_extra_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingExtraError, match=r"biasbench\[pdf\]"):
        pdf.render(summary("Rien."), tmp_path / "r.pdf")
    assert not list(tmp_path.iterdir())


def test_without_the_sans_face_the_extra_is_named(monkeypatch):
    monkeypatch.setattr("biasbench.report.typst.fonts.find_spec", lambda _name: None)
    font_files.cache_clear()
    try:
        with pytest.raises(MissingExtraError, match="font-source-sans-pro"):
            font_files()
    finally:
        font_files.cache_clear()


def test_fonts_of_the_machine_are_not_used():
    descriptors = [
        one for one in values_of(made("fr", 0)[1]) if one.get("/Type") == "/FontDescriptor"
    ]
    names = {str(one["/FontName"]).split("+")[-1] for one in descriptors}
    assert len(names) >= 5
    assert all(name.startswith(("Libertinus", "SourceSansPro", "DejaVuSans")) for name in names)


def test_pieces_join_to_the_text_that_was_given():
    for text in (*HOSTILE, ENDLESS, "corpus:a@1|system:b/c.d@1.2 " * 9, "e\u0301" * 99):
        pieces = breakable(legible(text))
        assert (pieces if isinstance(pieces, str) else "".join(pieces)) == legible(text)
