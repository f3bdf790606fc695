"""Interact: every point counted by hand, in English and French, and laws that points obey."""

import csv
import json
import pickle
import re
import time
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biasbench.audio import Audio
from biasbench.errors import NotFoundError, OptionError
from biasbench.report.wording import check_wording
from biasbench.systems import Call, Transcript, Word, load_system
from biasbench.systems.interact import explain, read_rules
from biasbench.systems.interact.files import OWN_RULES
from biasbench.systems.interact.wording import _PAIRS, in_french, say
from biasbench.systems.tone.interact import load

NAMES = [
    "quality", "politeness", "pace", "silence", "tone",
    "words_per_minute", "longest_gap_s", "silence_share",
]  # fmt: skip
OWN = load(None)
TOML = OWN_RULES.read_text(encoding="utf-8")


def spoken(text, *, start=0.0, every=0.5, length=0.4, role=None):
    """Words at a steady pace: two a second are 120 a minute."""
    return tuple(
        Word(word, round(start + at * every, 3), round(start + at * every + length, 3), role=role)
        for at, word in enumerate(text.split())
    )


def call(words, *, language="en", seconds=None, **more):
    words = words if isinstance(words, tuple) else spoken(words)
    text = " ".join(word.text for word in words)
    return Call(transcript=Transcript(text, words), language=language, seconds=seconds, **more)


def plain(text, *, language="en", seconds=None, **more):
    return Call(transcript=Transcript(text), language=language, seconds=seconds, **more)


def scores(reading):
    return {score.name: score for score in reading.scores}


def values(reading):
    return {score.name: score.value for score in reading.scores}


def prompts(reading):
    return [(event.label, event.start) for event in reading.events if event.kind == "prompt"]


def points(score):
    return {step.rule: step.points for step in score.trace if step.points is not None}


def rules_with(tmp_path, *changes):
    text = TOML
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


# --- counted by hand ------------------------------------------------------------------------


def test_an_english_call_counted_by_hand():
    # 28 words, one every half second: 13.9 s, no gap of 0.25 s but at none of the ends
    text = (
        "Hello how can I help Sorry to hear that you have a problem I am sorry please wait "
        "unfortunately it is impossible today never mind cannot thank you"
    )
    assert len(text.split()) == 28
    reading = OWN.score(call(text, seconds=13.9))
    found = scores(reading)
    assert points(found["politeness"]) == {
        "politeness.greeting": 30, "politeness.thanks": 30, "politeness.courtesy": 10,
        "politeness.apology": 15, "politeness.empathy": 15,
    }  # fmt: skip
    # unfortunately, impossible: tolerated; never mind: ignored; cannot: the third
    assert [step.points for step in found["tone"].trace] == [100, 0, 0, 0, -10]
    assert values(reading) == {
        "quality": 40 + 20 + 20 + 18,
        "politeness": 100,
        "pace": 100,
        "silence": 100,
        "tone": 90,
        "words_per_minute": round(28 * 60 / 13.9, 2),
        "longest_gap_s": 0,
        "silence_share": 0,
    }
    assert prompts(reading) == [("be kinder", 13.9)]


def test_a_french_call_counted_by_hand():
    text = "Allô bonjour on a une panne calmez-vous c’est impossible"
    reading = OWN.score(call(text, language="fr-CA", seconds=10.0))
    found = scores(reading)
    assert points(found["politeness"]) == {
        "politeness.greeting": 30, "politeness.thanks": 0, "politeness.courtesy": 0,
        "politeness.apology": 0, "politeness.empathy": 0,
    }  # fmt: skip
    assert found["tone"].value == 100 - 25  # calmez-vous; impossible is tolerated
    # 9 words in 10 s are 54 a minute: too slow once; the words end at 4.4 s, and 5.6 s of 10
    # are silence: a gap over 4 s (-20) and a share over one half (-40)
    assert found["words_per_minute"].value == 54
    assert found["pace"].value == 80
    assert found["longest_gap_s"].value == 5.6
    assert found["silence_share"].value == 0.56
    assert found["silence"].value == 40
    assert found["quality"].value == 0.4 * 30 + 0.2 * (80 + 40 + 75)
    assert prompts(reading) == [
        ("watch your words", 3.4),  # at the end of the word
        ("break the silence", 8.4),  # 4 s after the last word
        ("say thanks", 10.0),
        ("apologise", 10.0),
        ("show empathy", 10.0),
        ("speak faster", 10.0),
    ]


