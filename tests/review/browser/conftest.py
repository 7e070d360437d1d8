"""A person at the page: Chromium without a window, and what a reviewer does there."""

import json
import os
import shutil
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--lang=en",
)  # fmt: skip
VIEW = {"width": 1280, "height": 800, "deviceScaleFactor": 1, "mobile": False}
WAIT_S, TRIES = 10, 5
LIST = "section"
"""Where the records, the filters and the search are; the questions stand beside it."""


class Page:
    """Argilla's page; each step returns when the page shows what it has done."""

    def __init__(self, driver, pictures):
        self.driver, self.pictures, self.taken = driver, pictures, 0

    def sign_in(self, address, name, password):
        """Sign in and see the datasets."""
        self.driver.get(address)
        self.found("input[type=text]").send_keys(name)
        self.found("input[type=password]").send_keys(password)
        self.picture("sign in")
        self.click("button[type=submit]")
        self.until(lambda: self.showing(".dataset-card, [class*=dataset-card]"), "the datasets")

    def open(self, dataset):
        """Open a dataset from the list of them, as its first record."""
        self.driver.get(self.home)
        self.picture("datasets")
        self.clicked(lambda: [self.named(dataset)], dataset)
        self.until(lambda: self.showing("[aria-label='Question: verdict']"), "the questions")
        self.until(lambda: self.focus == "keep", "the first answer in focus")

    @property
    def home(self):
        """The address of the list of datasets."""
        parts = urlsplit(self.driver.current_url)
        return f"{parts.scheme}://{parts.netloc}/"

    # What stands there.

    def until(self, holds, what, wait_s=WAIT_S):
        """Wait until ``holds`` gives something true, and give it."""
        from selenium.common import exceptions
        from selenium.webdriver.support.ui import WebDriverWait

        redrawn = (
            exceptions.StaleElementReferenceException,
            exceptions.ElementClickInterceptedException,
            exceptions.ElementNotInteractableException,
        )
        wait = WebDriverWait(self.driver, wait_s, 0.03, ignored_exceptions=redrawn)
        try:
            return wait.until(lambda _: holds(), f"the page does not show: {what}")
        except exceptions.TimeoutException:
            if wait_s == WAIT_S:
                self.keep("instead of what was waited for")
            raise

    def showing(self, css):
        """Give the elements of ``css`` that can be seen."""
        found = self.driver.find_elements("css selector", css)
        return [one for one in found if one.is_displayed()]

    def found(self, css):
        """Wait for the first of ``css`` that can be seen."""
        return self.until(lambda: self.showing(css), css)[0]

    def named(self, words, inside="body"):
        """Give the innermost visible element whose whole text is ``words``, or None."""
        path = f"//{inside}//*[normalize-space(.)='{words}']"
        found = [one for one in self.driver.find_elements("xpath", path) if one.is_displayed()]
        return found[-1] if found else None

    @property
    def fields(self):
        """What the record shows: title of the field -> its text."""
        return self.driver.execute_script("""
            const shown = [...document.querySelectorAll(".text_field_component")];
            return Object.fromEntries(shown.map(one => [
                one.querySelector("[class*=title-content]").innerText.trim(),
                one.querySelector(".content-area").innerText.trim()]));""")

    @property
    def answers(self):
        """What is chosen now: question -> options."""
        return self.driver.execute_script("""
            const chosen = {};
            for (const question of document.querySelectorAll("[aria-label^='Question: ']"))
                chosen[question.ariaLabel.slice(10)] = [...question.querySelectorAll(
                    ".label-active")].map(one => one.title || one.innerText.trim());
            return chosen;""")

    @property
    def answer(self):
        """The text that stands under Answer."""
        return self.found("[aria-label='Question: answer'] [contenteditable]").text

    @property
    def focus(self):
        """The name of what has the keyboard."""
        return self.driver.switch_to.active_element.get_attribute("name")

    @property
    def total(self):
        """How many records the list holds."""
        shown = self.driver.execute_script("""
            return document.querySelector("[aria-label='Total Records']")?.innerText;""")
        return int(shown.split()[-1].replace(",", "")) if shown else 0

    # What a person does.

    def click(self, css):
        """Click the first of ``css``, by mouse."""
        self.clicked(lambda: self.showing(css)[:1], css)

    def clicked(self, find, what):
        """Click on what ``find`` gives, found again if the page draws it anew meanwhile."""
        self.until(lambda: [one.click() for one in find() if one], what)

    def choose(self, question, option):
        """Choose an option of a question by mouse."""
        self.click(f"[aria-label='Question: {question}'] label[for='{question}_{option}']")
        self.until(lambda: option in self.answers[question], f"{question} {option}")

    def keys(self, *keys, held=()):
        """Press keys one after the other, while others are ``held``."""
        from selenium.webdriver import ActionChains

        chain = ActionChains(self.driver)
        for key in held:
            chain.key_down(key)
        chain.send_keys(*keys)
        for key in held:
            chain.key_up(key)
        chain.perform()

    def and_next(self, ends):
        """End a record by ``ends`` and see the next one."""
        before = self.fields
        ends()
        self.until(lambda: self.fields not in ({}, before), "the next record")
        self.until(lambda: self.focus == "keep", "the first answer in focus")

    def submit(self):
        """Submit by mouse."""
        button = "//button[.//text()[normalize-space()='Submit']]"
        self.and_next(lambda: self.driver.find_element("xpath", button).click())

    def write(self, text):
        """Replace the text that is being edited."""
        from selenium.webdriver import Keys

        self.keys("a", held=[Keys.CONTROL])
        self.keys(text)

    def filter(self, title, value):
        """List only the records whose metadata have a value."""
        steps = ["Filters", "Metadata", title, value]
        for step, following in pairwise(steps):
            self.press(step, lambda following=following: self.named(following, LIST))
        before = self.total
        self.press(value, lambda: self.total not in (0, before))

    def press(self, words, shown):
        """Click on words until something is ``shown``: the page may draw them anew meanwhile."""
        from selenium.common.exceptions import TimeoutException

        for _ in range(TRIES):
            self.clicked(lambda: [self.named(words, LIST)], words)
            try:
                return self.until(shown, f"what follows {words}", WAIT_S / TRIES)
            except TimeoutException:
                continue
        return self.until(shown, f"what follows {words}", 0)

    def search(self, words):
        """List only the records whose text has these words."""
        from selenium.webdriver import Keys

        if not self.showing(".search-area__input"):
            self.click("button[data-title='Search']")
        before = self.total
        self.found(".search-area__input").send_keys(words, Keys.RETURN)
        self.until(lambda: self.total not in (0, before), f"fewer than {before} records")

    def picture(self, name):
        """Keep a picture of the page at rest, numbered in the order of taking."""
        moves = """return document.getAnimations().some(one => one.playState === "running"
            && one.effect.getTiming().iterations !== Infinity);"""
        self.until(lambda: not self.driver.execute_script(moves), "rest")
        self.keep(name)

    def keep(self, name):
        """Keep a picture of the page as it is now."""
        self.taken += 1
        self.driver.save_screenshot(str(self.pictures / f"{self.taken:02} {name}.png"))


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Chromium with a profile of its own, which writes down what it asks of the network."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="make test-review installs it")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if not (chromium and driver):
        pytest.skip("Chromium and its driver are not installed: apt install chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    running = webdriver.Chrome(options, webdriver.ChromeService(driver))
    running.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", VIEW)
    yield running
    running.quit()


@pytest.fixture(scope="module")
def page(server, browser, tmp_path_factory):
    """The page, with ann signed in; CURATOR_PICTURES names a folder for pictures of each stage."""
    kept = os.environ.get("CURATOR_PICTURES")
    pictures = Path(kept) if kept else tmp_path_factory.mktemp("pictures")
    pictures.mkdir(parents=True, exist_ok=True)
    page = Page(browser, pictures)
    page.sign_in(server.api_url, "ann", server.users["ann"])
    return page


class Network:
    """What Chromium asked of any server since it began, and what its console said."""

    def __init__(self, driver):
        logged = [json.loads(one["message"])["message"] for one in driver.get_log("performance")]
        ends = {
            one["params"]["requestId"]: one["params"].get("blockedReason")
            for one in logged
            if one["method"] == "Network.loadingFailed"
        }
        asked = [one["params"] for one in logged if one["method"] == "Network.requestWillBeSent"]
        of_servers = [one for one in asked if one["request"]["url"].startswith(("http", "ws"))]
        self.stopped = {
            one["request"]["url"] for one in of_servers if ends.get(one["requestId"]) == "csp"
        }
        self.asked = {one["request"]["url"] for one in of_servers} - self.stopped
        self.console = [f"{one['level']} {one['message']}" for one in driver.get_log("browser")]


@pytest.fixture
def network(browser):
    """Read what the browser has written down, once."""
    return Network(browser)
