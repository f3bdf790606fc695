"""One table of everything that was asked, in Python and at the shell."""

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from biasbench.cli import main
from biasbench.explain import adjust, explain_gap, match
from biasbench.report.alternatives_lines import alternatives_lines


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(12)
    n_people, n_sentences = 36, 14
    person = np.repeat(np.arange(n_people), n_sentences)
    noisy = rng.random(len(person)) < np.where(person < 18, 0.6, 0.3)
    own = rng.gamma(9, 1 / 9, n_people)[person]
    rate = 0.1 * own * np.where(person < 18, 1.5, 1) * np.where(noisy, 1.8, 1)
    return pd.DataFrame(
        {
            "system": "asr:scripted",
            "unit_id": np.arange(len(person)),
            "metric": "wer",
            "speaker_id": person,
            "numerator": rng.poisson(20 * rate).astype(float),
            "denominator": 20.0,
            "accent": np.where(person < 18, "b", "a"),
            "device": np.where(noisy, "phone", "headset"),
            "sentence_id": np.tile(np.arange(n_sentences), n_people),
            "site": np.where(person < 18, "north", "south"),
            "team": (person % 3).astype(str),
            "heard": rng.integers(1, 4, len(person)),
        }
    )


def every(table, **more):
    return explain_gap(
        table,
        by="accent",
        group="b",
        covariates=["device"],
        sentence="sentence_id",
        match_on=["device"],
        rating="heard",
        factors=["device"],
        without=["team"],
        **more,
    )


def test_each_row_is_the_figure_of_its_own_verb(table):
    found = every(table).table.set_index("explanation")
    alone = adjust(table, by="accent", group="b", covariates=["device"])
    assert found.loc["one covariate", "ratio"] == pytest.approx(alone.adjusted.ratio)
    matched = match(table, by="accent", group="b", on=["device"])
    assert found.loc["matched", "difference_low"] == pytest.approx(matched.matched.difference_low)
    parts = found.loc[["composition", "unexplained"], "difference"].sum()
    assert parts == pytest.approx(found.loc["unadjusted", "difference"])
    assert len(found.loc[["without level"]]) == 3
    assert found.loc["shared sentences", "n_speakers"] == 18


def test_what_the_data_cannot_answer_is_a_row_with_its_reason(table):
    found = explain_gap(table, by="accent", group="b", covariates=["site"], factors=["device"])
    row = found.table.set_index("explanation").loc["all covariates"]
    assert np.isnan(row["difference"])
    assert "overlap" in row["note"]
    assert (found.n_refused, found.n_answered > 0) == (1, True)


def test_asking_from_the_other_side_turns_every_difference(table):
    one, other = every(table).table, every(table.replace({"accent": {"a": "b", "b": "a"}})).table
    same = ~one["explanation"].isin(["matched", "not comparable"])  # pairs start from the group
    np.testing.assert_allclose(one["difference"][same], -other["difference"][same], atol=1e-9)


def test_rows_without_the_covariate_are_left_out_in_sight(table):
    holes = table.assign(device=table["device"].where(table["unit_id"] % 5 > 0))
    found = explain_gap(holes, by="accent", group="b", covariates=["device"]).table
    assert found["explanation"].tolist()[2:] == ["rows kept", "one covariate"]
    assert found["difference"].iloc[2] != found["difference"].iloc[0]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_line_is_said_in_both_languages(table, lang):
    lines = alternatives_lines(every(table), lang)
    assert len([line for line in lines if line.startswith(("sans team", "without team"))]) == 3
    assert any("E-value" in line for line in lines)


def test_the_shell_prints_the_table_and_leaves_with_3_where_nothing_can_be_answered(
    table, tmp_path
):
    table.to_csv(tmp_path / "measures.csv", index=False)
    words = ["explain", str(tmp_path / "measures.csv"), "--by", "accent", "--group", "b"]
    answered = CliRunner().invoke(main, [*words, "--covariate", "device", "--lang", "fr"])
    assert answered.exit_code == 0, answered.output
    assert "à égalité de\u00a0: device" in answered.output
    refused = CliRunner().invoke(main, [*words, "--covariate", "site"])
    assert refused.exit_code == 3
    assert "overlap" in refused.output
    wrong = CliRunner().invoke(main, [*words, "--covariate", "devise"])
    assert wrong.exit_code == 2
    assert "Did you mean 'device'" in wrong.output
    as_json = CliRunner().invoke(main, [*words, "--json", "--without", "team"])
    assert json.loads(as_json.output)["alternatives"][0]["explanation"] == "unadjusted"
    written = tmp_path / "alternatives.csv"
    CliRunner().invoke(main, [*words, "--covariate", "device", "-o", str(written)])
    assert len(pd.read_csv(written)) == 3