def test_what_quebec_answers_to_thanks_is_courtesy_and_no_greeting():
    reading = OWN.score(plain("Bienvenue. Au revoir, bonne journée !", language="fr"))
    assert [event.label for event in reading.events if event.kind == "category"] == [
        "courtesy",
        "courtesy",
    ]
    assert ("greet", None) in prompts(reading)


def test_a_lost_thank_you_costs_its_points_and_raises_the_prompt():
    said = "good morning the parcel left today thank you goodbye"
    lost = "good morning the parcel left today goodbye"
    with_thanks, without = OWN.score(plain(said)), OWN.score(plain(lost))
    weight = next(rule.points for rule in OWN.rules.say if rule.category == "thanks")
    difference = values(with_thanks)["politeness"] - values(without)["politeness"]
    assert difference == weight
    assert "say thanks" not in dict(prompts(with_thanks))
    assert "say thanks" in dict(prompts(without))


def test_words_that_were_lost_become_silence():
    words = spoken(" ".join(["word"] * 40))  # 0 to 19.9 s
    kept = words[:10] + words[30:]  # nothing from 4.9 to 15 s
    whole, cut = OWN.score(call(words)), OWN.score(call(kept))
    assert values(whole)["longest_gap_s"] == 0
    assert values(cut)["longest_gap_s"] == pytest.approx(15 - 4.9)
    assert [(e.start, e.end) for e in cut.events if e.kind == "silence"] == [(4.9, 15.0)]
    assert ("break the silence", 8.9) in prompts(cut)
    assert values(whole)["silence"] - values(cut)["silence"] == 20 + 40  # the gap, and 51 %


def test_fast_then_slow_raises_opposite_prompts():
    fast = spoken(" ".join(["fast"] * 100), every=0.2, length=0.15)  # 300 a minute to 20 s
    slow = spoken(" ".join(["slow"] * 40), start=20.0, every=1.0)  # 60 a minute to 60 s
    reading = OWN.score(call(fast + slow, seconds=60.0))
    raised = [one for one in prompts(reading) if one[0].startswith("speak")]
    # The window from t to t + 20 s holds 5 words for each second of the fast part, 1 of the slow.
    # It is over 200 a minute from its first look, at 20 s, and under 90, 30 words in 20 s, once
    # 5 (20 - t) + t < 30, t > 17.5: first looked at from 18 s, at 38 s.
    assert raised[0] == ("speak slower", 20.0)
    assert raised[1][0] == "speak faster"
    assert raised[1][1] == 38.0
    assert OWN.rules.opposites == (("speak slower", "speak faster"),)
    assert {"speak slower", "speak faster"} <= set(dict(prompts(reading)))


def test_a_limit_is_not_counted_again_before_its_time(tmp_path):
    fast = call(spoken(" ".join(["fast"] * 400), every=0.2, length=0.15))  # 80 s
    asked = [start for label, start in prompts(OWN.score(fast)) if label == "speak slower"]
    assert asked == [20.0, 50.0]
    sooner = load(str(rules_with(tmp_path, ("again_after = 30", "again_after = 10"))))
    asked = [start for label, start in prompts(sooner.score(fast)) if label == "speak slower"]
    assert asked == [20.0, 30.0, 40.0, 50.0, 60.0, 70.0]
    assert values(sooner.score(fast))["pace"] == 100 - 60  # six times 20, at most 60


def test_a_greeting_after_its_time_is_none():
    late = spoken("well so", every=0.5) + spoken("good morning", start=15.0)
    reading = OWN.score(call(late))
    assert points(scores(reading)["politeness"])["politeness.greeting"] == 0
    assert ("greet", 15.0) in prompts(reading)
    early = spoken("well so") + spoken("good morning", start=14.9)
    assert points(scores(OWN.score(call(early)))["politeness"])["politeness.greeting"] == 30


# --- who speaks -----------------------------------------------------------------------------


