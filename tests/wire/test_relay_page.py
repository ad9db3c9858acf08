"""The relay's page in a real browser, as a phone shows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from kiosk.relay.client import Arrived, Fetched, Waiting
from kiosk.relay.slots import SlotLimits
from tests.support import print_files as files
from tests.support.relay import RunningRelay, running_relay

WIDTH = 360
LIMITS = SlotLimits(file_max=2 << 20)


@pytest.fixture(scope="module")
def phone() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    for flag in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-dev-shm-usage",
        "--ignore-certificate-errors",  # the sandbox's authority is not the browser's
    ):
        options.add_argument(flag)
    metrics = {"width": WIDTH, "height": 720, "pixelRatio": 2}
    options.add_experimental_option("mobileEmulation", {"deviceMetrics": metrics})
    options.binary_location = "/usr/bin/chromium"
    driver = webdriver.Chrome(options, webdriver.ChromeService("/usr/bin/chromedriver"))
    yield driver
    driver.quit()


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RunningRelay]:
    with running_relay(tmp_path, LIMITS) as relay:
        yield relay


def send(phone: webdriver.Chrome, file: Path, heading: str) -> None:
    phone.find_element(By.ID, "file").send_keys(str(file))
    phone.find_element(By.TAG_NAME, "button").click()
    said = (By.TAG_NAME, "h1")
    wait = WebDriverWait(phone, 30, ignored_exceptions=(StaleElementReferenceException,))
    wait.until(lambda d: d.find_element(*said).text == heading)


def test_a_file_too_large_then_a_good_one(
    relay: RunningRelay, phone: webdriver.Chrome, tmp_path: Path
) -> None:
    large, good = tmp_path / "large.pdf", tmp_path / "报告.pdf"
    large.write_bytes(files.good_pdf() + bytes(30 << 20))
    good.write_bytes(files.good_pdf())
    slot = relay.slot()
    phone.get(slot.url)
    send(phone, large, "文件太大了")  # said, though the browser was still sending
    assert relay.client().look(slot) is Waiting.FOR_PHONE
    phone.find_element(By.TAG_NAME, "a").click()
    send(phone, good, "收到了")
    size = good.stat().st_size
    assert relay.client().look(slot) == Arrived("报告.pdf", size)
    assert relay.client().fetch(slot, tmp_path / "got") == Fetched(size)
    assert (tmp_path / "got").read_bytes() == good.read_bytes()
    phone.get(slot.url)
    assert phone.find_element(By.TAG_NAME, "h1").text == "这个二维码不能用了"


def test_large_type_and_nothing_beyond_the_edge(
    relay: RunningRelay, phone: webdriver.Chrome
) -> None:
    phone.get(relay.slot().url)
    assert phone.execute_script("return document.scripts.length") == 0
    assert phone.execute_script("return document.documentElement.scrollWidth") <= WIDTH
    sizes = phone.execute_script(
        "return [...document.querySelectorAll('h1,p,label,input,button')]"
        ".map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert len(sizes) >= 5 and min(sizes) >= 22
    for tag in ("input", "button"):
        box = phone.find_element(By.TAG_NAME, tag).rect
        assert box["height"] >= 60 and box["width"] >= 300
