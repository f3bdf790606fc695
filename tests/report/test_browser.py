"""The page in a browser: it asks nothing of the network, sorts by keyboard, fits, prints whole."""

import re
import shutil
from dataclasses import replace
from io import BytesIO

import pytest

from biasbench.report.context import Context
from biasbench.report.document import Document, Paragraph, Section
from biasbench.report.renderers.html import render
from biasbench.report.sections import document
from tests.report.hostile import claims_of, clean_document, hostile_document
from tests.report.simulated import SMALL, evidence

NAMES = ("report-fr", "report-en", "hostile", "summary")


@pytest.fixture(scope="module")
def browser():
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("chromium is not installed")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    made = {
        "report-fr": document(Context(evidence(SMALL), "fr")),
        "report-en": document(Context(evidence(SMALL), "en")),
        "hostile": hostile_document("fr"),
        "summary": summary(),
    }
    return {name: (render(one, folder / f"{name}.html"), one) for name, one in made.items()}


def summary(words=350):
    """One page for elected representatives, as long as it may be."""
    whole = document(Context(evidence(), "fr"))
    claims = claims_of(whole)[:2]
    text = " ".join(["mot"] * (words - sum(len(c.text.split()) for c in claims)))
    blocks = (*claims, *(Paragraph(text[at : at + 300]) for at in range(0, len(text), 300)))
    section = Section("page", "L’essentiel", "1", blocks)
    return Document("Synthèse", "K", "fr", (section,), whole.footer, "summary", whole.running)


@pytest.fixture
def page(browser):
    """A page that remembers what went wrong in it, and what it asked of anybody."""
    context = browser.new_context(locale="fr-FR")
    opened = context.new_page()
    opened.wrong, opened.asked = [], []
    opened.on("console", lambda message: opened.wrong.append(message.text))
    opened.on("pageerror", lambda error: opened.wrong.append(str(error)))
    opened.on("dialog", lambda dialog: opened.wrong.append(dialog.message))

    def watch(route):
        if route.request.url.split(":")[0] in ("file", "data"):
            route.continue_()
        else:
            opened.asked.append(route.request.url)
            route.abort()

    opened.route("**/*", watch)
    yield opened
    context.close()


@pytest.mark.parametrize("name", NAMES)
def test_the_page_says_nothing_to_the_console_and_asks_nothing_of_anybody(page, files, name):
    page.goto(files[name][0].as_uri())
    assert page.title() == files[name][1].title
    assert (page.wrong, page.asked) == ([], [])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_is_no_wider_than_the_window(page, files, name, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(files[name][0].as_uri())
    wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1] == width


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_table_is_sorted_from_the_keyboard_and_says_so(page, files, lang):
    page.goto(files[f"report-{lang}"][0].as_uri())
    page.evaluate("document.querySelector('#transcription table').id = 'first'")
    heads = page.locator("#first thead th")
    at = next(n for n in range(heads.count()) if heads.nth(n).get_attribute("class") == "n")
    heads.nth(at).locator("button").focus()
    for order, key in (("ascending", "Enter"), ("descending", "Space")):
        page.keyboard.press(key)
        assert heads.nth(at).get_attribute("aria-sort") == order
        assert page.locator("#first [aria-sort]").count() == 1
        rows = page.locator("#first tbody tr").all()
        cells = [row.locator("th,td").nth(at).get_attribute("data-sort") for row in rows]
        shown = [float(cell) for cell in cells if cell is not None]
        assert len(shown) > 2
        assert shown == sorted(shown, reverse=order == "descending")
    outline = heads.nth(at).locator("button").evaluate("b => getComputedStyle(b).outlineStyle")
    assert outline == "solid"


def test_the_first_stop_of_the_keyboard_leads_past_the_head(page, files):
    page.goto(files["report-fr"][0].as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "report"


_CONTRASTS = """() => {
  const read = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255)
      .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const back = read(getComputedStyle(e).backgroundColor);
      if (back.length < 4 || back[3] > 0) return back.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const seen = [];
  for (const e of document.querySelectorAll("body *:not(script)")) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())) continue;
    const style = getComputedStyle(e);
    const ink = e.closest("svg") ? style.fill : style.color;
    const [x, y] = [light(read(ink).slice(0, 3)), light(paper(e))].sort((a, b) => b - a);
    seen.push([(x + 0.05) / (y + 0.05), e.tagName + "." + e.className, style.opacity]);
  }
  return seen;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_on_the_page_stands_out_from_its_paper(page, files, scheme):
    page.emulate_media(color_scheme=scheme)
    for name in ("report-fr", "hostile"):
        page.goto(files[name][0].as_uri())
        seen = page.evaluate(_CONTRASTS)
        assert len(seen) > 100
        assert [one for one in seen if one[0] < 4.5] == []
    back = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", back))) < 150) == (scheme == "dark")


def test_nothing_moves_for_who_asked_for_no_motion(page, files):
    for motion, behaviour in (("reduce", "auto"), ("no-preference", "smooth")):
        page.emulate_media(reduced_motion=motion)
        page.goto(files["report-fr"][0].as_uri())
        style = page.evaluate("getComputedStyle(document.documentElement).scrollBehavior")
        assert style == behaviour


def printed(page, file):
    """The pages on paper, as pypdf reads them."""
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    page.goto(file.as_uri())
    return pypdf.PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages


def test_a_summary_of_350_words_is_one_page_of_a4(page, files):
    sheets = printed(page, files["summary"][0])
    assert len(sheets) == 1
    assert [round(float(side)) for side in sheets[0].mediabox[2:]] == [595, 842]


def _letters(sheet):
    return re.sub(r"\s", "", sheet.extract_text())


@pytest.mark.parametrize("name", ["report-fr", "report-en", "hostile"])
def test_nothing_is_cut_off_on_paper_and_every_page_has_its_foot(page, files, name):
    path, made = files[name]
    sheets = printed(page, path)
    assert len(sheets) > 2
    flat = re.sub(r"\s", "", made.running)
    assert [n for n, sheet in enumerate(sheets) if flat not in _letters(sheet)] == []
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 665, "height": 900})  # A4 less its margins, at 96 dpi
    page.goto(path.as_uri())
    cut = page.evaluate(
        """[...document.querySelectorAll("main *:not(.unseen)")].filter(
             (e) => !e.closest(".unseen,svg") && e.getBoundingClientRect().right > innerWidth + 1
           ).map((e) => e.tagName + "." + e.className + ": " + e.textContent.slice(0, 60))"""
    )
    assert cut == []


def test_the_head_of_a_table_stands_on_every_page_that_it_goes_over(page, tmp_path):
    from biasbench.report.document import Cell, Table

    rows = tuple((Cell(f"row {n}"), Cell(str(n), float(n))) for n in range(120))
    table = Table("Long", ("Unmistakable head", "n"), rows, (False, True))
    made = replace(clean_document(), sections=(Section("x", "X", "1", (table,)),))
    sheets = printed(page, render(made, tmp_path / "long.html"))
    with_rows = [sheet.extract_text() for sheet in sheets if "row " in sheet.extract_text()]
    assert len(with_rows) > 2
    assert all("Unmistakable head" in text for text in with_rows)
