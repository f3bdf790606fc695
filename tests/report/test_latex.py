r"""LaTeX: what TeX itself would read – tokens, groups, environments – in a file for \input."""

import re
from dataclasses import replace

import pytest

from biasbench.report.context import Context
from biasbench.report.document import Table
from biasbench.report.renderers.tex import escaped, text_of
from biasbench.report.sections import document
from tests.report.hostile import STRINGS, clean_document, hostile_document
from tests.report.simulated import SMALL, evidence

#: Every command that the file may hold; one more would be somebody else's.
_OURS = (
    "section subsection textbf textit texttt item begin end begingroup endgroup footnotesize "
    "scriptsize caption toprule midrule bottomrule endhead endfirsthead raggedright raggedleft "
    "arraybackslash dimexpr linewidth tabcolsep relax par allowbreak newline textbackslash "
    "textasciitilde textasciicircum textless textgreater textbar textquotedbl textquotesingle "
    "textasciigrave textendash textemdash textquoteleft textquoteright textquotedblleft "
    "textquotedblright guillemotleft guillemotright textellipsis textperiodcentered textdegree "
    "oe OE texteuro texttimes textpm ensuremath rightarrow leftarrow leq geq approx infty "
    "emptyset langle rangle textonehalf textsuperscript textmu alpha delta sigma Sigma Delta"
)
OURS = set(_OURS.split())
TOKEN = re.compile(r"\\([A-Za-z]+)|\\(.)|(.)", re.DOTALL)


def read(text):
    """The commands and environments of a file; asserts that TeX would read it to the end."""
    text = "".join(re.sub(r"^%.*$", "", line) + "\n" for line in text.split("\n"))
    commands, depth, bare = [], 0, []
    for name, symbol, letter in TOKEN.findall(text):
        if name:
            commands.append(name)
        elif symbol:
            assert symbol in "{}$&#%_,\\", symbol
        elif letter in "{}":
            depth += 1 if letter == "{" else -1
            assert depth >= 0
        elif letter in "$#%_^":
            bare.append(letter)
    assert depth == 0
    assert bare == []
    opened = []
    for what, name in re.findall(r"\\(begin|end)\{(\w+)\}", text):
        if what == "begin":
            opened.append(name)
        else:
            assert opened.pop() == name
    assert opened == []
    return set(commands)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_tex_reads_the_file_to_its_end_and_meets_no_command_but_ours(lang):
    for made in (hostile_document(lang), document(Context(evidence(SMALL), lang))):
        assert read(text_of(made)) <= OURS


def test_a_command_in_a_label_is_letters():
    written = text_of(hostile_document())
    assert r"\input" not in written.replace(r"\textbackslash{}input", "")
    assert r"\textbackslash{}input\{/etc/passwd\}" in written


def test_a_command_in_a_word_too_long_for_a_line_is_letters_too():
    evil = r"\input{/etc/passwd}" * 5
    assert read(escaped(evil)) <= {"textbackslash", "allowbreak"}


@pytest.mark.parametrize("name", sorted(STRINGS))
def test_each_hostile_string_alone_is_letters(name):
    assert read(escaped(STRINGS[name])) <= OURS


def test_no_ampersand_but_between_cells():
    made = clean_document()
    table = next(b for s in made.sections for b in s.blocks if isinstance(b, Table))
    for text in (text_of(made), text_of(hostile_document())):
        rows = [line for line in text.split("\n") if re.search(r"(?<!\\)&", line)]
        assert rows
        assert {len(re.findall(r"(?<!\\)&", row)) for row in rows} == {len(table.heads) - 1}
        assert all(row.endswith(r" \\") for row in rows)


def test_typography_is_written_for_every_engine():
    written = text_of(clean_document("fr"))
    assert r"\guillemotleft{}~enti" in written
    assert r"12\,345" in written
    assert r"\ensuremath{-}3,5" in written
    assert r"l\textquoteright{}\oe{}uvre" in written
    assert escaped("\U0001f600") == "{[}U+1F600{]}"
    assert escaped("'-' [x]") == r"\textquotesingle{}-{}\textquotesingle{} {[}x{]}"


def test_an_empty_line_in_a_quote_does_not_end_the_group_it_stands_in():
    assert "\n\n" not in escaped("one\n\n\ntwo")


def test_no_character_is_left_that_pdflatex_does_not_know():
    written = text_of(hostile_document("fr")) + text_of(document(Context(evidence(SMALL), "fr")))
    assert [c for c in set(written) if ord(c) > 0x17F] == []


def test_a_table_has_booktabs_rules_and_its_heads_on_every_page():
    written = text_of(clean_document())
    for command in (r"\toprule", r"\midrule", r"\bottomrule", r"\endhead"):
        assert command in written
    assert written.count(r"\begin{longtable}") == 1


def test_columns_fill_the_line_and_no_more():
    for made in (clean_document(), document(Context(evidence(SMALL), "en"))):
        for columns in re.findall(r"\\begin\{longtable\}\{(.*)\}\n", text_of(made)):
            shares = [float(share) for share in re.findall(r"dimexpr ([\d.]+)", columns)]
            assert sum(shares) == pytest.approx(1, abs=0.01)


def test_a_table_without_rows_is_still_a_table():
    made = clean_document()
    empty = Table("None", ("A", "B"), (), (False, True))
    section = replace(made.sections[1], blocks=(empty,))
    assert read(text_of(replace(made, sections=(section,)))) <= OURS
