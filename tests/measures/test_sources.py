"""From a run's events, words and phrases to measures: `measure` by its metrics' names."""

import numpy as np
import pandas as pd
import pytest

import biasbench as bb
from biasbench.corpora.planted import Planting, plant
from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.measures import measure
from biasbench.provenance import Provenance
from biasbench.tables import EVENTS, SCORES, TRANSCRIPTS

WORLD = plant(Planting(people=(3, 3), calls=2, months=1), seed=5)
HEARD = bb.Run(WORLD.transcripts, SCORES.empty(), WORLD.provenance)
AUTOMATIC = bb.run(WORLD.corpus, "tone:interact", transcripts=HEARD, progress=False)
HUMAN = bb.run(WORLD.corpus, "tone:interact", transcripts="reference", progress=False)
CALLS = list(WORLD.corpus.utterances["utterance_id"])


def of(measures, metric):
    rows = measures.table[measures.table["metric"] == metric]
    return dict(zip(rows["unit_id"], zip(rows["numerator"], rows["denominator"], strict=True),
                    strict=True))  # fmt: skip


def sums(measures, metric):
    rows = measures.table[measures.table["metric"] == metric]
    return rows["numerator"].sum(), rows["denominator"].sum()


# ── Prompts ────────────────────────────────────────────────────────────────────────────────────


def test_every_prompt_shown_has_a_rate_and_so_have_all_together():
    found = measure(AUTOMATIC, WORLD.corpus, metrics=["prompt_rate"])
    shown = AUTOMATIC.events[AUTOMATIC.events["kind"] == "prompt"]
    labels = dict(shown["label"].value_counts())
    assert set(found.table["metric"]) == {"prompt_rate:any", *(f"prompt_rate:{x}" for x in labels)}
    assert sums(found, "prompt_rate:any") == (len(shown), len(CALLS))
    for label, count in labels.items():
        assert sums(found, f"prompt_rate:{label}") == (count, len(CALLS))


def test_a_prompt_that_could_be_shown_and_was_not_is_zero_and_not_unknown():
    never = "apologise"
    quiet = AUTOMATIC.events[AUTOMATIC.events["label"] != never]
    run = bb.Run(AUTOMATIC.transcripts, AUTOMATIC.scores, AUTOMATIC.provenance, quiet)
    assert sums(measure(run, WORLD.corpus, metrics=[f"prompt_rate:{never}"]),
                f"prompt_rate:{never}") == (0, len(CALLS))  # fmt: skip
    with pytest.raises(NotFoundError, match="no prompt named 'apologize'. Did you mean"):
        measure(run, WORLD.corpus, metrics=["prompt_rate:apologize"])


def test_a_call_that_was_not_analysed_is_missing_and_not_free_of_prompts():
    silent = WORLD.transcripts.assign(
        status=np.where(WORLD.transcripts["utterance_id"] == CALLS[0], "failed", "ok"),
        error=np.where(WORLD.transcripts["utterance_id"] == CALLS[0], "it broke", None),
    )
    run = bb.run(
        WORLD.corpus, "tone:interact",
        transcripts=bb.Run(TRANSCRIPTS.check(silent), SCORES.empty(), WORLD.provenance),
        progress=False,
    )  # fmt: skip
    found = of(measure(run, WORLD.corpus, metrics=["prompt_rate"]), "prompt_rate:any")
    assert np.isnan(found[CALLS[0]]).all()
    assert not np.isnan([found[call] for call in CALLS[1:]]).any()


def test_a_prompt_is_unfounded_where_the_human_transcript_raises_none():
    found = measure(AUTOMATIC, WORLD.corpus, metrics=["unfounded_prompt_rate"], human=HUMAN)
    label = "say thanks"
    ours, theirs = (
        set(run.events.loc[run.events["label"] == label, "unit_id"]) for run in (AUTOMATIC, HUMAN)
    )
    assert ours - theirs  # the recogniser lost a thanks somewhere
    assert sums(found, f"unfounded_prompt_rate:{label}") == (len(ours - theirs), len(ours))
    assert "on reference" in found.provenance.facts()["human"]


def test_a_prompt_is_unfounded_where_people_who_listened_say_so():
    events = AUTOMATIC.events.assign(founded=0.0)
    run = bb.Run(AUTOMATIC.transcripts, AUTOMATIC.scores, AUTOMATIC.provenance, events)
    found = measure(run, WORLD.corpus, metrics=["unfounded_prompt_rate:any"])
    n_prompts = int(events["kind"].eq("prompt").sum())
    assert sums(found, "unfounded_prompt_rate:any") == (n_prompts, n_prompts)