def test_the_customers_words_do_not_count():
    agent = spoken("good morning I see a problem", role="agent")
    customer = spoken("thank you stupid sorry impossible never", start=3.0, role="customer")
    both, alone = OWN.score(call(agent + customer)), OWN.score(call(agent, seconds=5.9))
    for name in ("politeness", "tone"):
        assert values(both)[name] == values(alone)[name]
    heard = [e for e in both.events if e.kind == "category"]
    assert [event.label for event in heard] == ["greeting", "trouble"]
    said = [step.found for step in scores(both)["words_per_minute"].trace]
    assert said == []  # 2.9 s of the agent: no pace at all
    longer = OWN.score(call(spoken("so " * 20, role="agent") + spoken("yes", start=10, role="x")))
    said = [step.found for step in scores(longer)["words_per_minute"].trace]
    assert said[-1] == "words of the other side left out: 1"


def test_while_the_customer_speaks_the_agent_is_neither_silent_nor_slow():
    agent = spoken("word " * 20, role="agent")  # 0 to 9.9 s
    customer = spoken("word " * 20, start=10.0, role="customer")  # to 19.9 s
    more = spoken("word " * 20, start=20.0, role="agent")  # to 29.9 s
    reading = OWN.score(call(agent + customer + more))
    assert values(reading)["longest_gap_s"] == 0
    assert values(reading)["words_per_minute"] == 120  # 40 words in 29.9 - 9.9 s
    assert values(reading)["pace"] == 100
    alone = values(OWN.score(call(agent + more)))
    assert alone["longest_gap_s"] == pytest.approx(10.1)
    assert alone["words_per_minute"] == pytest.approx(80, abs=1)


def test_speech_on_the_other_channel_is_no_silence_of_the_agent(shared_data):
    voice = _voice(shared_data)
    quiet = Audio(np.zeros(len(voice.samples), dtype=np.float32), voice.sample_rate)
    words = spoken("one moment", every=0.2, length=0.1)
    alone = OWN.score(call(words, seconds=voice.seconds, audio=quiet))
    beside = OWN.score(call(words, seconds=voice.seconds, audio=quiet, other=voice))
    assert values(alone)["silence_share"] > 0.9
    assert values(beside)["silence_share"] < 0.5
    # a recording of one channel saved twice has no other side
    twice = OWN.score(call(words, seconds=voice.seconds, audio=voice, other=voice))
    assert values(twice)["silence_share"] == values(alone)["silence_share"]


# --- what is missing ------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "   ", "… !"])
def test_an_empty_transcript_is_missing_and_not_zero(text):
    sound = Audio(np.zeros(160_000, dtype=np.float32), 16_000)
    reading = OWN.score(plain(text, seconds=10.0, audio=sound))
    assert [score.name for score in reading.scores] == NAMES
    assert set(values(reading).values()) == {None}
    assert {score.missing_reason for score in reading.scores} == {"unset"}
    assert all("nothing of the agent was transcribed" in score.note for score in reading.scores)
    assert reading.events == ()


def test_a_call_in_which_only_the_customer_was_transcribed_has_no_scores():
    reading = OWN.score(call(spoken("thank you", role="customer"), seconds=20.0))
    assert set(values(reading).values()) == {None}
    assert reading.events == ()


def test_without_times_or_sound_silence_is_missing_and_quality_with_it():
    reading = OWN.score(plain("good morning thank you " * 5, seconds=10.0))
    found = scores(reading)
    assert found["words_per_minute"].value == 120
    assert found["pace"].value == 100
    assert found["silence"].value is None
    assert found["silence"].missing_reason == "not analysed"
    assert "no start and end times" in found["silence"].note
    assert found["quality"].value is None
    assert found["quality"].note.endswith("these are missing: silence")
    assert found["politeness"].value == 30 + 30 + 0 + 15 + 15
    assert {start for _, start in prompts(reading)} <= {None}


def test_a_prompt_made_of_words_without_times_has_no_time():
    reading = OWN.score(plain("cannot cannot cannot stupid " * 5, seconds=10.0))
    assert dict(prompts(reading)) == dict.fromkeys(
        ["greet", "say thanks", "be kinder", "watch your words"]
    )


