"""Azure batch and fast transcription, and Microsoft's call-centre sample: their traps."""

import json
from pathlib import Path

import pytest

from biasbench.systems import Word
from biasbench.systems.exports import ExportFile, Notes
from biasbench.systems.vendors import _azure, azure_batch, azure_call_center, azure_fast

SAMPLES = Path(__file__).parents[3] / "shared" / "design" / "vendors" / "samples"
READERS = (azure_batch, azure_call_center, azure_fast)


def a_file(document, name="contenturl_0.json"):
    text = document if isinstance(document, str) else json.dumps(document)
    return ExportFile(name, text.encode())


def read(reader, document):
    """The one call of a document that its reader, and no other here, recognises; what it noted."""
    file, notes = a_file(document), Notes()
    assert [one for one in READERS if one.recognises(file)] == [reader]
    [call] = reader.read([file], notes)
    return call, notes


def sample(name):
    if not (SAMPLES / name).is_file():
        pytest.skip(f"no sample {name} beside this checkout")
    return (SAMPLES / name).read_text(encoding="utf-8")


def ticks(start, lasts, **more):
    return {"offsetInTicks": start, "durationInTicks": lasts, **more}


def phrase(lexical, start=10_000_000, lasts=5_000_000, *, best=None, **more):
    first = {"lexical": lexical, "display": lexical.capitalize() + ".", "confidence": 0.9}
    return ticks(
        start,
        lasts,
        **{
            "recognitionStatus": "Success",
            "channel": 0,
            "nBest": [{**first, **(best or {})}],
            **more,
        },
    )


def batch(*phrases, **more):
    return {
        "source": "https://a.blob.core.windows.net/calls/day-1/C-3.wav?sv=2021&sig=x/SECRET.1",
        "timestamp": "2026-03-04T12:00:00Z",
        "durationInTicks": 90_000_000,
        "combinedRecognizedPhrases": [],
        "recognizedPhrases": list(phrases),
        **more,
    }


# Batch


def test_ticks_are_a_ten_millionth_of_a_second_and_an_end_is_start_and_duration():
    call, _ = read(azure_batch, batch(phrase("good day", 12_345_678, 5_000_000)))
    [said] = call.said
    assert (said.start, said.end) == (1.2345678, 1.7345678)
    assert call.seconds == 9.0


def test_without_ticks_the_iso_lengths_are_read_and_then_the_milliseconds():
    iso, milliseconds = phrase("one"), phrase("two", channel=1)
    for one in (iso, milliseconds):
        del one["offsetInTicks"], one["durationInTicks"]
    iso |= {"offset": "PT1M2.5S", "duration": "PT0.5S"}
    milliseconds |= {"offsetMilliseconds": 400, "durationMilliseconds": 250}
    call, _ = read(azure_batch, batch(iso, milliseconds))
    assert [(one.start, one.end) for one in call.said] == [(0.4, 0.65), (62.5, 63.0)]


def test_phrases_sorted_by_channel_come_in_order_of_time():
    call, _ = read(
        azure_batch,
        batch(
            phrase("first", 0),
            phrase("third", 60_000_000),
            phrase("second", 30_000_000, channel=1),
        ),
    )
    assert [(one.text, one.speaker) for one in call.said] == [
        ("first", "0"),
        ("second", "1"),
        ("third", "0"),
    ]


def test_the_text_is_the_lexical_form_of_the_best_alternative():
    one = phrase("twenty five pounds", best={"display": "£25.", "maskedITN": "****"})
    one["nBest"].append({"lexical": "plenty five pounds"})
    call, notes = read(azure_batch, batch(one))
    assert call.said[0].text == "twenty five pounds"
    assert call.said[0].confidence == 0.9
    assert notes.counts[_azure.ALTERNATIVES] == 1


def test_a_phrase_without_a_lexical_form_has_the_display_form_and_is_counted():
    call, notes = read(azure_batch, batch(phrase("", best={"display": "£25."})))
    assert call.said[0].text == "£25."
    assert notes.counts[_azure.DISPLAY_ONLY] == 1