def test_nobody_can_say_what_is_unfounded_without_peoples_word():
    with pytest.raises(OptionError, match="unfounded_prompt_rate needs people's word"):
        measure(AUTOMATIC, WORLD.corpus, metrics=["unfounded_prompt_rate"])


def test_opposite_prompts_in_one_call_are_counted():
    opposite = AUTOMATIC.events.head(0)
    rows = [
        {"system": "tone:interact on asr:planted", "unit_id": CALLS[0], "unit": "utterance",
         "number": number, "kind": "prompt", "label": label}
        for number, label in enumerate(["speak faster", "speak slower"], start=1)
    ]  # fmt: skip
    events = EVENTS.check(pd.DataFrame(rows).reindex(columns=opposite.columns))
    run = bb.Run(AUTOMATIC.transcripts, AUTOMATIC.scores, AUTOMATIC.provenance, events)
    found = of(measure(run, WORLD.corpus, metrics=["contradiction_rate"]), "contradiction_rate")
    assert found[CALLS[0]] == (1, 1)
    assert all(found[call] == (0, 1) for call in CALLS[1:])


def test_a_recognisers_run_shows_no_prompts():
    with pytest.raises(OptionError, match="prompt_rate needs prompts, and the run has no events"):
        measure(HEARD, WORLD.corpus, metrics=["prompt_rate"])


# ── Keywords ───────────────────────────────────────────────────────────────────────────────────


def test_phrases_said_are_found_alike_in_the_transcript_and_among_the_scorers_hits():
    metrics = ["keyword_recall", "keyword_false_alarm_rate"]
    found = measure([HEARD, AUTOMATIC], WORLD.corpus, metrics=metrics)
    for metric in set(found.table["metric"]):
        rows = found.table[found.table["metric"] == metric]
        parts = [part[["numerator", "denominator"]].sum() for _, part in rows.groupby("system")]
        assert parts[0].equals(parts[1]), metric


def test_a_human_transcript_finds_every_phrase():
    found = measure(HUMAN, WORLD.corpus, metrics=["keyword_recall"])
    n, d = found.table["numerator"], found.table["denominator"]
    assert d.sum() > 0
    assert n.equals(d)


def test_the_recall_of_thanks_is_the_share_that_survived():
    found = of(measure(HEARD, WORLD.corpus, metrics=["keyword_recall:thanks"]),
               "keyword_recall:thanks")  # fmt: skip
    texts = WORLD.transcripts.set_index("utterance_id")["hypothesis"]
    for call, said in zip(CALLS, WORLD.corpus.utterances["reference"], strict=True):
        n_said, n_heard = (text.count("thank you") for text in (said, texts[call]))
        assert found[call] == (min(n_said, n_heard), n_said)


def test_a_keyword_metric_says_what_it_lacks():
    bare = bb.Corpus(
        WORLD.corpus.utterances.drop(columns="reference"), Provenance(), WORLD.corpus.root,
        WORLD.corpus.card,
    )  # fmt: skip
    with pytest.raises(TableError, match="has no reference transcripts, and keyword_recall"):
        measure(HEARD, bare, metrics=["keyword_recall"])
    german = bb.Corpus(WORLD.corpus.utterances, Provenance(), WORLD.corpus.root, {"language": "de"})
    with pytest.raises(OptionError, match="is in 'de', and the rules have phrases in en, fr"):
        measure(HEARD, german, metrics=["keyword_recall"])
    with pytest.raises(NotFoundError, match="no keyword category named 'thank'"):
        measure(HEARD, WORLD.corpus, metrics=["keyword_recall:thank"])


# ── Times ──────────────────────────────────────────────────────────────────────────────────────


def test_words_left_out_become_silence_that_is_speech():
    metrics = ["silence_rate", "human_silence_rate", "false_silence_share"]
    found = measure(HEARD, WORLD.corpus, metrics=metrics)
    system, human = sums(found, "silence_rate"), sums(found, "human_silence_rate")
    assert system[1] == human[1]  # the same minutes
    assert system[0] > human[0]
    false = sums(found, "false_silence_share")
    assert false[1] == pytest.approx(system[0])
    assert 0 < false[0] < false[1]


