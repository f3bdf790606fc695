"""Control and bidirectional characters are shown, broken ones replaced, all others kept."""

from xml.etree import ElementTree

import pytest

from biasbench.report.inert import inert_text

_BIDI = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]


@pytest.mark.parametrize("code", _BIDI)
def test_a_bidirectional_control_is_shown_by_its_code(code):
    assert inert_text(f"a{chr(code)}b") == f"a⟨U+{code:04X}⟩b"


@pytest.mark.parametrize("code", [0x00, 0x07, 0x0B, 0x0C, 0x1B, 0x1F, 0x7F, 0x85, 0x9F, 0x2028])
def test_a_control_character_is_shown_by_its_code(code):
    assert inert_text(f"a{chr(code)}b") == f"a⟨U+{code:04X}⟩b"


@pytest.mark.parametrize("code", [0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0xFFFE, 0xFFFF])
def test_a_broken_character_becomes_the_replacement_character(code):
    assert inert_text(f"a{chr(code)}b") == "a\ufffdb"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "un écart de −3,5 % (médiane : 12 000 €)",
        "l\u2019accent du\u202fSud\u00a0: 5\u202f%",
        "deux\nlignes\tet un onglet",
        "شكرا جزيلا",
        "תודה רבה",
        "👩🏽\u200d💻 merci 🇫🇷",
        "zero\u200cwidth\ufeff",
        "<script>=HYPERLINK()\\input{}",
        "⟨U+202E⟩",
    ],
)
def test_every_other_character_is_kept(text):
    assert inert_text(text) == text


def test_line_endings_become_newlines():
    assert inert_text("a\r\nb\rc\n\r\nd") == "a\nb\nc\n\nd"


def test_a_text_shown_once_is_not_changed_again():
    hostile = "\u202ea\x00\ud800\r\n"
    assert inert_text(inert_text(hostile)) == inert_text(hostile)


def test_any_basic_character_can_be_written_into_xml():
    every = inert_text("".join(map(chr, range(0x10000))))
    tree = ElementTree.Element("t")
    tree.text = every
    assert ElementTree.fromstring(ElementTree.tostring(tree, "utf-8")).text == every
