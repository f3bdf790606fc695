"""Numbers: the language's own marks, and never rounded into a lie."""

from datetime import date

import pytest

from biasbench.report.numbers import ends, long_date, number, share, shortest


def test_french_numbers_have_a_comma_and_narrow_spaces():
    assert number(1234567.891, "fr", decimals=2) == "1\u202f234\u202f567,89"


def test_minus_is_a_minus_sign():
    assert number(-3.14, "fr") == "\u22123,1"
    assert number(-3.14, "en") == "\u22123.1"


@pytest.mark.parametrize("value", [0.04, -0.04, 0.0004, 0.000004])
def test_a_small_value_is_never_printed_as_zero(value):
    assert float(number(value, "en").replace("\u2212", "-")) != 0


def test_a_value_below_every_digit_says_so():
    assert number(1e-9, "en") == "< 0.000001"


def test_zero_is_zero():
    assert number(0.0, "en") == "0.0"


def test_percent_sign_stands_off_in_french_only():
    assert share(0.173, "fr") == "17,3\u00a0%"
    assert share(0.173, "en") == "17.3%"


def test_an_end_beside_the_margin_shows_on_which_side_it_lies():
    assert ends(3.02, 9.0, "en", margin=3)[0] == "3.02"
    assert ends(-2.98, 2.996, "en", margin=3) == ("\u22122.980", "2.996")


def test_a_margin_keeps_the_digits_it_was_declared_with():
    assert shortest(100 * 0.03, "en") == "3"
    assert shortest(100 * 0.025, "fr") == "2,5"


def test_dates_are_long_in_text():
    assert long_date(date(2026, 2, 10), "fr") == "10 février 2026"