def test_a_share_of_silence_up_to_the_limit_costs_nothing(tmp_path):
    words = spoken("word " * 7)  # 0 to 3.4 s
    gaps = words + tuple(Word("so", start, start + 0.1) for start in (5.0, 6.7))
    at_limit = OWN.score(call(gaps, seconds=7.2))  # 1.6 + 1.6 + 0.4 of 7.2 s
    assert values(at_limit)["silence_share"] == 0.5
    assert values(at_limit)["silence"] == 100
    assert values(OWN.score(call(gaps, seconds=7.3)))["silence"] == 60


def test_without_times_and_length_pace_is_missing_too():
    found = scores(OWN.score(plain("good morning thank you")))
    assert found["pace"].value is found["words_per_minute"].value is None
    assert "length of the call is not known" in found["pace"].note
    assert found["quality"].note.endswith("these are missing: pace, silence")


def test_reweight_makes_quality_of_the_other_parts(tmp_path):
    scorer = load(str(rules_with(tmp_path, ('missing = "missing"', 'missing = "reweight"'))))
    found = scores(scorer.score(plain("good morning thank you")))
    assert found["politeness"].value == 90
    assert found["quality"].value == (40 * 90 + 20 * 100) / 60 // 0.01 / 100 == 93.33
    assert points(found["quality"]) == {"weights.politeness": 60.0, "weights.tone": 33.33}
    left_out = [step.rule for step in found["quality"].trace if step.points is None]
    assert left_out == ["weights.pace", "weights.silence"]
    assert set(values(scorer.score(plain(""))).values()) == {None}


def test_a_very_short_call_has_no_pace():
    found = scores(OWN.score(call("hello there", seconds=1.4)))
    assert found["pace"].value is None
    assert found["pace"].missing_reason == "unset"
    assert "less than 5 s" in found["pace"].note


@pytest.mark.parametrize(
    ("language", "note"),
    [
        ("es", "the call is in “es”; these rules read en, fr"),
        (None, "the language of the call is not known; these rules read en, fr"),
    ],
)
def test_a_language_without_rules_is_not_scored(language, note):
    reading = OWN.score(call("thank you gracias", language=language, seconds=9.0))
    assert set(values(reading).values()) == {None}
    assert {score.note for score in reading.scores} == {note}
    assert {score.missing_reason for score in reading.scores} == {"not analysed"}
    assert reading.events == ()


def test_a_file_that_fixes_the_language_reads_no_other(tmp_path):
    path = rules_with(tmp_path, ('missing = "missing"', 'missing = "missing"\nlanguage = "fr"'))
    scorer = load(str(path))
    assert values(scorer.score(plain("merci", language=None)))["politeness"] == 60
    assert values(scorer.score(plain("merci", language="fr_FR")))["politeness"] == 60
    english = scores(scorer.score(plain("thank you", language="en")))["politeness"]
    assert english.note == "the call is in “en”; these rules read fr"


def test_a_call_without_a_transcript_says_so():
    reading = OWN.score(Call(seconds=9.0, language="en"))
    assert {score.note for score in reading.scores} == {"there is no transcript of this call"}


def test_words_without_an_end_tell_pace_and_no_silence():
    words = tuple(Word("word", at * 0.5) for at in range(40))
    found = scores(OWN.score(call(words, seconds=20.0)))
    assert found["words_per_minute"].value == 120
    assert found["silence"].value is None


def test_a_word_without_times_is_not_taken_for_silence():
    words = list(spoken("word " * 40))
    words[10:30] = [Word("word")] * 20
    assert values(OWN.score(call(tuple(words))))["longest_gap_s"] == 0


@pytest.mark.parametrize("times", [(-1.0, 2.0), (3.0, 1.0), (float("nan"), 1.0), (0.0, 1e999)])
def test_times_that_cannot_be_are_none(times):
    reading = OWN.score(call((Word("thanks", *times),), seconds=8.0))
    assert values(reading)["silence"] is None
    assert {start for _, start in prompts(reading)} == {None}


# --- where silence comes from ---------------------------------------------------------------


def _voice(shared_data):
    from biasbench.audio import read_audio

    path = shared_data("asterisk_prompts") / "audio" / "en_US_f_Allison__demo-congrats.flac"
    if not path.is_file():
        path = max((shared_data("asterisk_prompts") / "audio").glob("en_US_f_*"), key=_size)
    return read_audio(path)


