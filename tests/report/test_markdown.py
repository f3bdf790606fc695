"""Markdown: what GitHub would make of it – and that other people's words make nothing."""

import re
from dataclasses import replace

import pytest

from biasbench.report.context import Context
from biasbench.report.document import Edit, Listening, Paragraph, Quote, Section, Table
from biasbench.report.renderers.md import code, escaped, text_of
from biasbench.report.sections import document
from tests.report.hostile import STRINGS, clean_document, hostile_document
from tests.report.simulated import SMALL, evidence


def of(*blocks):
    return text_of(replace(clean_document(), sections=(Section("x", "X", "1", blocks),)))


def outside_code(text):
    return re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_html_link_image_or_address_is_left_live(lang):
    text = outside_code(text_of(hostile_document(lang)))
    assert "<" not in text
    assert not re.search(r"(?<!\\)[\[\]`!]", text)
    assert not re.search(r"://|www\.|(?<=\w)@(?=\w)|javascript:", text)


@pytest.mark.parametrize("name", sorted(STRINGS))
def test_a_string_alone_in_a_paragraph_starts_nothing(name):
    paragraph = of(Paragraph(STRINGS[name])).split("\n\n")[3]
    assert not re.match(r"#|>|[-+*] |\d+[.)] |={3}|-{3}|\|", paragraph)


def test_a_bar_in_a_cell_opens_no_column():
    text = text_of(hostile_document())
    rows = [line for line in text.split("\n") if line.startswith("| ")]
    assert len(rows) == 2 + len(STRINGS) + 1
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {4}


def test_numbers_align_at_the_right():
    assert "| :-- | --: | :-- |" in text_of(clean_document())


def test_every_heading_is_ours():
    heads = [h for h in text_of(hostile_document()).split("\n") if re.match("#+ ", h)]
    assert [h.split(" ")[0] for h in heads] == ["#", "##", "###", "##"]


def test_every_table_of_a_report_has_as_many_cells_in_each_row():
    text = text_of(document(Context(evidence(SMALL), "fr")))
    tables = re.findall(r"(?:^\| .*\n?)+", text, flags=re.MULTILINE)
    assert len(tables) > 5
    for table in tables:
        rows = table.strip().split("\n")
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1


def test_a_quote_stays_in_its_quotation():
    text = of(Quote("source", "one\n# two\n\nthree"))
    quoted = [line for line in text.split("\n") if re.search("one|two|three|source", line)]
    assert len(quoted) == 4
    assert all(line.startswith("> ") for line in quoted)


def test_emphasis_around_a_note_closes_where_it_opens():
    assert "*a \\*b\\* c*" in of(Paragraph("a *b* c ", style="note"))


def test_edits_say_what_kind_they_are_without_colour():
    text = of(Listening("t", (Edit("substitute", "a", "b"), Edit("delete", "c", ""))))
    assert r"\[a → b: " in text
    assert r"\[c → ∅: " in text


def test_machine_text_keeps_its_backticks():
    assert code("``x``") == "``` ``x`` ```"


def test_a_figure_is_described_beside_its_table():
    text = text_of(document(Context(evidence(SMALL), "en")))
    assert text.count("**Figure, described\\.**") + text.count("**Figure, described.**") == 2


def test_no_reversal_of_the_reading_direction_is_left():
    assert "\u202e" not in text_of(hostile_document())
    assert escaped("a\u202eb") == "a⟨U\\+202E⟩b"


def test_a_table_has_its_notes():
    table = Table("c", ("A",), (), (False,), ("a note",))
    assert "*a note*" in of(table)
