"""VADER's rules, with its own lexicon for English or a French one.

Hutto and Gilbert (2014), VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social
Media Text, ICWSM. The rules are the code of the package `vaderSentiment` (MIT), run as it is: a
word's valence (-4 to 4, a mean of ten raters) is moved by the three words before it (0.293 up or
down for 'very' and 'slightly', times -0.74 for 'not'), by capitals and by 'but'; the compound is
s / sqrt(s² + 15) of the sum s.

French: `fr_lexicon.txt` and `emojis_fr.txt` of `vaderSentiment_fr` 1.3.4 (Deprez and Ek, MIT), and
from its code, copied below, the words that negate and those that strengthen or weaken. Its files
are read and its code is not run, because that

- imports fuzzywuzzy, which is under the GPL-2.0, and puts '/' among Python's import paths;
- takes a number such as 25 for a word in capitals: 'merci' is 0.3612 there, 'merci 25' 0.4199;
- drops accents, so that 430 spellings stand for words of different valence ('abuse' -0.8, 'abusé'
  -1.9), and all of one spelling get the valence of whichever its file names last.

So the same rules serve both languages; 'mais' is the French 'but', and an elided word ('l'erreur')
is two. As in both packages, an entry of several words ('en colère') is never found, and a word
that strengthens others ('super', 'fort') has no valence of its own; 'plus' always negates.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import string
import unicodedata
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from biasbench.errors import InputError, MissingExtraError
from biasbench.systems.weights import sha256_of

Language = Literal["en", "fr"]

#: The numbers of VADER that a reader of a trace needs.
ALPHA = 15

_STRONGER, _WEAKER = 0.293, -0.293

#: What negates in French: NEGATE of vaderSentiment_fr 1.3.4.
FRENCH_NEGATIONS = ("pas", "jamais", "plus", "rien", "aucunement", "nullement", "sans", "ni")

#: What strengthens or weakens the word after it in French: BOOSTER_DICT of the same.
FRENCH_DEGREES: Mapping[str, float] = {
    **dict.fromkeys(
        (
            *("absolument", "ainsi", "archi", "beaucoup", "bigrement", "bougrement", "carrément"),
            *("complètement", "considérablement", "davantage", "diablement", "diantrement"),
            *("divinement", "drôlement", "délicieusement", "entièrement", "exceptionnel"),
            *("exceptionnelle", "exceptionnellement", "exceptionnelles", "exceptionnels"),
            *("excessivement", "extra", "extrême", "extrêmement", "fabuleusement", "fichtrement"),
            *("fort", "forte", "fortes", "forts", "grandement", "hyper", "impeccablement"),
            *("incroyablement", "infiniment", "joliment", "merveilleusement", "prodigieusement"),
            *("profondément", "putain de", "rudement", "sacrément", "spécialement", "sublimement"),
            *("super", "superbement", "tant", "tellement", "terriblement", "totalement", "trop"),
            *("très", "ultra", "vachement", "vraiment", "énormément"),
        ),
        _STRONGER,
    ),
    **dict.fromkeys(
        (
            *("approximativement", "assez", "difficilement", "environ", "guère", "insuffisament"),
            *("insuffisamment", "juste", "léger", "légers", "légère", "légèrement", "légères"),
            *("moins", "peu", "plutôt", "presque", "quasi", "quasiment", "quelque", "quelque peu"),
            *("rare", "rarement", "à peine", "à peu près"),
        ),
        _WEAKER,
    ),
}

_TYPOGRAPHY = str.maketrans(
    {"’": "'", "ʼ": "'", "…": "...", "«": '"', "»": '"', "“": '"', "”": '"', "„": '"'}
)
_ELISION = re.compile(r"(?<![\w'-])(c|d|j|l|m|n|s|t|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=\w)", re.I)


@dataclass(frozen=True)
class Valence:
    """A word that counted: its valence in the lexicon, and what the rules made of it there."""

    word: str
    in_lexicon: float
    here: float


@dataclass(frozen=True)
class Sentiment:
    """What VADER says of one sentence, rounded as it rounds: compound to 4 digits, shares to 3.

    `total` is the sum s of the valences, with what exclamation and question marks add.
    """

    compound: float
    positive: float
    neutral: float
    negative: float
    total: float
    valences: tuple[Valence, ...]


class Vader:
    """The rules with the lexicon of one language.

    Raises MissingExtraError where a package is not installed.
    """

    def __init__(self, language: Language) -> None:
        self._language = language
        source, lexicon, emojis = _files(language)
        self._module = _copy_of_the_module(source)
        with warnings.catch_warnings():
            # the package reads its files by codecs.open, which Python 3.14 deprecates
            warnings.filterwarnings("ignore", "codecs.open", DeprecationWarning)
            self._analyzer: Any = self._module.SentimentIntensityAnalyzer()
        if language == "fr":
            self._speak_french(lexicon, emojis)
        self._score_valence = self._analyzer.score_valence
        self._analyzer.score_valence = self._noting_valences
        self._noted: tuple[tuple[float, ...], str] = ((), "")

    def read(self, sentence: str) -> Sentiment:
        """The sentiment of one sentence; apostrophes, quotes and accents may be written any way."""
        shares = self._analyzer.polarity_scores(self._plain(sentence))
        found, text = self._noted
        words = self._module.SentiText(text).words_and_emoticons
        lexicon = self._analyzer.lexicon
        total = sum(found)
        emphasis = self._analyzer._punctuation_emphasis(text)
        return Sentiment(
            compound=float(shares["compound"]),
            positive=float(shares["pos"]),
            neutral=float(shares["neu"]),
            negative=float(shares["neg"]),
            total=total + (emphasis if total > 0 else -emphasis if total < 0 else 0.0),
            valences=tuple(
                Valence(word, lexicon[word.lower()], float(valence))
                for word, valence in zip(words, found, strict=True)
                if valence
            ),
        )

    def _plain(self, sentence: str) -> str:
        text = unicodedata.normalize("NFC", sentence).translate(_TYPOGRAPHY)
        if self._language == "en":
            return text
        return " ".join(self._without_elision(token) for token in text.split())

    def _without_elision(self, token: str) -> str:
        if token.strip(string.punctuation).lower() in self._analyzer.lexicon:  # d'accord
            return token
        return _ELISION.sub(r"\1 ", token)

    def _noting_valences(self, valences: Sequence[float], text: str) -> dict[str, float]:
        # the last step of polarity_scores, and the only one that is given every word's valence
        self._noted = tuple(valences), text
        scores: dict[str, float] = self._score_valence(valences, text)
        return scores

    def _speak_french(self, lexicon: Path, emojis: Path) -> None:
        self._module.NEGATE = list(FRENCH_NEGATIONS)  # type: ignore[attr-defined]
        self._module.BOOSTER_DICT = dict(FRENCH_DEGREES)  # type: ignore[attr-defined]
        self._module.SPECIAL_CASES = {}  # type: ignore[attr-defined]
        self._analyzer.lexicon = {
            word: float(valence) for word, valence in _pairs(lexicon, separator="->")
        }
        self._analyzer.emojis = dict(_pairs(emojis, separator="\t"))
        contrast = self._analyzer._but_check

        def contrast_in_french(words: Sequence[str], valences: list[float]) -> list[float]:
            # 'but' is a French word too: an aim
            in_english = {"mais": "but", "but": "aim"}
            translated = [in_english.get(word.lower(), word) for word in words]
            changed: list[float] = contrast(translated, valences)
            return changed

        self._analyzer._but_check = contrast_in_french


def digest(languages: Sequence[Language]) -> str:
    """SHA-256 of everything that the sentiment of these languages depends on, but this file."""
    listing = "".join(
        f"{path.name} {sha256_of(path)}\n" for language in languages for path in _files(language)
    )
    rules = f"{FRENCH_NEGATIONS} {sorted(FRENCH_DEGREES.items())}" if "fr" in languages else ""
    return hashlib.sha256((listing + rules).encode()).hexdigest()


def package_versions(languages: Sequence[Language]) -> tuple[str, ...]:
    """Versions of vaderSentiment and, where French is among the languages, of vaderSentiment_fr."""
    packages = ("vaderSentiment", "vaderSentiment_fr") if "fr" in languages else ("vaderSentiment",)
    try:
        return tuple(version(package) for package in packages)
    except ImportError as error:
        raise MissingExtraError("tone:sentiment", str(error.name), "sentiment") from error


def _files(language: Language) -> tuple[Path, Path, Path]:
    """The rules, the lexicon and the descriptions of emojis."""
    english = _package("vaderSentiment")
    source = english / "vaderSentiment.py"
    if language == "en":
        files = source, english / "vader_lexicon.txt", english / "emoji_utf8_lexicon.txt"
    else:
        french = _package("vaderSentiment_fr")
        files = source, french / "fr_lexicon.txt", french / "emojis_fr.txt"
    for path in files:
        if not path.is_file():
            raise InputError(
                f"{path}: is not there, and tone:sentiment needs it. Install the package again"
            )
    return files


def _package(name: str) -> Path:
    """Its folder, found without running any of its code."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError("tone:sentiment", name, "sentiment")
    return Path(spec.submodule_search_locations[0])


def _copy_of_the_module(source: Path) -> ModuleType:
    """A copy of its own: the lists of words are globals, and another language changes them."""
    spec = importlib.util.spec_from_file_location("_biasbench_vader", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _pairs(path: Path, *, separator: str) -> list[tuple[str, str]]:
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        key, found, value = line.strip().partition(separator)
        if not found:
            raise InputError(f"{path}: line {number} has no '{separator}': {line!r}")
        rows.append((key, value.split(separator)[0]))
    return rows
