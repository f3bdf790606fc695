"""ProtoJSON, in which Google's services write: lengths, absent fields, two spellings of names.

The rules are those of https://protobuf.dev/programming-guides/json/. A Duration is '1.200s'. A
number without presence (confidence, channelTag, a sentiment score) is left out when it is 0, so
that an absent one is 0, unless the field's own documentation makes 0 mean "not set". A message
(Duration, SentimentData) and an `optional` number have presence: an absent one was never set, and
a word at the very start of the audio is written '0s'. Names are lowerCamelCase; client libraries
that dump with `preserving_proto_field_name` write the proto's own snake_case. Dumps of protobuf.js
write a Duration as {"seconds": "1", "nanos": 200000000}.
"""

from __future__ import annotations

import re
from typing import Any

from biasbench.systems.times import seconds

_SNAKE = re.compile(r"[a-z]+(?:_[a-z0-9]+)+")
_HUMP = re.compile(r"_([a-z0-9])")


def length(value: Any) -> float | None:  # noqa: ANN401 - any JSON value
    """A Duration in seconds; None if it was never set. ValueError if it is not a Duration.

    >>> length("1.200s"), length({"seconds": "1", "nanos": 200000000}), length(None)
    (1.2, 1.2, None)
    >>> length({})
    0.0
    """
    if value is None:
        return None
    if isinstance(value, dict):
        return round(int(value.get("seconds", 0)) + int(value.get("nanos", 0)) * 1e-9, 9)
    # Two per word: the plain case is read without the pattern, which then judges all others.
    if isinstance(value, str) and value[-1:] == "s" and value[:-1].replace(".", "", 1).isdecimal():
        return float(value[:-1])
    return seconds(value, "suffix")


def set_number(value: Any) -> float | None:  # noqa: ANN401 - any JSON value
    """A number of a field whose documentation says that 0 means "not set"; None if it is not.

    >>> set_number(0.9), set_number(0.0), set_number(None)
    (0.9, None, None)
    """
    return float(value) if value else None


def number(value: Any) -> float | None:  # noqa: ANN401 - any JSON value
    """A number, also one written as text as ProtoJSON and BigQuery write int64; None if absent.

    >>> number("2300000000"), number(0), number(None)
    (2300000000.0, 0.0, None)
    """
    return None if value is None or value == "" else float(value)


def camel(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The same document with lowerCamelCase names.

    >>> camel({"result_end_time": "1s", "results": [{"channel_tag": 1}], "gs://a_b": 1})
    {'resultEndTime': '1s', 'results': [{'channelTag': 1}], 'gs://a_b': 1}
    """
    if isinstance(value, dict):
        return {
            _HUMP.sub(lambda found: found[1].upper(), key) if _SNAKE.fullmatch(key) else key: camel(
                inner
            )
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [camel(inner) for inner in value]
    return value
