"""measure(): every utterance has a row, missing is missing, and what cannot be measured is said."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from biasbench.corpus import Corpus, load_corpus
from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.measures import METRICS, Measures, measure, read_measures, sum_up
from biasbench.provenance import Provenance
from biasbench.runs import Run
from biasbench.tables import MEASURES, METRIC_DIRECTION, SCORES, TRANSCRIPTS

UTTERANCES = pd.DataFrame(
    {
        "utterance_id": ["u1", "u2", "u3", "u4", "u5"],
        "speaker_id": ["ann", "ann", "bob", "bob", "eve"],
        "audio": ["1.wav", "2.wav", "3.wav", "4.wav", "5.wav"],
        "reference": ["Turn the lights on.", "Yes.", None, "Good morning", "I'm finna call"],
        "accent": ["scottish", "scottish", None, "irish", "irish"],
        "device": ["phone", "phone", "desk", "desk", "phone"],
    }
)


def corpus(utterances=UTTERANCES, **card):
    card = {"name": "calls", "language": "en-GB", **card}
    chain = Provenance().then("load_corpus", {"corpus": "calls@12345678"})
    return Corpus(utterances, chain, Path("calls"), {k: v for k, v in card.items() if v})


def transcripts(rows, system="asr:x"):
    return TRANSCRIPTS.check(
        pd.DataFrame(
            [
                {
                    "system": system,
                    "utterance_id": utterance_id,
                    "status": status,
                    "hypothesis": text,
                    "error": "it broke" if status == "failed" else None,
                }
                for utterance_id, status, text in rows
            ]
        )
    )


def run_of(rows, system="asr:x"):
    chain = corpus().provenance.then("run", {"system": f"{system}@1", "system_name": system})
    return Run(transcripts(rows, system), SCORES.empty(), chain)


ANSWERED = [
    ("u1", "ok", "turn lights off"),
    ("u2", "empty", ""),
    ("u3", "ok", "Thank you!"),
    ("u4", "failed", None),
]  # u5 was never answered
RUN = run_of(ANSWERED)


def scores(rows, unit="utterance", direction="neither"):
    return SCORES.check(
        pd.DataFrame(
            [
                {
                    "system": "tone:x",
                    "unit_id": unit_id,
                    "unit": unit,
                    "score": score,
                    "value": value,
                    "scale_min": 0.0,
                    "scale_max": 1.0,
                    "direction": direction,
                    "modality": "voice",
                    "status": "ok" if value is not None else "missing",
                    "missing_reason": None if value is not None else "failed",
                }
                for unit_id, score, value in rows
            ]
        )
    )


def tone_run(*args, **kwargs):
    return Run(TRANSCRIPTS.empty(), scores(*args, **kwargs), Provenance())


def of(measures, metric):
    rows = measures.table[measures.table["metric"] == metric].set_index("unit_id")
    return {
        name: None if np.isnan(row.numerator) else (row.numerator, row.denominator)
        for name, row in rows.iterrows()
    }


# ── Values ─────────────────────────────────────────────────────────────────────────────────────


def test_every_utterance_has_a_row_and_what_was_not_heard_is_missing():
    found = of(measure(RUN, corpus()), "wer")
    assert found == {"u1": (2, 4), "u2": (1, 1), "u3": (2, 0), "u4": None, "u5": None}


def test_an_empty_transcript_is_deletions_and_an_empty_reference_insertions_over_nothing():
    metrics = ["substitution_rate", "deletion_rate", "insertion_rate"]
    measures = measure(RUN, corpus(), metrics=metrics)
    assert of(measures, "deletion_rate") == {
        "u1": (1, 4), "u2": (1, 1), "u3": (0, 0), "u4": None, "u5": None,
    }  # fmt: skip
    assert of(measures, "insertion_rate")["u3"] == (2, 0)
    assert of(measures, "substitution_rate")["u1"] == (1, 4)


def test_the_macro_rate_is_each_utterance_over_one_and_missing_without_a_reference():
    measures = measure(RUN, corpus(), metrics=["wer_macro", "cer_macro"])
    assert of(measures, "wer_macro") == {
        "u1": (0.5, 1), "u2": (1, 1), "u3": None, "u4": None, "u5": None,
    }  # fmt: skip
    assert of(measures, "cer_macro")["u3"] is None


def test_characters_include_the_space_between_words():
    found = of(measure(run_of([("u4", "ok", "goodmorning")]), corpus(), metrics=["cer"]), "cer")
    assert found["u4"] == (1, 12)


def test_failures_are_counted_and_have_no_output_rate_of_their_own():
    measures = measure(RUN, corpus(), metrics=["failure_rate", "no_output_rate"])
    assert of(measures, "failure_rate") == {
        "u1": (0, 1), "u2": (0, 1), "u3": (0, 1), "u4": (1, 1), "u5": None,
    }  # fmt: skip
    assert of(measures, "no_output_rate") == {
        "u1": (0, 1), "u2": (1, 1), "u3": (0, 1), "u4": None, "u5": None,
    }  # fmt: skip


def test_a_skipped_utterance_was_not_given_to_the_system():
    measures = measure(run_of([("u1", "skipped", None)]), corpus(), metrics=["failure_rate", "wer"])
    assert of(measures, "failure_rate")["u1"] is None
    assert of(measures, "wer")["u1"] is None


def test_a_blank_transcript_is_no_output_whatever_its_status_says():
    measures = measure(run_of([("u1", "ok", "  ")]), corpus(), metrics=["no_output_rate", "wer"])
    assert of(measures, "no_output_rate")["u1"] == (1, 1)
    assert of(measures, "wer")["u1"] == (4, 4)


def test_the_normaliser_is_applied_to_both_sides():
    run = run_of([("u5", "ok", "I am fixing to call")])
    assert of(measure(run, corpus()), "wer")["u5"] == (0, 5)
    assert of(measure(run, corpus(), normalizer="minimal"), "wer")["u5"] == (4, 3)


def test_a_score_is_its_value_over_one_under_its_own_name():
    run = tone_run([("u1", "arousal", 0.4), ("u2", "arousal", None), ("u1", "pitch", 0.9)])
    measures = measure(run, corpus(), metrics=["mean_score"])
    assert of(measures, "mean_score:arousal") == {
        "u1": (0.4, 1), "u2": None, "u3": None, "u4": None, "u5": None,
    }  # fmt: skip
    assert of(measures, "mean_score:pitch")["u1"] == (0.9, 1)


def test_one_score_can_be_asked_for_by_name():
    run = tone_run([("u1", "arousal", 0.4), ("u1", "pitch", 0.9)])
    measures = measure(run, corpus(), metrics=["mean_score:pitch"])
    assert set(measures.table["metric"]) == {"mean_score:pitch"}


def test_a_score_brings_its_own_direction():
    run = tone_run([("u1", "anger", 0.4)], direction="higher is worse")
    table = measure(run, corpus(), metrics=["mean_score"]).table
    assert set(table["direction"]) == {"higher is worse"}


def test_a_score_per_call_has_the_groups_on_which_the_call_agrees():
    calls = UTTERANCES.assign(
        call_id=["c1", "c1", "c2", "c2", "c3"], accent=["s", "s", "i", "i", "i"]
    ).assign(device=["phone", "desk", "desk", "desk", None])
    run = tone_run([("c1", "tone", 0.2), ("c3", "tone", 0.7)], unit="call")
    table = measure(run, corpus(calls), metrics=["mean_score"]).table.set_index("unit_id")
    assert list(table.index) == ["c1", "c2", "c3"]
    assert list(table["accent"]) == ["s", "i", "i"]
    assert list(table["speaker_id"]) == ["ann", "bob", "eve"]
    assert table["device"].isna().tolist() == [True, False, True]
    assert table["numerator"].isna().tolist() == [False, True, False]


def test_every_metric_but_mean_score_has_a_direction():
    assert {name for name in METRICS if name not in METRIC_DIRECTION} == {"mean_score"}
    assert set(METRIC_DIRECTION) <= set(METRICS)


# ── The table ──────────────────────────────────────────────────────────────────────────────────


def test_groups_and_covariates_follow_and_the_recording_does_not():
    table = measure(RUN, corpus()).table
    assert list(table.columns) == [
        "system", "unit_id", "metric", "speaker_id", "numerator", "denominator", "direction",
        "accent", "device",
    ]  # fmt: skip
    assert table["accent"].isna().tolist() == [False, False, True, False, False]


def test_several_runs_stand_in_one_table_and_one_chain():
    other = run_of([("u1", "ok", "turn the lights on")], system="asr:y")
    measures = measure([RUN, other], corpus(), metrics=["wer", "cer"])
    assert measures.table.groupby(["system", "metric"], sort=False).size().to_dict() == {
        ("asr:x", "wer"): 5, ("asr:x", "cer"): 5, ("asr:y", "wer"): 5, ("asr:y", "cer"): 5,
    }  # fmt: skip
    assert [step.verb for step in measures.provenance.steps] == [
        "load_corpus", "run", "run", "measure",
    ]  # fmt: skip
    assert measures.provenance.step("run", "system_name", "asr:x")["system"] == "asr:x@1"
    assert measures.provenance.facts()["norm"] == "en-1"
    assert measures.provenance.facts()["metrics"] == "wer,cer"
    assert measures.provenance.facts()["empty_references"] == "1"


def test_no_normaliser_is_claimed_where_no_text_was_compared():
    measures = measure(RUN, corpus(language=None), metrics=["no_output_rate"])
    assert "norm" not in measures.provenance.facts()


def test_measuring_twice_gives_the_same_table():
    pd.testing.assert_frame_equal(measure(RUN, corpus()).table, measure(RUN, corpus()).table)


def test_the_inputs_are_left_as_they_were():
    before = UTTERANCES.copy(deep=True), RUN.transcripts.copy(deep=True)
    measure(RUN, corpus())
    pd.testing.assert_frame_equal(UTTERANCES, before[0])
    pd.testing.assert_frame_equal(RUN.transcripts, before[1])


def test_parquet_keeps_the_table_and_its_provenance(tmp_path):
    measures = measure(RUN, corpus())
    back = read_measures(measures.write(tmp_path / "measures.parquet"))
    pd.testing.assert_frame_equal(back.table, measures.table, check_dtype=False)
    assert back.provenance == measures.provenance


def test_csv_keeps_the_numbers_and_what_is_missing(tmp_path):
    measures = measure(RUN, corpus())
    back = read_measures(measures.write(tmp_path / "measures.csv"))
    assert isinstance(back, Measures)
    np.testing.assert_array_equal(back.table["numerator"], measures.table["numerator"])
    assert back.provenance == Provenance()


def test_a_measures_file_with_a_wrong_number_names_file_line_and_value(tmp_path):
    path = tmp_path / "m.csv"
    path.write_text("system,unit_id,metric,numerator,denominator\nx,u1,wer,two,3\n", "utf-8")
    with pytest.raises(TableError, match=r"m\.csv: line 2: numerator is 'two', not a number"):
        read_measures(path)


def test_a_system_of_one_hundred_thousand_utterances_is_measured_in_seconds():
    import time

    n = 100_000
    many = pd.DataFrame(
        {
            "utterance_id": [f"u{i}" for i in range(n)],
            "speaker_id": [f"s{i % 500}" for i in range(n)],
            "reference": [f"please pay {i} dollars for item {i * 7}" for i in range(n)],
        }
    )
    rows = pd.DataFrame(
        {
            "system": "asr:x",
            "utterance_id": many["utterance_id"],
            "status": "ok",
            "hypothesis": many["reference"].str.replace("pay", "play"),
            "error": None,
        }
    )
    run = Run(rows, SCORES.empty(), Provenance())
    start = time.perf_counter()
    table = measure(run, corpus(many), normalizer="none", trust_columns=True).table
    seconds = time.perf_counter() - start
    assert table["numerator"].sum() == n
    assert seconds < 30  # about 2 s on an idle core; the bound is for a busy one


# ── What cannot be measured ────────────────────────────────────────────────────────────────────


def test_a_misspelt_metric_is_named_with_the_nearest():
    with pytest.raises(NotFoundError, match="no metric named 'werr'. Did you mean 'wer'"):
        measure(RUN, corpus(), metrics=["werr"])


def test_one_metric_as_a_text_is_told_to_be_a_list():
    with pytest.raises(OptionError, match=r"metrics is the text 'wer', not a list"):
        measure(RUN, corpus(), metrics="wer")


def test_a_metric_asked_for_twice_is_refused():
    with pytest.raises(OptionError, match="metric 'wer' is asked for twice"):
        measure(RUN, corpus(), metrics=["wer", "wer"])


def test_word_errors_of_a_run_of_scores_are_refused():
    run = tone_run([("u1", "arousal", 0.4)])
    with pytest.raises(OptionError, match=r"wer needs transcripts.*scores \(arousal\).*mean_score"):
        measure(run, corpus())


def test_a_mean_score_of_a_run_of_transcripts_is_refused():
    with pytest.raises(OptionError, match="mean_score needs scores, and the run has none"):
        measure(RUN, corpus(), metrics=["mean_score"])


def test_a_misspelt_score_is_named_with_the_nearest():
    run = tone_run([("u1", "arousal", 0.4)])
    with pytest.raises(NotFoundError, match="no score named 'arousel'. Did you mean 'arousal'"):
        measure(run, corpus(), metrics=["mean_score:arousel"])


def test_the_same_system_in_two_runs_is_refused():
    with pytest.raises(OptionError, match="system 'asr:x' stands in two of the runs"):
        measure([RUN, RUN], corpus())


def test_a_corpus_without_a_language_asks_for_a_normaliser():
    with pytest.raises(
        OptionError, match=r"'calls' declares no language.*--normalizer\): en, fr, minimal"
    ):
        measure(RUN, corpus(language=None))


def test_the_language_column_stands_in_for_the_declared_language():
    french = UTTERANCES.assign(language="fr")
    assert measure(RUN, corpus(french, language=None)).provenance.facts()["norm"] == "fr-1"


def test_a_corpus_of_several_languages_asks_for_a_normaliser():
    mixed = UTTERANCES.assign(language=["en", "en", "fr", "fr", "en"])
    with pytest.raises(OptionError, match=r"several languages \(en, fr\)"):
        measure(RUN, corpus(mixed, language=None))


def test_a_language_without_a_normaliser_is_said():
    with pytest.raises(OptionError, match="no normaliser for the language 'de'"):
        measure(RUN, corpus(language="de"))


def test_a_transcript_of_an_unknown_utterance_is_named():
    run = run_of([*ANSWERED, ("u8", "ok", "hello"), ("u9", "ok", "hello")])
    with pytest.raises(
        TableError, match=r"transcripts: 'u8' and 1 more are not in corpus 'calls' \(5 rows\)"
    ):
        measure(run, corpus())


def test_a_score_of_an_unknown_utterance_is_named():
    with pytest.raises(TableError, match="score 'arousal': 'u9' is not in corpus 'calls'"):
        measure(tone_run([("u9", "arousal", 0.1)]), corpus(), metrics=["mean_score"])


@pytest.mark.parametrize("reference", [None, "  "])
def test_a_corpus_in_which_nobody_wrote_references_is_refused(reference):
    with pytest.raises(TableError, match="has no reference transcripts, and wer compares with"):
        measure(RUN, corpus(UTTERANCES.assign(reference=reference)))


def test_a_corpus_without_the_reference_column_still_has_rates_of_no_output():
    bare = corpus(UTTERANCES.drop(columns="reference"), language=None)
    assert of(measure(RUN, bare, metrics=["no_output_rate"]), "no_output_rate")["u2"] == (1, 1)
    with pytest.raises(TableError, match="'calls' has no reference transcripts"):
        measure(RUN, bare)


def test_many_empty_references_are_asked_about_and_can_be_vouched_for():
    sparse = corpus(UTTERANCES.assign(reference=["yes", None, None, "", "no"]))
    with pytest.raises(TableError, match=r"empty in 3 of 5.*nobody write it down.*trust_columns=T"):
        measure(RUN, sparse)
    assert of(measure(RUN, sparse, trust_columns=True), "wer")["u3"] == (2, 0)


def test_swapped_columns_are_asked_about_and_can_be_vouched_for():
    n = 40
    scripts = [f"please read sentence number {i % 10} out loud to me" for i in range(n)]
    heard = [f"please read sentence number {i % 10} out loud to {i}" for i in range(n)]
    swapped = pd.DataFrame(
        {"utterance_id": [f"u{i}" for i in range(n)], "speaker_id": "s", "reference": heard}
    )
    run = run_of([(f"u{i}", "ok", script) for i, script in enumerate(scripts)])
    with pytest.raises(
        TableError, match=r"asr:x: are reference and hypothesis swapped\? .*--trust-columns"
    ):
        measure(run, corpus(swapped))
    assert len(measure(run, corpus(swapped), trust_columns=True).table) == n


def test_a_column_that_bears_a_name_of_the_measures_is_refused():
    with pytest.raises(
        TableError, match="column 'metric' has the name of a column of the measures"
    ):
        measure(RUN, corpus(UTTERANCES.assign(metric="x")))


def test_a_call_of_two_speakers_has_no_one_to_whom_its_score_belongs():
    calls = corpus(UTTERANCES.assign(call_id=["c1", "c1", "c1", "c2", "c2"]))
    run = tone_run([("c1", "tone", 0.2)], unit="call")
    with pytest.raises(TableError, match="call 'c1' has utterances of several speakers"):
        measure(run, calls, metrics=["mean_score"])


def test_scores_per_call_need_a_call_id():
    run = tone_run([("c1", "tone", 0.2)], unit="call")
    with pytest.raises(
        TableError, match="'calls' has no call_id, and the scores are given per call"
    ):
        measure(run, corpus(), metrics=["mean_score"])


def test_scores_per_month_are_sent_on_to_assess():
    run = tone_run([("ann-2024-05", "tone", 0.2)], unit="person-month")
    with pytest.raises(OptionError, match="belong to no utterance or call of a corpus"):
        measure(run, corpus(), metrics=["mean_score"])


# ── Real transcripts ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["artie", "edacc"])
def test_pooled_counts_of_real_corpora_are_those_made_independently(shared_data, name):
    folder = shared_data(name)
    theirs = pd.read_csv(folder / "transcripts.csv.gz", keep_default_na=False)
    # test_align has every pair of every system; two systems show that the tables join.
    theirs = theirs[theirs["system"].isin(sorted(theirs["system"].unique())[:2])]
    rows = theirs[["system", "utterance_id", "hypothesis"]].assign(
        status=np.where(theirs["hypothesis"].str.strip() == "", "empty", "ok"), error=None
    )
    run = Run(TRANSCRIPTS.check(rows), SCORES.empty(), Provenance())
    table = measure(run, load_corpus(folder), normalizer="none").table
    joined = table.merge(theirs, left_on=["system", "unit_id"], right_on=["system", "utterance_id"])
    assert len(joined) == len(theirs) == len(table)
    np.testing.assert_array_equal(joined["numerator"], joined["errors"])
    np.testing.assert_array_equal(joined["denominator"], joined["words"])
    MEASURES.check(table)


def test_summing_up_adds_first_and_divides_last_and_counts_what_is_missing():
    table = pd.DataFrame(
        {
            "system": "s",
            "unit_id": ["a", "b", "c"],
            "metric": "wer",
            "numerator": [1.0, 9.0, np.nan],
            "denominator": [10.0, 10.0, np.nan],
        }
    )
    row = sum_up(Measures(table, Provenance())).iloc[0]
    assert (row["value"], row["n_rows"], row["n_missing"]) == (0.5, 3, 1)


def test_over_a_denominator_of_nothing_there_is_no_value():
    table = pd.DataFrame(
        {
            "system": ["s"],
            "unit_id": ["a"],
            "metric": ["wer"],
            "numerator": [2.0],
            "denominator": [0.0],
        }
    )
    assert np.isnan(sum_up(Measures(table, Provenance()))["value"].iloc[0])