def _size(path):
    return path.stat().st_size


def test_silence_comes_from_where_the_rules_say(tmp_path, shared_data):
    voice = _voice(shared_data)
    pause = np.zeros(16_000 * 6, dtype=np.float32)
    sound = Audio(np.concatenate([voice.samples, pause]), 16_000)
    timed = call(spoken("hello there"), audio=sound, seconds=sound.seconds)
    untimed = plain("hello there", audio=sound, seconds=sound.seconds)
    by = {
        source: load(str(rules_with(tmp_path, ('"words, else audio"\n', f'"{source}"\n'))))
        for source in ("words", "audio")
    }
    of_words = values(OWN.score(timed))["longest_gap_s"]
    of_sound = values(OWN.score(untimed))["longest_gap_s"]
    assert of_words == pytest.approx(sound.seconds - 0.9, abs=0.01)
    assert 6 <= of_sound < 8
    assert values(by["words"].score(timed))["longest_gap_s"] == of_words
    assert values(by["words"].score(untimed))["longest_gap_s"] is None
    assert values(by["audio"].score(timed))["longest_gap_s"] == of_sound
    for reading, source in (
        (OWN.score(timed), "gaps between words"),
        (OWN.score(untimed), "stretches without a voice in the sound"),
    ):
        for name in ("silence", "longest_gap_s", "silence_share"):
            assert scores(reading)[name].trace[0].rule == "silence_from"
            assert scores(reading)[name].trace[0].found == source
    quiet = Audio(np.zeros(len(sound.samples), dtype=np.float32), 16_000)
    beside = call(spoken("hello there"), audio=quiet, other=sound, seconds=sound.seconds)
    assert values(by["words"].score(beside))["longest_gap_s"] == of_words
    assert values(OWN.score(beside))["longest_gap_s"] < of_words
    assert by["words"].info.modality == "text"
    assert by["words"].info.takes == ()
    assert by["audio"].info.modality == "mixed"


# --- laws -----------------------------------------------------------------------------------

VOCABULARY = [
    "hello", "bonjour", "thank", "you", "merci", "sorry", "to", "hear", "désolé", "problem",
    "panne", "stupid", "calmez-vous", "cannot", "impossible", "never", "mind", "please", "word",
    "s'il", "vous", "plaît", "—", "",
]  # fmt: skip
SECONDS = st.floats(0, 90).map(lambda value: round(value, 2))


@st.composite
def calls(draw):
    words, at = [], 0.0
    is_timed = draw(st.booleans())
    for text in draw(st.lists(st.sampled_from(VOCABULARY), max_size=60)):
        start = at + draw(st.sampled_from([0.0, 0.05, 0.3, 5.0]))
        at = round(start + draw(st.sampled_from([0.1, 0.37])), 2)
        role = draw(st.sampled_from([None, "agent", "customer"]))
        timed = is_timed and draw(st.integers(0, 9)) > 0
        words.append(Word(text, start if timed else None, at if timed else None, role=role))
    return Call(
        transcript=Transcript(" ".join(word.text for word in words), tuple(words)),
        language=draw(st.sampled_from(["en", "fr", "de", None])),
        seconds=draw(st.none() | SECONDS),
    )


ODD = """
missing = "reweight"
silence_from = "words"
[weights]
politeness = 33.33
pace = 33.34
silence = 0.1
tone = 33.23
[politeness]
thanks = { at_least = 2, points = 66.67 }
greeting = { at_least = 1, points = 33.33, within = 3.5 }
[tone]
forbidden = { each = 0.1, at_most = 0.25 }
negative = { each = 70.07, at_most = 100 }
[pace]
window = 3
step = 0.1
least = 0.7
again_after = 0.3
too_fast = { over = 120, each = 0.7, at_most = 90.01 }
too_slow = { under = 110.5, each = 33.33, at_most = 99.99 }
[silence]
gap = { over = 0.25, each = 33.33, at_most = 99.99 }
share = { over = 0.1, each = 12.34 }
[prompts.late]
rule = "silence.share"
en = "late"
fr = "tard"
[phrases.en]
greeting = ["hello"]
thanks = ["thank you", "please"]
forbidden = ["stupid", "word"]
negative = ["cannot", "impossible", "sorry"]
[phrases.fr]
greeting = ["bonjour"]
thanks = ["merci"]
forbidden = ["calmez-vous", "word"]
negative = ["impossible", "désolé"]
"""


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    path = tmp_path_factory.mktemp("rules") / "odd.toml"
    path.write_text(ODD, encoding="utf-8")
    return load(str(path))


