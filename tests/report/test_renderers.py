"""What every format keeps: the whole of each claim, other people's words as words, same bytes."""

import importlib.util
import json
import shutil

import pytest

from biasbench import registry
from biasbench.report.context import Context
from biasbench.report.document import Document, Figure, Section
from biasbench.report.inert import inert_text
from biasbench.report.sections import document
from biasbench.report.wording import WordingError, check_wording
from tests.report.hostile import (
    ENDLESS,
    STRINGS,
    claims_of,
    clean_document,
    hostile_document,
)
from tests.report.reading_back import rows_of, squeezed, text_of
from tests.report.simulated import SMALL, evidence

FORMATS = registry.names("report.renderers")
PROSE = [name for name in FORMATS if name not in ("csv", "xlsx", "json")]
TABLES = [name for name in FORMATS if name in ("csv", "xlsx", "json")]
NEEDS = {"pdf": "typst", "docx": "docx", "xlsx": "xlsxwriter"}


def written(name, made, folder):
    """The document in that format; skips where the format's package is not installed."""
    needs = NEEDS.get(name)
    if needs is not None and importlib.util.find_spec(needs) is None:
        pytest.skip(f"{needs} is not installed")
    folder.mkdir(exist_ok=True)
    return registry.find("report.renderers", name).render(made, folder / f"report.{name}")


def test_every_known_format_is_read_back_here():
    assert {"csv", "html", "json", "md", "pdf", "tex"} <= set(FORMATS)
    assert set(PROSE) | set(TABLES) == set(FORMATS)


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("name", PROSE)
def test_every_claim_stands_whole_in_every_format(name, lang, tmp_path):
    for number, made in enumerate((clean_document(lang), document(Context(evidence(SMALL), lang)))):
        text = squeezed(text_of(written(name, made, tmp_path / str(number))))
        assert claims_of(made)
        for claim in claims_of(made):
            assert squeezed(claim.text) in text


@pytest.mark.parametrize("name", PROSE)
@pytest.mark.parametrize("kind", sorted(STRINGS))
def test_other_peoples_strings_are_legible_in_every_format(name, kind, tmp_path, written_hostile):
    shown = inert_text(STRINGS[kind])
    text = squeezed(written_hostile(name))
    options = {squeezed(shown)}
    # Formats without such a glyph print the code point, in the brackets that they have.
    options |= {squeezed("".join(_coded(c, bracket) for c in STRINGS[kind])) for bracket in "⟨["}
    assert [option for option in options if text.count(option) > 5]


def _coded(character, bracket):
    if character not in "\u202e\x07\U0001f600":
        return character
    return f"{bracket}U+{ord(character):04X}{'⟩' if bracket == '⟨' else ']'}"


@pytest.mark.parametrize("name", PROSE)
def test_ten_thousand_letters_without_a_space_are_all_there(name, written_hostile):
    # A running foot or a page number may stand between two pages of one word.
    text = squeezed(written_hostile(name))
    assert text.count(ENDLESS[:500]) > 3
    assert text.count("abcdefghij") >= 10_000


@pytest.fixture(scope="module")
def written_hostile(tmp_path_factory):
    texts = {}

    def text(name):
        if name not in texts:
            folder = tmp_path_factory.mktemp(name)
            texts[name] = text_of(written(name, hostile_document("en"), folder))
        return texts[name]

    return text


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_is_read_out_of_every_format_says_nothing_that_a_report_never_says(
    name, lang, tmp_path
):
    for made in (clean_document(lang), document(Context(evidence(SMALL), lang))):
        text = text_of(written(name, made, tmp_path))
        assert text.strip()
        assert check_wording(text, lang) == text


@pytest.mark.parametrize("name", [n for n in TABLES if n != "json"])
def test_numbers_of_the_findings_are_numbers_in_every_table(name, tmp_path):
    for lang in ("fr", "en"):
        made = document(Context(evidence(SMALL), lang))
        cells = [cell for row in rows_of(written(name, made, tmp_path / lang)) for cell in row]
        numbers = {_as_number(cell, lang) for cell in cells}
        for gap in made.sheets["findings"]["Écart" if lang == "fr" else "Gap"].dropna():
            assert gap in numbers


def _as_number(cell, lang):
    text = str(cell).replace(",", ".") if lang == "fr" else str(cell)
    try:
        return float(text)
    except ValueError:
        return None


@pytest.mark.parametrize("name", [n for n in TABLES if n != "json"])
def test_no_cell_of_a_table_is_a_formula(name, tmp_path):
    path = written(name, hostile_document(), tmp_path)
    cells = [str(cell) for row in rows_of(path) for cell in row if cell is not None]
    assert any(STRINGS["formula"] in cell for cell in cells)
    if name == "csv":
        assert not [cell for cell in cells if cell.startswith(("=", "@"))]
        return
    from openpyxl import load_workbook

    kinds = {c.data_type for sheet in load_workbook(path) for row in sheet.iter_rows() for c in row}
    assert "f" not in kinds


def test_the_record_holds_the_numbers_and_the_strings_unchanged(tmp_path):
    made = hostile_document()
    read = json.loads(written("json", made, tmp_path).read_text("utf-8"))
    assert read == made.record


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_document_gives_the_same_bytes(name, tmp_path):
    first = written(name, hostile_document("fr"), tmp_path / "a").read_bytes()
    assert first == written(name, hostile_document("fr"), tmp_path / "b").read_bytes()


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_that_cannot_be_made_leaves_no_file_and_the_old_one_whole(name, tmp_path):
    old = written(name, clean_document(), tmp_path)
    before = old.read_bytes()

    def fails():
        raise RuntimeError("no figure")

    broken = Section("x", "X", "1", (Figure("f", fails, "c", "a"), object()))
    made = Document(
        "t", "k", "en", (broken,), (), record={"x": float("nan")}, sheets={"findings": None}
    )
    with pytest.raises((RuntimeError, TypeError, AttributeError, WordingError)):
        written(name, made, tmp_path)
    assert old.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [old.name]


@pytest.mark.parametrize("name", FORMATS)
def test_a_place_that_cannot_be_written_leaves_nothing(name, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("a file where a folder should be")
    leaf = registry.find("report.renderers", name)
    if name in NEEDS and importlib.util.find_spec(NEEDS[name]) is None:
        pytest.skip(f"{NEEDS[name]} is not installed")
    with pytest.raises(OSError, match="file"):
        leaf.render(clean_document(), blocked / f"report.{name}")
    assert blocked.read_text() == "a file where a folder should be"


def test_the_readers_of_this_test_are_installed():
    assert shutil.which("pdftotext") or importlib.util.find_spec("pypdf")