def test_silence_without_word_times_or_turns_cannot_be_told():
    untimed = TRANSCRIPTS.check(WORLD.transcripts.assign(words=None))
    run = bb.Run(untimed, SCORES.empty(), WORLD.provenance)
    found = of(measure(run, WORLD.corpus, metrics=["silence_rate"]), "silence_rate")
    assert np.isnan(list(found.values())).all()
    bare = bb.Corpus(
        WORLD.corpus.utterances.drop(columns="reference_words"), Provenance(), WORLD.corpus.root,
        WORLD.corpus.card,
    )  # fmt: skip
    with pytest.raises(OptionError, match="need to know when people hear speech: turns="):
        measure(HEARD, bare, metrics=["false_silence_share"])


def test_a_table_of_turns_takes_the_place_of_reference_words():
    turns = pd.DataFrame({"unit_id": CALLS, "start": 0.0, "end": 1e6, "role": "agent"})
    metrics = ["false_silence_share", "hallucination_rate"]
    found = measure(HEARD, WORLD.corpus, metrics=metrics, turns=turns)
    false = sums(found, "false_silence_share")
    assert false[0] == pytest.approx(false[1])  # somebody speaks all the time
    assert sums(found, "hallucination_rate") == (0, 0)


def test_the_time_of_a_call_is_its_length():
    found = measure(HEARD, WORLD.corpus, metrics=["handling_time"])
    assert sums(found, "handling_time") == (
        pytest.approx(WORLD.corpus.utterances["duration"].sum()),
        len(CALLS),
    )


def test_words_given_to_the_other_party_are_counted():
    turns = pd.DataFrame({"unit_id": CALLS, "start": 0.0, "end": 1e6, "role": "customer"})
    given = WORLD.transcripts.assign(
        words=WORLD.transcripts["words"].str.replace('"word"', '"role": "agent", "word"')
    )
    run = bb.Run(TRANSCRIPTS.check(given), SCORES.empty(), WORLD.provenance)
    found = sums(measure(run, WORLD.corpus, metrics=["misattribution_rate"], turns=turns),
                 "misattribution_rate")  # fmt: skip
    assert found[0] == found[1] > 0


# ── Scores beside ──────────────────────────────────────────────────────────────────────────────


def test_scores_of_another_run_stand_beside_to_be_held_equal():
    found = measure(AUTOMATIC, WORLD.corpus, metrics=["prompt_rate:any"], beside=[HUMAN])
    paces = HUMAN.scores[HUMAN.scores["score"] == "words_per_minute"]
    assert found.table["words_per_minute"].tolist() == paces["value"].tolist()
    assert found.provenance.facts()["beside"] == "tone:interact on reference"


def test_prompts_are_compared_at_the_same_measured_pace():
    world = plant(Planting(people=(12, 12), calls=4, months=1), seed=2)
    heard = bb.Run(world.transcripts, SCORES.empty(), world.provenance)
    automatic, human = (
        bb.run(world.corpus, "tone:interact", transcripts=given, progress=False)
        for given in (heard, "reference")
    )
    found = bb.explain_gap(
        measure(automatic, world.corpus, metrics=["prompt_rate:any"], beside=[human]),
        by="accent",
        group="a",
        covariates=["words_per_minute"],
    ).table.set_index("explanation")
    adjusted = found.loc["one covariate"]
    assert adjusted["of"] == "words_per_minute"
    assert adjusted["difference_low"] < adjusted["difference"] < adjusted["difference_high"]
    assert adjusted["difference"] != found.loc["unadjusted", "difference"]


def test_a_score_beside_that_is_a_column_already_is_refused():
    with pytest.raises(TableError, match="score 'quality' beside has the name of a column"):
        measure(AUTOMATIC, WORLD.corpus, metrics=["prompt_rate"], beside=[HUMAN, AUTOMATIC])
    with pytest.raises(OptionError, match="a run without scores"):
        measure(AUTOMATIC, WORLD.corpus, metrics=["prompt_rate"], beside=[HEARD])


def test_a_scorer_that_looked_for_silence_and_noted_none_counts_none():
    quiet = AUTOMATIC.events[AUTOMATIC.events["kind"] != "silence"]
    run = bb.Run(AUTOMATIC.transcripts, AUTOMATIC.scores, AUTOMATIC.provenance, quiet)
    found = measure(run, WORLD.corpus, metrics=["silence_rate"])
    assert sums(found, "silence_rate")[0] == 0
    assert found.table["denominator"].notna().all()