def check_reading(reading):
    assert [score.name for score in reading.scores] == NAMES
    for score in reading.scores:
        assert (score.value is None) == (score.missing_reason is not None) == bool(score.note)
        if score.value is None:
            assert score.trace == ()
            continue
        assert score.scale_min <= score.value
        assert score.scale_max is None or score.value <= score.scale_max
        # as they are written, and not as binary fractions come near it
        steps = [Decimal(repr(s.points)) for s in score.trace if s.points is not None]
        assert sum(steps) == Decimal(repr(score.value))
    starts = [event.start for event in reading.events if event.start is not None]
    assert starts == sorted(starts)


@given(calls())
@settings(max_examples=150, deadline=None)
def test_the_points_of_a_trace_add_up_exactly_to_the_score(one):
    check_reading(OWN.score(one))


@given(one=calls())
@settings(max_examples=150, deadline=None)
def test_odd_weights_and_points_add_up_exactly_too(odd, one):
    check_reading(odd.score(one))


@given(calls())
@settings(max_examples=80, deadline=None)
def test_a_prompt_is_shown_if_and_only_if_its_rule_took_or_withheld_points(one):
    reading = OWN.score(one)
    rule_of = {prompt.label: prompt.rule for prompt in OWN.rules.prompts}
    shown = {rule_of[label] for label, _ in prompts(reading)}
    broken = set()
    for score in reading.scores[1:5]:
        for step in score.trace:
            kept_back = score.name == "politeness" and step.points == 0
            if kept_back or (step.points is not None and step.points < 0):
                broken.add(step.rule)
    assert shown == broken - {"politeness.courtesy", "silence.share"}


@given(calls())
@settings(max_examples=80, deadline=None)
def test_words_of_the_customer_change_no_phrase_found(one):
    changed = tuple(
        Word("thank you stupid", word.start, word.end, role="customer")
        if word.role == "customer" and word.text not in ("", "—")
        else word
        for word in one.transcript.words
    )
    other = Call(transcript=Transcript("", changed), language=one.language, seconds=one.seconds)
    if changed:
        assert OWN.score(other) == OWN.score(one)


@given(calls())
@settings(max_examples=60, deadline=None)
def test_every_line_can_be_printed_in_both_languages_and_says_nothing_forbidden(one):
    reading = OWN.score(one)
    english, french = (explain(reading, lang=lang, rules=OWN.rules) for lang in ("en", "fr"))
    n_prompts = len(prompts(reading))
    n_steps = sum(len(score.trace) for score in reading.scores)
    assert len(english) == len(french) == len(NAMES) + n_steps + n_prompts
    for line in english:
        check_wording(line, "en")
    for line in french:
        check_wording(line, "fr")
        assert "missing" not in line
        assert "words" not in line.replace("words_per_minute", "").replace("your words", "")


# --- in words -------------------------------------------------------------------------------


def test_every_sentence_has_its_french():
    for name, pair in _PAIRS.items():
        fields = re.findall(r"{(..)}", pair.english)
        made = say(name, *(7.5 if field[0] == "n" else "“mot”" for field in fields))
        expected = pair.french.format(
            **{field: "7,5" if field[0] == "n" else "« mot »" for field in fields}
        )
        if "“{" in pair.english:
            continue  # the quotes are the template's own: below
        assert in_french(made) == expected, name
    assert in_french(say("other language", "es", "en, fr")) == (
        "l'appel est en « es » ; ces règles lisent en, fr"
    )
    assert in_french(say("not called for", "trouble")) == (
        "sans objet : rien de la liste « trouble » n'a été dit"
    )
    assert in_french(say("no quality", "pace, silence")).endswith("manquent : débit, silence")


