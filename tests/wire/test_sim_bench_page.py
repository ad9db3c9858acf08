"""The bench's page in a real browser: what is pressed happens, what happens is seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from .sim_process import HANDSHAKE, SimProcess, order, raw_port, wait_for


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    for flag in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-dev-shm-usage",
        "--window-size=1500,2600",
    ):
        options.add_argument(flag)
    options.binary_location = "/usr/bin/chromium"
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService("/usr/bin/chromedriver"))
    yield driver
    driver.quit()


class Page:
    def __init__(self, driver: webdriver.Chrome, url: str) -> None:
        self.driver = driver
        driver.get(url + "/")
        self.sees("#bills", "3100004417")

    def sees(self, place: str, text: str) -> None:
        wait = WebDriverWait(self.driver, 20, ignored_exceptions=(StaleElementReferenceException,))
        wait.until(lambda d: text in d.find_element(By.CSS_SELECTOR, place).text)

    def press(self, place: str) -> None:
        def pressed(driver: webdriver.Chrome) -> bool:
            button = driver.find_element(By.CSS_SELECTOR, place)
            if not button.is_enabled():
                return False
            button.click()
            return True

        wait = WebDriverWait(self.driver, 20, ignored_exceptions=(StaleElementReferenceException,))
        wait.until(pressed)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimProcess]:
    process = SimProcess(tmp_path_factory.mktemp("cabin"))
    yield process
    process.stop()


@pytest.fixture
def sim(running: SimProcess) -> SimProcess:
    running.reset()
    return running


@pytest.fixture
def page(browser: webdriver.Chrome, sim: SimProcess) -> Page:
    return Page(browser, sim.url)


def test_a_bill_held_to_the_scanner_is_typed_to_the_kiosk(page: Page, sim: SimProcess) -> None:
    code = sim.get("/api/bills")["bills"][0]["code"]
    with raw_port(sim.directory / "scanner") as port:
        wait_for(lambda: sim.device("scanner")["state"]["plugged"])
        scans = sim.device("scanner")["state"]["scans"]
        page.press(".bill")
        page.sees("#scanner", f"扫过 {scans + 1} 次")
        page.press(".bill")
        assert f"{code}\r\n".encode() in port.read_until(lambda d: d.endswith(b"\n"))


def test_paying_at_the_terminal(page: Page, sim: SimProcess) -> None:
    page.sees("#terminal", "还没来握手")
    with raw_port(sim.directory / "terminal") as port:
        port.write(HANDSHAKE)
        page.sees("#terminal", "和小屋连着")
        port.write(order(1, "A1", "96.30"))
        page.sees("#terminal", "A1")
        page.press('[data-post="devices/terminal/tap_card"]')
        port.read_until(lambda d: b'"trans_status":"2"' in d)
    page.sees("#books", "￥96.30")


def test_cables_faults_and_refusals_are_seen(page: Page, sim: SimProcess) -> None:
    page.press('[data-post="devices/scanner/unplug"]')
    page.sees("#scanner", "线拔掉了")
    assert not page.driver.find_element(By.CSS_SELECTOR, ".bill").is_enabled()
    page.press('[data-post="devices/scanner/plug"]')
    page.sees("#scanner", "就绪")
    page.press('[data-fault="no_answer"]')
    page.sees("#active", "扣了款没回话")
    assert sim.get("/api/faults")["faults"][0]["count"] == 1
    page.press("#active button")
    wait_for(lambda: sim.get("/api/faults")["faults"] == [])
    page.press('[data-fault="paper_out_after"]')
    page.press('[data-post="devices/receipt_printer/paper_out"]')
    page.sees("#printer", "没纸")


def test_the_billers_office(page: Page) -> None:
    page.sees("#biller", "￥96.30")
    page.press('[data-post="devices/biller/change_amount"]')
    page.sees("#biller", "￥101.30")
    page.press('[data-post="devices/biller/new_debts"]')
    page.sees("#biller", "￥96.30")


def test_the_newest_receipt_hangs_from_the_printer(page: Page, sim: SimProcess) -> None:
    before = sim.device("receipt_printer")["state"]["receipts"]
    with raw_port(sim.directory / "receipt_printer") as port:
        port.write(b"\x1b@hello\n\x1dVB\x00\x1dr\x01")
        port.read_until(lambda d: d)
    wait_for(
        lambda: page.driver.execute_script(
            "const name = `api/receipts/${arguments[0]}.png`;"
            "const i = document.querySelector(`#paper img[src='${name}']`);"
            "return Boolean(i && i.naturalWidth)",
            before + 1,
        )
    )


def test_every_fault_button_names_a_fault_that_exists(page: Page, sim: SimProcess) -> None:
    kinds = sim.get("/api/faults")["kinds"]
    buttons = page.driver.execute_script(
        "return [...document.querySelectorAll('[data-fault]')]"
        ".map(b => [b.dataset.device, b.dataset.fault])"
    )
    assert len(buttons) > 30
    assert [b for b in buttons if b[1] not in kinds[b[0]]] == []


def test_an_old_picture_says_that_it_is_old(browser: webdriver.Chrome, tmp_path: Path) -> None:
    sim = SimProcess(tmp_path)
    page = Page(browser, sim.url)
    page.sees("#paper", "还没有小票")
    sim.stop()
    page.sees("#lost", "没有回答")


def test_no_script_error(page: Page) -> None:
    page.sees("#faults", "扣了款没回话")
    log = page.driver.get_log("browser")  # since the browser began
    # A simulator that was stopped is no mistake of the page's.
    kinds = [e for e in log if e["source"] != "network" and "Failed to fetch" not in e["message"]]
    assert kinds == []
