"""The page: self-contained, escaped, in its language, the same bytes twice."""

import base64
import hashlib
import itertools
import re
from html.parser import HTMLParser

import pytest

from biasbench.errors import OptionError
from biasbench.report import write_report
from biasbench.report.sections import ANNEXES, SECTIONS
from biasbench.report.wording import WordingError
from tests.report.simulated import GROUPS, SMALL, chain, evidence

VOID = {"meta", "br", "hr", "img", "input", "link", "wbr"}


class Page(HTMLParser):
    """Tags with their attributes, the text, and whatever was left open."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts, self.open, self.wrong = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, text):
        self.texts.append(text)

    def attributes(self, name):
        return [attrs[name] for _tag, attrs in self.tags if name in attrs]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    made = evidence(SMALL)
    return {
        lang: write_report(made, folder / f"{lang}.html", lang=lang).read_text("utf-8")
        for lang in ("fr", "en")
    }


def test_the_page_is_in_its_language_and_closes_every_tag(pages):
    for lang, text in pages.items():
        page = Page(text)
        assert page.tags[0] == ("html", {"lang": lang})
        assert (page.open, page.wrong) == ([], [])


def test_nothing_is_asked_of_the_network(pages):
    for text in pages.values():
        page = Page(text)
        for name in ("src", "href", "xlink:href", "action", "poster", "srcset"):
            for value in page.attributes(name):
                assert value.startswith(("#", "data:")), f"{name}={value}"
        assert "@import" not in text
        assert not re.search(r"url\((?!#)", text)


def test_the_content_policy_names_the_hash_of_what_is_on_the_page(pages):
    text = pages["en"]
    policy = next(p for p in Page(text).attributes("content") if "default-src" in p)
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        inside = re.findall(rf"<{tag}>(.*?)</{tag}>", text, flags=re.DOTALL)
        assert len(inside) == 1
        digest = base64.b64encode(hashlib.sha256(inside[0].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_no_element_has_a_style_or_a_handler_that_the_policy_would_block(pages):
    for _tag, attributes in Page(pages["fr"]).tags:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]


def test_ids_are_unique_and_figures_are_described(pages):
    page = Page(pages["en"])
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    figures = [attrs for tag, attrs in page.tags if tag == "svg"]
    assert len(figures) == 2
    assert all(attrs["role"] == "img" and attrs["aria-labelledby"] in ids for attrs in figures)


def test_headings_do_not_skip_a_level(pages):
    levels = [int(tag[1]) for tag, _ in Page(pages["en"]).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_tables_have_captions_and_header_cells(pages):
    tags = [tag for tag, _ in Page(pages["en"]).tags]
    assert tags.count("caption") == tags.count("table") > 5
    scopes = {attrs.get("scope") for tag, attrs in Page(pages["en"]).tags if tag == "th"}
    assert scopes == {"row", "col"}


def test_a_label_that_is_markup_is_printed_as_text(tmp_path):
    evil = "<script>alert('x')</script>"
    made = evidence({evil: (20, 0.2), "b": (20, 0.1)}, provenance=chain(corpus_name=evil))
    text = write_report(made, tmp_path / "r.html").read_text("utf-8")
    assert evil not in text
    assert evil in "".join(Page(text).texts)
    assert text.count("<script>") == 1


def test_labels_that_mean_something_to_matplotlib_are_printed_as_they_are(tmp_path):
    made = evidence({"$x_2$ & <b>": (20, 0.2), "back\\slash": (20, 0.1)})
    text = write_report(made, tmp_path / "r.html").read_text("utf-8")
    assert "$x_2$ & <b>" in Page(text).texts


def test_the_same_evidence_gives_the_same_bytes(tmp_path):
    first = write_report(evidence(SMALL), tmp_path / "a.html", lang="fr").read_bytes()
    second = write_report(evidence(SMALL), tmp_path / "b.html", lang="fr").read_bytes()
    assert first == second


def test_french_numbers_have_commas_in_text_tables_and_figures(pages):
    whole = pages["fr"]
    # The glossary is in both languages.
    french = re.sub(r'<section id="glossary".*?</section>', "", whole, flags=re.DOTALL)
    printed = " ".join(Page(french).texts)
    printed = re.sub(r"[\w.+:/@-]*(\|[\w.+:/@-]*)+", "", printed)  # signatures
    visible = re.sub(r"biasbench \S+|version \S+|1\.2|:root.*", "", printed)
    assert re.search(r"\d,\d", visible)
    assert "\u00a0%" in visible
    assert "errors" not in visible


def test_sections_keep_the_places_that_sentences_refer_to(pages):
    assert SECTIONS["data"][0] == "4"  # C-SCOPE says 'section 4'
    assert ANNEXES["sheet"][0] == "D"  # LABEL-CORPUS says 'annex D'
    assert re.search(r'id="data-title"><span class="number">4</span>', pages["en"])


def test_status_of_the_report_comes_before_any_result(pages):
    text = pages["en"]
    said = (
        "This report is about a stand-in program",
        "Exploratory analysis",
        "Report prepared at one party’s request",
        "no figure about a group of fewer",
    )
    for words in said:
        assert text.index(words) < text.index('id="essentials"')


def test_withheld_groups_have_no_figure_anywhere(tmp_path):
    made = evidence(SMALL)
    text = write_report(made, tmp_path / "r.html").read_text("utf-8")
    hidden = made.groups[made.groups["group"].isin(["Joux", "Antilles"])]
    for row in hidden.itertuples():
        assert repr(float(row.value)) not in text  # not even in what tables are sorted by
        assert f"{row.denominator:,.0f}" not in text
    for group in ("Joux", "Antilles"):
        cells = re.findall(rf'<tr><th scope="row">{group}</th>(.*?)</tr>', text)
        assert len(cells) > 3
        assert not [row for row in cells if re.search(r">[−\d]", row)]
    assert "it would give away that of a group of fewer than 10 people" in text


def test_synthetic_speech_is_said_first(tmp_path):
    made = evidence(provenance=chain(synthetic="yes"))
    text = write_report(made, tmp_path / "r.html").read_text("utf-8")
    assert text.index("nothing follows about people") < text.index("Analysis plan")


def test_every_signature_is_printed(tmp_path):
    made = evidence()
    page = Page(write_report(made, tmp_path / "r.html").read_text("utf-8"))
    assert made.signature(made.to_findings()[0]) in "".join(page.texts)


def test_a_title_that_a_report_never_says_is_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(WordingError, match="never says 'raciste'"):
        write_report(evidence(), tmp_path / "r.html", lang="fr", title="Un logiciel raciste")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_ending_names_the_known_ones(tmp_path):
    with pytest.raises(OptionError, match=r"no report is written as '\.odt'.*\.csv, .*\.html"):
        write_report(evidence(), tmp_path / "r.odt")


def test_an_unknown_language_names_the_known_ones(tmp_path):
    with pytest.raises(OptionError, match="lang is 'de'; reports are written in 'fr' or 'en'"):
        write_report(evidence(), tmp_path / "r.html", lang="de")


def test_a_plain_table_of_measures_says_that_nothing_is_known_of_its_origin(tmp_path):
    from biasbench.evidence import assess
    from tests.report.simulated import measures

    made = assess(measures(GROUPS), by="accent", margin=0.03)
    text = write_report(made, tmp_path / "r.html").read_text("utf-8")
    assert "handed over as a table: nothing is known of what came before" in text
    assert "Where they come from is not declared" in text


def luminance(colour):
    """Relative luminance of '#rgb' or '#rrggbb' (WCAG 2.2)."""
    digits = colour.lstrip("#")
    digits = "".join(2 * d for d in digits) if len(digits) == 3 else digits
    shares = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """WCAG 2.2 contrast ratio of two colours."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_counted_as_wcag_counts_it():
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.005)