def test_a_reading_is_explained_line_by_line():
    words = spoken("Bonjour je peux pas merci", every=1.0)
    lines = explain(OWN.score(call(words, language="fr")), lang="fr", rules=OWN.rules)
    assert "politesse : 90 sur 100" in lines
    assert "     +30  politeness.thanks : trouvé 1, demandé 1 : « merci » [4–4,4 s]" in lines
    assert "      +0  tone.negative : « je peux pas », toléré [1–3,4 s]" in lines
    english = explain(OWN.score(plain("Sorry you're having problems.")), rules=OWN.rules)
    assert (
        english[-1]
        == "prompt: “Show that you understand.” (politeness.empathy: found 0, asked for 1)"
    )
    by_label = explain(OWN.score(plain("Sorry you're having problems.")))
    assert by_label[-1].startswith("prompt: “show empathy” (")


def test_real_prompts_are_read_as_a_person_would(shared_data):
    path = shared_data("asterisk_prompts") / "utterances.csv"
    with path.open(encoding="utf-8-sig") as stream:
        rows = [row for row in csv.DictReader(stream) if row["reference"]]
    found, n_scored = {}, 0
    for row in rows:
        reading = OWN.score(
            plain(
                row["reference"],
                language=row["language"],
                seconds=json.loads(row["extra"])["dur"],
            )
        )
        check_reading(reading)
        n_scored += values(reading)["politeness"] is not None
        labels = [(e.label, e.found) for e in reading.events if e.kind == "category"]
        found[row["utterance_id"].partition("_")[2]] = labels
        if row["language"] == "es":
            assert labels == []
            assert values(reading)["politeness"] is None
    assert n_scored == sum(row["language"] in ("en", "fr") for row in rows)
    assert found["fr_CA_f_June_auth-thankyou"] == [("thanks", "Merci")]
    assert found["fr_CA_f_June_demo-nogo"] == [("apology", "désolé")]
    assert found["fr_CA_f_June_dir-intro"] == [
        ("greeting", "Bienvenue dans"),
        ("courtesy", "veuillez"),
    ]
    assert found["en_US_f_Allison_queue-thankyou"] == [("thanks", "Thank you")]
    assert found["en_US_f_Allison_sorry-youre-having-problems"] == [
        ("apology", "Sorry"),
        ("trouble", "problems"),
    ]
    assert found["en_US_f_Allison_hello-world"] == [("greeting", "Hello")]


