"""A person before the labelling screen: a real Chromium, driven by mouse and keyboard."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright

from annotate.studio import server

# A browser that a package manager installed; None lets Playwright take its own.
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
QUIET = ("--disable-background-networking", "--disable-component-update", "--no-first-run")

# How long the editor takes to draw a prediction after its text is there.
SETTLE_MS = 2000

# Whether a line reads right to left: its first letter stands right of its last
# in the first row on screen, whatever CSS says.
_READS_RTL = """line => {
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const places = [];
  for (let node; (node = walker.nextNode()); ) {
    for (let at = 0; at < node.length; at++) {
      if (!/\\p{L}/u.test(node.data[at])) continue;
      range.setStart(node, at); range.setEnd(node, at + 1);
      const box = range.getBoundingClientRect();
      if (box.width) places.push(box);
    }
  }
  const row = places.filter(box => Math.abs(box.top - places[0].top) < 10);
  return row[0].left > row[row.length - 1].left;
}"""


@contextmanager
def signed_in(home: server.Server) -> Iterator[Page]:
    """A page of a browser whose user is logged in."""
    credentials = server.credentials()
    assert credentials
    sandbox = () if hasattr(os, "getuid") and os.getuid() else ("--no-sandbox",)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*QUIET, *sandbox], headless=True
        )
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(f"{home.url}/user/login/")
        page.fill("[name=email]", credentials.email)
        page.fill("[name=password]", credentials.password.get_secret_value())
        page.click("button[type=submit]")
        page.wait_for_url(f"{home.url}/")
        yield page
        browser.close()


def open_task(page: Page, home: server.Server, project: int, task: int) -> None:
    """Open a task and wait until its suggestions are drawn."""
    page.goto(f"{home.url}/projects/{project}/data?task={task}")
    page.wait_for_selector(".lsf-htx-richtext")
    page.wait_for_timeout(SETTLE_MS)


def highlight(page: Page, region: str) -> Locator:
    """The coloured spans of one region."""
    return page.locator(f"[class*='htx-highlight-{region}-']")


def drawn_text(page: Page, region: str) -> str:
    """The text under one region, as the page shows it, without the label behind it."""
    return "".join(
        item.evaluate("span => span.textContent") for item in highlight(page, region).all()
    )


def drawn_regions(page: Page) -> int:
    """How many regions have a highlight."""
    script = "spans => new Set(spans.map(span => span.dataset.index)).size"
    return int(page.locator(".htx-highlight").evaluate_all(script))


def lines_with(page: Page, letters: str) -> list[Locator]:
    """Lines that hold any of these letters."""
    lines = page.locator(".lsf-richtext__line").all()
    return [line for line in lines if set(letters) & set(line.inner_text())]


def reads_right_to_left(line: Locator) -> bool:
    """How a line is laid out on screen."""
    return bool(line.evaluate(_READS_RTL))


def has_glyphs(page: Page, letters: str) -> bool:
    """Whether letters of different width are drawn so: boxes for missing ones are alike."""
    script = """letters => {
      const pen = document.createElement('canvas').getContext('2d');
      pen.font = getComputedStyle(document.querySelector('.lsf-htx-richtext')).font;
      return new Set([...letters].map(letter => pen.measureText(letter).width)).size;
    }"""
    return int(page.evaluate(script, letters)) > 1


def submit(page: Page) -> None:
    """Submit with the keyboard, and wait for the server to have it."""
    with page.expect_response(
        lambda answer: "/annotations" in answer.url and answer.request.method == "POST"
    ) as answer:
        page.keyboard.press("Control+Enter")
    assert answer.value.ok


def relabel(page: Page, region: str, key: str) -> None:
    """Click a region and give it another label with its hotkey."""
    highlight(page, region).first.click()
    page.keyboard.press(key)
    page.keyboard.press("Escape")


def relate(page: Page, head: str, tail: str, label: str) -> None:
    """Draw a relation with alt+r and pick its type in the Relations tab."""
    highlight(page, head).first.click()
    page.keyboard.press("Alt+r")
    highlight(page, tail).first.click()
    page.locator("#Relations-draggable").click()
    item = page.locator(".lsf-relations__item").last
    item.hover()
    item.get_by_label("Show Relation Labels").click()
    item = page.locator(".lsf-relations__item").last
    item.get_by_test_id("select-trigger").click()
    page.get_by_role("option", name=label, exact=True).click()
    page.keyboard.press("Escape")
    # The list of types keeps the keyboard: one click elsewhere gives it back.
    page.locator("#Regions-draggable").click()


def remove_relation(page: Page, number: int) -> None:
    """Delete the ``number``-th relation of the Relations tab."""
    page.locator("#Relations-draggable").click()
    item = page.locator(".lsf-relations__item").nth(number)
    item.hover()
    item.get_by_label("Delete Relation").click()


def screenshot(page: Page, path: Path) -> None:
    """What the person sees."""
    page.screenshot(path=path)