def test_words_have_a_confidence_and_display_words_have_none():
    heard = [ticks(10_000_000, 2_000_000, word="good", confidence=0.75)]
    shown = [ticks(10_000_000, 2_000_000, displayText="Good,")]
    both = phrase("good", best={"words": heard, "displayWords": shown})
    only = phrase("good", 20_000_000, best={"displayWords": shown})
    call, notes = read(azure_batch, batch(both, only, phrase("good", 30_000_000)))
    assert [one.words for one in call.said] == [
        (Word("good", 1.0, 1.2, 0.75),),
        (Word("Good,", 1.0, 1.2, None),),
        (),
    ]
    assert notes.counts[_azure.DISPLAY_WORDS] == 1


def test_speakers_count_from_one_in_the_phrase_as_in_the_alternative():
    call, _ = read(
        azure_batch,
        batch(phrase("a", 0, speaker=1), phrase("b", 10_000_000, best={"speaker": 2})),
    )
    assert [one.speaker for one in call.said] == ["1", "2"]
    assert [one.role for one in call.said] == [None, None]


def test_speakers_of_two_channels_are_not_one():
    call, _ = read(
        azure_batch, batch(phrase("a", 0, speaker=1), phrase("b", 10_000_000, channel=1, speaker=1))
    )
    assert [one.speaker for one in call.said] == ["0/1", "1/1"]


def unheard(status, start=0, **more):
    return ticks(start, 10, recognitionStatus=status, channel=0, nBest=[], **more)


def test_speech_without_a_recognised_word_is_kept_and_silence_is_not_an_utterance():
    call, notes = read(
        azure_batch,
        batch(
            unheard("InitialSilenceTimeout"),
            unheard("BabbleTimeout"),
            unheard("Error"),
            unheard("NoMatch", 20_000_000),
        ),
    )
    [said] = call.said
    assert (said.text, said.start) == ("", 2.0)
    assert said.raw == {"recognitionStatus": "NoMatch"}
    assert notes.counts == {_azure.NOTHING_SAID: 2, _azure.FAILED: 1, _azure.NO_MATCH: 1}


def test_a_text_of_an_unsuccessful_phrase_is_kept_and_counted():
    call, notes = read(azure_batch, batch(phrase("hm", recognitionStatus="BabbleTimeout")))
    assert call.said[0].text == "hm"
    assert notes.counts == {_azure.UNSUCCESSFUL_TEXT: 1}


def test_a_successful_phrase_of_no_words_is_an_empty_text():
    call, notes = read(azure_batch, batch(phrase("", best={"display": ""})))
    assert [one.text for one in call.said] == [""]
    assert notes.counts == {_azure.EMPTY: 1}


def test_a_word_of_a_negative_duration_has_no_end_and_is_counted():
    words = [ticks(10_000_000, -1_000_000, word="eh", confidence=0.5)]
    call, notes = read(azure_batch, batch(phrase("eh", best={"words": words})))
    assert call.said[0].words == (Word("eh", 1.0, None, 0.5),)
    assert notes.counts == {_azure.BACKWARDS: 1}


def test_the_call_is_named_by_its_audio_without_the_access_token():
    call, _ = read(azure_batch, batch(phrase("a")))
    assert call.call_id == "C-3"
    assert "SECRET" not in repr(call)


def test_the_time_of_the_transcription_is_not_that_of_the_call():
    call, _ = read(azure_batch, batch(phrase("a")))
    assert call.started is None
    assert call.facts == {"transcribed_at": "2026-03-04T12:00:00Z"}


@pytest.mark.parametrize(
    ("document", "version"),
    [
        (batch(phrase("a")), "3.0 to 3.2"),
        (batch(phrase("a", locale="en-GB")), "3.1 or 3.2"),
        (batch(phrase("a", best={"displayWords": []})), "3.1 or 3.2"),
        (batch(phrase("a"), durationMilliseconds=9000), "2024-11-15"),
    ],
)
def test_the_version_is_told_from_the_fields(document, version):
    _, notes = read(azure_batch, document)
    assert notes.versions == {version: 1}


