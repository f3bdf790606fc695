"""A mapping to start from: what is found, what is proposed, and what is left to a person."""

import io
import json
import re
import tomllib

import openpyxl
import pytest

from biasbench.errors import OptionError
from biasbench.systems.exports import ExportFile, Notes
from biasbench.systems.mapping.meaning import TableMapping
from biasbench.systems.mapping.parsing import parse
from biasbench.systems.mapping.suggest import suggest
from biasbench.systems.vendors.table import read_calls

FRENCH = (
    "N° d'appel;Conseiller;Date;Durée;Silence %;Note;Humeur\n"
    "A1;Zoé;31/01/2026 09:00;0:04:10;15,3;80,5 %;bonne\n"
    "A2;Zoé;01/02/2026 10:00;0:03:00;2,0;70 %;bonne\n"
    "A3;Léa;02/02/2026 10:00;0:03:01;2,1;;mauvaise\n"
)


def of(text, name="a.csv", encoding="utf-8"):
    content = text if isinstance(text, bytes) else text.encode(encoding)
    return suggest(ExportFile(name, content))


def accepted(suggested, **answers):
    """The suggestion with every proposal taken, and each "?" answered by what it stands after."""
    lines = []
    for line in suggested.splitlines():
        taken = line.removeprefix("#? ")
        for key, answer in answers.items():
            taken = re.sub(rf'\b{key}(["”]?) = "\?"', rf"{key}\1 = {answer}", taken)
        lines.append(taken)
    return tomllib.loads("\n".join(lines))


def test_a_suggestion_claims_nothing_before_a_person_accepts_it():
    told = parse(tomllib.loads(of(FRENCH)))
    assert told == TableMapping(
        delimiter=";", encoding="utf-8", decimal=",", date_order="day-first"
    )


def test_an_accepted_suggestion_imports_the_file():
    suggested = of(FRENCH, encoding="cp1252")
    mapping = accepted(
        suggested, scale_min="0", scale_max="100", name='"x"', bonne="0", mauvaise="1"
    )
    file = ExportFile("a.csv", FRENCH.encode("cp1252"))
    calls = list(read_calls(file, mapping, Notes()))
    assert [(call.call_id, call.agent, call.seconds) for call in calls] == [
        ("A1", "Zoé", 250.0),
        ("A2", "Zoé", 180.0),
        ("A3", "Léa", 181.0),
    ]
    assert [call.started for call in calls] == [
        "2026-01-31T09:00:00",
        "2026-02-01T10:00:00",
        "2026-02-02T10:00:00",
    ]
    values = {score.name: score.value for score in calls[0].scores}
    assert values == {"Silence %": 0.153, "Note": 0.805, "Humeur": 0.0}
    assert {score.direction for score in calls[0].scores} == {"neither"}
    assert calls[2].scores[1].missing_reason == "unset"


def test_what_only_a_person_can_know_stops_the_import_until_it_is_said():
    with pytest.raises(OptionError, match=r"\[scores.Silence %\] scale_min is '\?', not a number"):
        parse(accepted(of(FRENCH), scale_max="1", name='"x"', bonne="0", mauvaise="1"))


def test_three_values_of_a_column_stand_beside_it():
    assert '# "Durée", clock: 0:04:10 | 0:03:00 | 0:03:01' in of(FRENCH).splitlines()
    assert '# "Humeur", labels: bonne | mauvaise' in of(FRENCH).splitlines()


@pytest.mark.parametrize(
    ("dates", "line"),
    [
        (["05/01/2026", "31/01/2026"], 'date_order = "day-first"'),
        (["01/05/2026", "01/31/2026"], 'date_order = "month-first"'),
        (["05/01/2026", "12/01/2026"], '#? date_order = "?"'),
        (["31/01/2026", "01/31/2026"], '#? date_order = "?"'),
        (["31/01/26"], "# years of two digits cannot be read"),
    ],
)
def test_an_order_of_dates_is_said_only_where_a_day_above_12_proves_it(dates, line):
    suggested = of("id,d\n" + "".join(f"{n},{date}\n" for n, date in enumerate(dates)))
    assert any(one.startswith(line) for one in suggested.splitlines())
    assert ("ambiguous: choose" in suggested) == (dates[-1] == "12/01/2026")


def test_dates_that_start_with_the_year_need_no_order():
    assert "date_order" not in of("id,d\n1,2026-01-05 09:00\n")


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        (["1,5", "2"], 'decimal = ","'),
        (["1.5", "2"], 'decimal = "."'),
        (["1,500"], '#? decimal = "?"'),
        (["1,5", "1.5"], '#? decimal = "?"'),
    ],
)
def test_a_decimal_mark_is_said_only_where_the_numbers_agree(cells, line):
    suggested = of("id;n\n" + "".join(f"{n};{cell}\n" for n, cell in enumerate(cells)))
    assert any(one.startswith(line) for one in suggested.splitlines())
    assert "decimal" not in of("id;n\n1;5\n")


def test_a_file_that_is_not_utf8_is_taken_for_a_french_spreadsheet():
    suggested = of(FRENCH, encoding="cp1252")
    assert 'encoding = "cp1252"' in suggested
    assert '#? call_id = "N° d\'appel"' in suggested.splitlines()
    assert 'encoding = "utf-16"' in of(FRENCH, encoding="utf-16")


def test_a_json_document_is_searched_for_its_records():
    turns = [
        {"who": "A", "text": "bonjour", "time": {"start": 1.5}},
        {"who": "B", "text": "oui", "time": {"start": 3}},
        {"who": "A", "text": "bien", "time": {"start": 4}},
    ]
    document = json.dumps({"call": {"id": "C1"}, "turns": turns, "x": {"tags": [{"a": 1}]}})
    suggested = of(document, name="a.json")
    assert 'records = "turns"' in suggested
    assert "# other lists of objects: x.tags" in suggested
    mapping = accepted(suggested, time_unit='"s"', name='"x"')
    (call,) = read_calls(ExportFile("a.json", document.encode()), mapping, Notes())
    assert call.call_id == "C1"
    assert [(one.speaker, one.text, one.start) for one in call.said] == [
        ("A", "bonjour", 1.5),
        ("B", "oui", 3.0),
        ("A", "bien", 4.0),
    ]


def test_a_workbook_is_looked_at_as_a_text_is():
    book = openpyxl.Workbook()
    for row in (["Interaction ID", "QA"], ["a", 1.5], ["b", 2]):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    suggested = of(content.getvalue(), name="a.xlsx")
    assert '#? call_id = "Interaction ID"' in suggested
    assert '#? [scores."QA"]' in suggested


def test_headings_and_cells_cannot_write_toml_of_their_own():
    text = 'id,"a""] = 1\n[system]\nname = ""evil"\x7f\n1,"\x07x\r\n[file]\nrows = ""calls"""\n'
    told = parse(tomllib.loads(of(text)))
    assert (told.system_name, told.rows) == (None, None)