# --- the file -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("[weights]", "[weight]", "weights is missing, and 'weight' is there"),
        ("politeness = 40", "politeness = 41", "weights add up to 101; they are out of 100"),
        ("politeness = 40", "politeness = 0.4", "weights add up to 60.4"),
        ("thanks = { at_least = 1, points = 30 }", "thanks = { at_least = 1, points = 20 }",
         "the points of politeness add up to 90"),
        ("at_least = 1, points = 10", "at_least = 0, points = 10",
         "politeness.courtesy.at_least is 0; write a whole number, 1 or more"),
        ("points = 30, within = 15", "points = 30, witin = 15",
         r"no key in \[politeness.greeting\] named 'witin'. Did you mean 'within'"),
        ("points = 30, within", "points = 30.123, within", "points is 30.123; at most two"),
        ("under = 90", "under = 200", "pace.too_slow is under 200 .* pace.too_fast over 200"),
        ("least = 5 ", "least = 50 ", "pace.least is 50 s, longer than the window of 20 s"),
        ("over = 0.5, each", "over = 1.5, each", "silence.share is over 1.5; a share"),
        ("gap = { over = 4", "gap = { over = 0.2", "silence.gap is over 0.2 s, less than"),
        ("each = 25, at_most = 75", "each = 25, at_most = 175", "tone.forbidden.at_most is 175"),
        ("each = 25", "each = -25", "tone.forbidden.each is -25; write 0 or more"),
        ("each = 25", "each = true", "tone.forbidden.each is True; write a number"),
        ('"stupid", "idiot", "ridiculous"', '"stupid", "Thank-you", "ridiculous"',
         "phrases.en: 'Thank-you' is in 'thanks' and in 'forbidden'"),
        ('"merci", "merci beaucoup"', '"merci", "…"', "phrases.fr: '…' in 'thanks' holds no word"),
        ('ignored = [\n  "not bad"', 'other = [\n  "not bad"',
         "phrases.en has no list 'ignored', which phrases.fr has"),
        ("[phrases.fr]", "[phrases.es]", "no language named 'es'. .*Known: en, fr"),
        ('silence_from = "words, else audio"\n', 'silence_from = "both"\n',
         'silence_from is \'both\'; write one of "words", "audio", "words, else audio"'),
        ('rule = "politeness.thanks"\n', "", "prompts.say thanks.rule is missing"),
        ('rule = "politeness.thanks"\n', 'rule = "politeness.thank"\n',
         "no rule named 'politeness.thank'. Did you mean 'politeness.thanks'"),
        ('opposite = "speak faster"', 'opposite = "speak quicker"',
         "prompts.speak slower.opposite: no prompt named 'speak quicker'"),
        ('opposite = "speak faster"', 'opposite = "speak slower"', "is the prompt itself"),
        ('opposite = "speak faster"', 'opposite = "greet"\n',
         "prompts.speak faster has the opposite 'speak slower', whose own is 'greet'"),
        ('fr = "Dites merci."\n', "", "prompts.say thanks.fr is missing"),
        ('rule = "politeness.thanks"\n', 'rule = "politeness.thanks"\nwhen = "at once"\n',
         "no `within` that could pass"),
        ('rule = "politeness.thanks"\n', 'rule = "silence.share"\nwhen = "at once"\n',
         "say thanks.when is .*the share is known at the end"),
        ('only_if = "trouble"', 'only_if = "troubles"', "no list named 'troubles'"),
        ('missing = "missing"', 'missing = "missing"\nlanguage = "de"',
         "language is 'de', and there are phrases in en, fr only"),
        ('missing = "missing"', 'missing = "missing"\ncolour = "red"', "no key named 'colour'"),
        ("[weights]", "[weights", "is not TOML"),
        ("[tone]\nforbidden", "[tone]\nforbiden", "tone.forbiden: no list named 'forbiden'"),
    ],
)  # fmt: skip
def test_a_file_that_contradicts_itself_is_one_line_with_the_file_and_the_key(
    tmp_path, old, new, complaint
):
    path = rules_with(tmp_path, (old, new))
    with pytest.raises(OptionError, match=complaint) as caught:
        load(str(path))
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(NotFoundError, match="nowhere.toml: no such file of rules"):
        load_system("tone:interact/nowhere.toml")


def test_an_empty_list_is_refused(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(ODD.replace('greeting = ["hello"]', "greeting = []"), encoding="utf-8")
    with pytest.raises(OptionError, match="phrases.en.greeting is an empty list"):
        read_rules(path)


def test_the_version_is_a_digest_of_what_the_file_says(tmp_path):
    copy = rules_with(tmp_path)
    assert read_rules(copy).version == OWN.rules.version
    copy.write_bytes(copy.read_bytes().replace(b"\n", b"\r\n"))  # as Windows would save it
    assert read_rules(copy).version == OWN.rules.version
    other = load(str(rules_with(tmp_path, ("window = 20 ", "window = 30 "))))
    assert other.info.version != OWN.info.version
    assert other.info.name == "tone:interact/mine.toml"
    options = dict(OWN.info.options)
    assert options["rules"] == "interact.toml"
    assert options["pace"] == "90-200 words/min"
    assert options["opposites"] == "speak slower / speak faster"
    assert options["silence_from"] == "words, else audio"
    assert str(tmp_path) not in repr(other.info)


def test_it_reads_transcripts_and_claims_no_feeling():
    assert OWN.info.reads == ("transcript",)
    assert OWN.info.tier == "T3"
    assert OWN.info.modality == "mixed"
    assert not OWN.info.infers_emotion


def test_it_can_be_sent_to_a_worker():
    one = call("good morning thank you", seconds=9.0)
    assert pickle.loads(pickle.dumps(OWN)).score(one) == OWN.score(one)


@pytest.mark.slow
def test_a_call_of_a_hundred_words_takes_well_under_a_millisecond():
    text = "hello I am sorry you have a problem with this please hold thank you very much indeed "
    one = call(spoken((text * 6)[: len(text) * 6], every=0.42, length=0.3)[:100])
    OWN.score(one)
    times = []
    for _ in range(7):
        began = time.process_time()
        for _ in range(200):
            OWN.score(one)
        times.append((time.process_time() - began) / 200)
    assert min(times) < 0.0006