def test_one_language_is_the_calls_and_two_are_the_utterances():
    one, _ = read(azure_batch, batch(phrase("a", locale="fr-FR"), phrase("b", locale="fr-FR")))
    two, _ = read(azure_batch, batch(phrase("a", locale="fr-FR"), phrase("b", locale="en-GB")))
    assert (one.language, one.said[0].raw) == ("fr-FR", {})
    assert two.language is None
    assert [said.raw for said in two.said] == [{"locale": "fr-FR"}, {"locale": "en-GB"}]


@pytest.mark.parametrize("name", ["azure_batch_v3_2.json", "azure_batch_v2024-11-15.json"])
def test_the_batch_samples_have_four_utterances_and_36_words(name):
    call, _ = read(azure_batch, sample(name))
    assert [(one.start, one.end, one.speaker) for one in call.said] == [
        (0.4, 3.2, "0"),
        (3.65, 7.1, "1"),
        (6.8, 10.3, "0"),
        (12.6, 14.4, "1"),
    ]
    assert sum(len(one.words) for one in call.said) == 36
    assert (call.call_id, call.seconds) == ("CALL-2026-000137", 15.0)


# The call-centre sample


def call_center(*phrases, **results):
    return {"transcription": batch(*phrases), "conversationAnalyticsResults": results}


FEELING = {"positive": 0.2, "neutral": 0.5, "negative": 0.3}


def test_a_sentiment_is_three_probabilities_and_not_a_score():
    call, notes = read(azure_call_center, call_center(phrase("a", best={"sentiment": FEELING})))
    assert [
        (one.name, one.value, one.scale_min, one.scale_max, one.direction)
        for one in call.said[0].scores
    ] == [
        ("sentiment: positive (probability)", 0.2, 0.0, 1.0, "higher is better"),
        ("sentiment: neutral (probability)", 0.5, 0.0, 1.0, "neither"),
        ("sentiment: negative (probability)", 0.3, 0.0, 1.0, "higher is worse"),
    ]
    assert azure_call_center.ODD_SUM not in notes.counts


def test_a_phrase_without_sentiment_was_not_analysed():
    call, _ = read(azure_call_center, call_center(phrase("a")))
    assert [(one.value, one.missing_reason) for one in call.said[0].scores] == [
        (None, "not analysed")
    ] * 3


def test_a_missing_probability_is_not_zero():
    told = {"positive": 0.0, "neutral": 0.5}
    call, _ = read(azure_call_center, call_center(phrase("a", best={"sentiment": told})))
    assert [(one.value, one.missing_reason) for one in call.said[0].scores] == [
        (0.0, None),
        (0.5, None),
        (None, "unset"),
    ]


@pytest.mark.parametrize(("negative", "odd"), [(0.31, 0), (0.5, 1)])
def test_probabilities_add_up_to_one_but_for_rounding(negative, odd):
    told = {**FEELING, "negative": negative}
    _, notes = read(azure_call_center, call_center(phrase("a", best={"sentiment": told})))
    assert notes.counts[azure_call_center.ODD_SUM] == odd


def test_the_first_to_speak_is_nobody_until_the_user_says_who():
    call, _ = read(azure_call_center, call_center(phrase("hello", 0), phrase("yes", channel=1)))
    assert [(one.speaker, one.role) for one in call.said] == [("0", None), ("1", None)]


def test_summaries_and_personal_data_are_not_read():
    call, notes = read(
        azure_call_center,
        call_center(
            phrase("a"), conversationSummaryResults={"conversations": [{"text": "Mr Brown"}]}
        ),
    )
    assert "Brown" not in repr(call)
    assert notes.counts[azure_call_center.SUMMARIES] == 1


def test_the_call_centre_sample_has_its_sentiments_in_order_of_time():
    call, _ = read(azure_call_center, sample("azure_call_center_full_output.json"))
    assert [(one.start, one.scores[2].value) for one in call.said] == [
        (0.4, 0),
        (3.65, 0.72),
        (6.8, 0),
        (12.6, 0),
    ]


# Fast


def fast(*phrases, **more):
    return {
        "durationMilliseconds": 9000,
        "combinedPhrases": [{"channel": 0, "text": "Good day. Yes."}],
        "phrases": list(phrases),
        **more,
    }