def test_every_text_has_the_contrast_of_wcag_aa_in_light_dark_and_print(pages):
    schemes = re.findall(r":root\{color-scheme:[^}]*\}|:root\{--[^}]*\}", pages["en"])
    assert len(schemes) == 3
    for scheme in schemes:
        colours = dict(re.findall(r"--([a-z]+):(#[0-9a-f]{3,6})", scheme))
        for text in ("ink", "soft", "replaced", "missed", "added"):
            for paper in ("paper", "sheet"):
                assert contrast(colours[text], colours[paper]) >= 4.5, (scheme, text)


def test_a_page_has_landmarks_and_a_way_past_its_head(pages):
    for text in pages.values():
        tags = Page(text).tags
        names = [tag for tag, _ in tags]
        assert [names.count(tag) for tag in ("header", "main", "nav", "footer")] == [1, 1, 1, 1]
        skip = next(attrs for tag, attrs in tags if tag == "a")
        assert skip["class"] == "skip"
        assert ("main", skip["href"].lstrip("#")) in [(t, a.get("id")) for t, a in tags]


@pytest.mark.parametrize("evil", ['"}*{display:none}', "</style><script>alert(1)</script>", "a\\"])
def test_a_running_foot_never_leaves_its_string(evil):
    from dataclasses import replace

    from biasbench.report.renderers.html import page, running_foot
    from tests.report.hostile import clean_document

    text = page(replace(clean_document(), running=evil))
    assert text.count("<script>") == text.count("</style>") == 1
    inside = re.search(r'@bottom-left\{content:"(.*)"\}@bottom-right', running_foot(evil)).group(1)
    assert '"' not in inside
    read = re.sub(r"\\([0-9a-f]+) ", lambda found: chr(int(found.group(1), 16)), inside)
    assert read == evil


def test_a_block_of_an_unknown_kind_is_refused():
    from dataclasses import replace

    from biasbench.report.document import Section
    from biasbench.report.renderers.html import page
    from tests.report.hostile import clean_document

    with pytest.raises(TypeError, match="no block of a report: object"):
        page(replace(clean_document(), sections=(Section("x", "X", "1", (object(),)),)))


def test_a_report_of_a_hundred_findings_is_below_a_megabyte():
    import pandas as pd

    from biasbench.evidence import assess
    from biasbench.report.context import Context
    from biasbench.report.renderers.html import page
    from biasbench.report.sections import document
    from tests.report.simulated import measures

    groups = {**GROUPS, "Brest": (20, 0.15)}
    metrics = [f"mean_score:s{number}" for number in range(20)]
    tables = [measures(groups, metric=metric) for metric in metrics]
    made = assess(pd.concat(tables), by="accent", n_resamples=99)
    assert len(made.findings) == 100
    assert len(page(document(Context(made, "fr"))).encode("utf-8")) < 1_000_000
