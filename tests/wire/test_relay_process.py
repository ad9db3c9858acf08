"""`kiosk relay` as the neighbourhood runs it, and that nothing of a file stays anywhere."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.documents.opener import OpenDocument
from kiosk.documents.visit_folder import SHARED_MEMORY, VisitFolder
from kiosk.gateways.settings import RelaySettings
from kiosk.gateways.types import NoAnswer
from kiosk.relay.client import Fetched, RelayClient, Slot
from sim.gateways.certificates import sandbox_authority
from sim.gateways.relay import upload
from tests.support import print_files as files
from tests.support.leftovers import everywhere

KEY = "5a" * 32


def command(folder: Path, *words: str) -> list[str]:
    (folder / "relay.pem").write_bytes(sandbox_authority().server_pem())
    (folder / "keys").write_text(f"# cabins\n3801 {KEY}\n")
    (folder / "relay.key").write_text(KEY)
    (folder / "ca.pem").write_bytes(sandbox_authority().pem())
    pem = str(folder / "relay.pem")
    options = ["--cert", pem, "--cert-key", pem, "--keys", str(folder / "keys")]
    return [sys.executable, "-m", "kiosk.main", "relay", *options, *words]


@contextmanager
def relay_process(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process, and the address it answers at."""
    with subprocess.Popen(
        command(folder, "--listen", "127.0.0.1:0"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().removeprefix("ready ").strip()
        finally:
            process.terminate()


def client_for(folder: Path, url: str) -> RelayClient:
    return RelayClient(
        RelaySettings(
            base_url=url, cabin="3801", key=folder / "relay.key", ca_file=folder / "ca.pem"
        )
    )


def test_nothing_of_a_file_stays_anywhere(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    mark = f"letter {secrets.token_hex(8)}"
    data = files.saved(files.with_pages(2, text=mark), compress_streams=False)
    assert mark.encode() in data
    places = (tmp_path, Path(tempfile.gettempdir()), SHARED_MEMORY)
    visit = VisitFolder(tmp_path / "data")
    request.addfinalizer(visit.remove)
    with relay_process(tmp_path) as (process, url):
        client = client_for(tmp_path, url)
        slot = client.open()
        assert isinstance(slot, Slot)
        assert upload(slot.url, f"{mark}.pdf", data, sandbox_authority().pem()) == 200
        assert everywhere(mark.encode(), *places) == []  # the relay keeps it in memory alone
        path, printed = visit.new_file(".pdf"), visit.new_file(".pdf")
        assert client.fetch(slot, path) == Fetched(len(data))
        with OpenDocument(path, visit.path) as document:
            document.picture(0, 200)
            document.rewrite([0, 1], printed)
        assert everywhere(mark.encode(), *places) == [path]
        visit.wipe()
        assert everywhere(mark.encode(), *places) == []
        process.terminate()
        said = "".join(process.communicate(timeout=20))
        assert process.returncode == 0
    assert slot.token not in said and mark not in said and KEY not in said
    walked = [
        f"{folder}/{name}"
        for place in places
        for folder, _, names in os.walk(place)
        for name in names
    ]
    assert not any(mark in name or slot.token in name for name in walked)


def test_it_ends_with_its_parent_and_keeps_nothing(tmp_path: Path) -> None:
    with relay_process(tmp_path) as (process, url):
        client = client_for(tmp_path, url)
        assert isinstance(client.open(), Slot)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == 0
        answer = client.open()
        assert isinstance(answer, NoAnswer) and not answer.sent


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--listen", "127.0.0.1:0", "--keys", "/nothing"], "/nothing"),
        (["--listen", "127.0.0.1:0", "--cert", "/nothing"], "No such file"),
        (["--listen", "127.0.0.1:99999"], ""),
        (["--listen", "nowhere"], ""),
        (["--listen", "0.0.0.0:0", "--announce"], "loopback"),
        ([], "required"),
    ],
)
def test_what_it_cannot_start_with(tmp_path: Path, words: list[str], said: str) -> None:
    done = subprocess.run(
        command(tmp_path, *words), capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert said in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "text", ["", "3801", f"38 {KEY}", f"3801 {KEY}0", f"3801 {KEY}\n3801 {KEY}", "3801 " + "g" * 64]
)
def test_key_files_that_hold_no_keys(tmp_path: Path, text: str) -> None:
    words = command(tmp_path, "--listen", "127.0.0.1:0")
    (tmp_path / "keys").write_text(text)
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert KEY not in done.stderr
    assert os.linesep in done.stderr