GOOD_DAY = {
    "channel": 0,
    "offsetMilliseconds": 1250,
    "durationMilliseconds": 500,
    "text": "Good day.",
    "words": [{"text": "Good", "offsetMilliseconds": 1250, "durationMilliseconds": 200}],
    "locale": "en-GB",
    "confidence": 0.875,
}


def test_milliseconds_are_a_start_and_a_duration_and_words_have_no_confidence():
    call, notes = read(azure_fast, fast(GOOD_DAY))
    [said] = call.said
    assert (said.text, said.start, said.end, said.confidence) == ("Good day.", 1.25, 1.75, 0.875)
    assert said.words == (Word("Good", 1.25, 1.45, None),)
    assert (said.speaker, said.role) == ("0", None)
    assert (call.call_id, call.seconds, call.language) == (None, 9.0, "en-GB")
    assert notes.versions == {"REST": 1}


@pytest.mark.parametrize(
    ("names", "version"),
    [
        (
            {"durationMilliseconds": "durationInMs", "offsetMilliseconds": "offsetInMs"},
            "JavaScript SDK",
        ),
        (
            {
                "durationMilliseconds": "duration_milliseconds",
                "offsetMilliseconds": "offset_milliseconds",
                "combinedPhrases": "combined_phrases",
            },
            "snake_case",
        ),
    ],
)
def test_the_names_of_the_sdks_read_the_same(names, version):
    rest = json.dumps(fast(GOOD_DAY))
    for old, new in names.items():
        rest = rest.replace(f'"{old}"', f'"{new}"')
    call, notes = read(azure_fast, rest)
    assert call == read(azure_fast, fast(GOOD_DAY))[0]
    assert notes.versions == {version: 1}


def test_phrases_are_sorted_by_time_and_a_speaker_names_them_if_there_is_one():
    later = {**GOOD_DAY, "offsetMilliseconds": 5000, "speaker": 2}
    call, _ = read(azure_fast, fast(later, {**GOOD_DAY, "speaker": 1}))
    assert [(one.start, one.speaker) for one in call.said] == [(1.25, "1"), (5.0, "2")]


def test_a_phrase_without_channel_or_speaker_is_of_nobody():
    call, _ = read(
        azure_fast, fast({key: GOOD_DAY[key] for key in GOOD_DAY if key not in ("channel",)})
    )
    assert call.said[0].speaker is None


def test_a_text_per_channel_alone_is_an_utterance_without_times():
    call, notes = read(azure_fast, fast())
    assert [(one.text, one.start, one.speaker) for one in call.said] == [
        ("Good day. Yes.", None, "0")
    ]
    assert notes.counts[azure_fast.COMBINED_ONLY] == 1


def test_a_time_that_is_no_number_is_an_error():
    with pytest.raises(ValueError, match="'soon' is not a number of ms"):
        read(azure_fast, fast({**GOOD_DAY, "offsetMilliseconds": "soon"}))


def test_a_negative_duration_in_milliseconds_is_not_altered():
    call, _ = read(azure_fast, fast({**GOOD_DAY, "durationMilliseconds": -250}))
    assert (call.said[0].start, call.said[0].end) == (1.25, 1.0)


def test_the_fast_sample_has_four_utterances_in_order_of_time():
    call, _ = read(azure_fast, sample("azure_fast_transcription.json"))
    assert [(one.start, one.end, one.speaker) for one in call.said] == [
        (0.4, 3.2, "0"),
        (3.65, 7.1, "1"),
        (6.8, 10.3, "0"),
        (12.6, 14.4, "1"),
    ]
    assert call.said[0].confidence == 0.8124


@pytest.mark.parametrize(
    "document",
    [
        {"results": [{"alternatives": [{"transcript": "a"}]}]},
        {"RecognitionStatus": "Success", "Offset": 0, "DisplayText": "Hi."},
        {"phrases": []},
        {"conversationAnalyticsResults": {}},
        {"transcription": {"recognizedPhrases": []}},
        [],
        "WEBVTT\n",
    ],
)
def test_other_documents_are_not_azures(document):
    assert not any(reader.recognises(a_file(document)) for reader in READERS)
