"""The doctor before a cabin without a running kiosk: troubles planted, named, advised on."""

from __future__ import annotations

import datetime
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from kiosk.diagnostics import probes
from kiosk.diagnostics.doctor import examine
from kiosk.diagnostics.findings import Weight
from kiosk.journal import Journal
from kiosk.main import main
from screens import fonts
from tests.crash import lives
from tests.support.doctored import (
    HOUR,
    SetLine,
    bent,
    exchanged,
    gateway,
    own_display,
    said,
    to_gateway,
)
from tests.support.simulated import SimulatedCabin, simulated_cabin


@pytest.fixture(scope="module")
def cabin(tmp_path_factory: pytest.TempPathFactory, display: str) -> Iterator[SimulatedCabin]:
    os.environ["DISPLAY"] = display
    with simulated_cabin(tmp_path_factory.mktemp("cabin"), "--speed", "4") as running:
        yield running


@pytest.fixture
def config(cabin: SimulatedCabin, display: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("DISPLAY", display)
    yield cabin.folder / "cabin.toml"
    cabin.bench.set_up("normal")


def test_nothing_is_wrong_but_that_the_kiosk_does_not_run(config: Path) -> None:
    found = examine(config)
    assert [x.code for x in found.findings] == ["not_running"]
    assert found.exit_code == 1


def test_a_cable_is_out(cabin: SimulatedCabin, config: Path) -> None:
    cabin.bench.act("terminal", "unplug")
    found = said(config, "port_missing")
    assert found.subject == "terminal"
    assert "线" in found.advice
    assert str(cabin.folder / "terminal") in found.evidence


@pytest.mark.long
def test_two_cables_are_exchanged(config: Path) -> None:
    found = said(exchanged(config, "terminal", "receipt_printer"), "cables_exchanged")
    assert "receipt_printer 和 terminal 的线插反了" in found.what
    assert "对调" in found.advice


def test_the_wrong_baud_rate(cabin: SimulatedCabin, config: Path, seed: int) -> None:
    line = SetLine(cabin.folder / "rice_mill", 19200, random.Random(seed))
    try:
        path = bent(config, "slow", (re.escape(f"{cabin.folder}/rice_mill?"), f"{line.path}?"))
        found = said(path, "wrong_baud")
    finally:
        line.close()
    assert found.subject == "rice_mill"
    assert "设备是 19200，配置是 9600" in found.what
    assert "baud=19200" in found.advice


@pytest.mark.long
def test_another_device_is_on_the_port(cabin: SimulatedCabin, config: Path) -> None:
    folder = cabin.folder
    path = bent(
        config,
        "other",
        (r"^\[devices\.id_reader\](\n.+)+\n\n?", ""),
        (r"^\[booklet\](\n.+)+\n\n?", ""),
        (re.escape(f"{folder}/rice_mill?baud=9600"), f"{folder}/id_reader?baud=115200"),
    )
    found = said(path, "other_device")
    assert found.subject == "rice_mill"
    assert "身份证阅读器" in found.what
    assert "sam_v answers" in found.evidence


@pytest.mark.parametrize(
    ("setup", "code", "role", "weight", "word"),
    [
        ("paper_out", "paper_out", "receipt_printer", Weight.MONEY, "装一卷新纸"),
        ("paper_low", "paper_low", "receipt_printer", Weight.SOON, "换一卷纸"),
        ("cover_open", "cover_open", "receipt_printer", Weight.MONEY, "盖子"),
        ("no_booklets", "empty", "booklet_dispenser", Weight.SERVICE, "补货"),
        ("no_toner", "toner_out", "document_printer", Weight.SERVICE, "墨粉"),
    ],
)
def test_something_ran_out_or_stands_open(
    cabin: SimulatedCabin,
    config: Path,
    setup: str,
    code: str,
    role: str,
    weight: Weight,
    word: str,
) -> None:
    cabin.bench.set_up(setup)
    found = said(config, code)
    assert (found.subject, found.weight) == (role, weight)
    assert word in found.advice


def test_the_biller_s_certificate_has_expired(config: Path, tmp_path: Path) -> None:
    with gateway(tmp_path, begin=-48 * HOUR, end=-24 * HOUR) as lines:
        found = said(to_gateway(config, "expired", lines), "certificate_expired")
    assert found.subject == "biller"
    assert found.weight is Weight.MONEY
    assert "新证书" in found.advice


def test_the_biller_s_certificate_will_expire(config: Path, tmp_path: Path) -> None:
    with gateway(tmp_path, end=73 * HOUR) as lines:
        found = said(to_gateway(config, "soon", lines), "certificate_soon")
    assert "3 天后过期" in found.what
    assert found.weight is Weight.SOON


def test_somebody_poses_as_the_biller(config: Path, tmp_path: Path) -> None:
    with gateway(tmp_path) as lines:
        path = to_gateway(config, "posing", {"base_url": lines["base_url"]})
        assert said(path, "certificate_untrusted").subject == "biller"


def test_the_biller_is_not_there(config: Path, tmp_path: Path) -> None:
    with gateway(tmp_path) as lines:
        path = to_gateway(config, "gone", lines)
    assert said(path, "gateway_unreachable").subject == "biller"


@pytest.mark.parametrize(("ahead", "word"), [(-HOUR, "快了 60 分钟"), (HOUR * 3, "慢了 3.0 小时")])
def test_the_clock_is_an_hour_off(
    config: Path, tmp_path: Path, ahead: datetime.timedelta, word: str
) -> None:
    with gateway(tmp_path, ahead) as lines:
        path = _only_biller(to_gateway(config, "clock", lines))
        found = said(path, "clock_off")
    assert word in found.what
    assert "timedatectl" in found.advice


def test_a_clock_that_an_empty_battery_has_put_back_is_not_called_an_impostor(
    config: Path, tmp_path: Path
) -> None:
    """Its owner's clock stands a year on, and so does the certificate's first day."""
    ahead = 365 * 24 * HOUR
    with gateway(tmp_path, ahead, begin=ahead - 24 * HOUR, end=ahead + 720 * HOUR) as lines:
        path = _only_biller(to_gateway(config, "battery", lines))
        assert "主板电池" in said(path, "certificate_not_yet").advice
        found = examine(path).findings
    told = [x.code for x in found]
    assert "慢了 8760.0 小时" in found[told.index("clock_off")].what
    assert told.index("clock_off") < told.index("certificate_not_yet")


def _only_biller(config: Path) -> Path:
    """Without the other gateways, whose clocks would say that ours is right."""
    text = re.sub(r"^\[gateways\.(?!biller)\w+\](\n.+)+\n*", "", config.read_text(), flags=re.M)
    text = re.sub(r"^\[print\](\n.+)+\n*", "", text, flags=re.M)
    config.write_text(text)
    return config


def test_the_disk_is_full(config: Path) -> None:
    path = bent(config, "full", (r"^journal_min_free_mb *=.*", "journal_min_free_mb = 1000000"))
    found = said(path, "disk_full")
    assert found.weight is Weight.MONEY
    assert "1000000 MiB wanted" in found.evidence


@contextmanager
def _books(config: Path) -> Iterator[Path]:
    """A journal with a paid order in it, in a data folder of its own; yields the configuration."""
    folder = config.parent / "books"
    shutil.rmtree(folder, ignore_errors=True)
    journal = Journal(folder / "journal.sqlite")
    try:
        lives.Writer(journal).live(lives.paid_and_posted(lives.number(1)))
    finally:
        journal.close()
    yield bent(config, "books", (r"^data_dir *=.*", 'data_dir = "books"'))


def test_a_row_of_the_journal_was_changed(config: Path) -> None:
    with _books(config) as path:
        assert all(x.code != "journal_broken" for x in examine(path).findings)
        db = apsw.Connection(str(config.parent / "books" / "journal.sqlite"))
        db.execute("DROP TRIGGER rows_stay")
        db.execute("UPDATE rows SET at = at + 1 WHERE seq = 2")
        db.close()
        found = said(path, "journal_broken")
    assert "row 2" in found.evidence
    assert "不要动账本文件" in found.advice


def test_another_process_has_the_journal(config: Path) -> None:
    with _books(config) as path:
        program = (
            "import fcntl, os, sys\n"
            "fd = os.open(sys.argv[1], os.O_RDWR)\n"
            "fcntl.flock(fd, fcntl.LOCK_EX)\n"
            "print('held', flush=True)\n"
            "sys.stdin.read()\n"
        )
        lock = config.parent / "books" / "journal.lock"
        with subprocess.Popen(
            [sys.executable, "-c", program, str(lock)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"held\n"
            found = said(path, "journal_locked")
            holder.communicate(b"")
    assert found.weight is Weight.EVERYTHING
    assert str(holder.pid) in found.what


def test_a_configuration_with_a_typing_error(config: Path) -> None:
    path = bent(config, "typo", (r"^address *=", "adress ="))
    found = [x for x in examine(path).findings if "did you mean address" in x.what]
    assert found[0].code == "config_wrong"
    assert found[0].weight is Weight.EVERYTHING
    lines = path.read_text().splitlines()
    line = next(n for n, x in enumerate(lines, start=1) if x.startswith("adress"))
    assert f"typo.toml:{line}" in found[0].what


def test_a_font_is_missing(config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "SEARCH", (tmp_path,))
    found = said(config, "font_missing")
    assert "fonts-noto-cjk" in found.advice
    assert "NotoSansCJK-Regular.ttc" in found.evidence


def test_there_is_no_display(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":7654")
    found = said(config, "no_display")
    assert found.weight is Weight.EVERYTHING
    assert ":7654" in found.what


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("GALLIUM_DRIVER", "softpipe", "softpipe"),
        ("MESA_GL_VERSION_OVERRIDE", "1.4", "太旧"),
        ("LIBGL_DRIVERS_PATH", "/nonexistent", "没有能用的 OpenGL"),
    ],
)
def test_the_wrong_graphics_driver(
    config: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, word: str
) -> None:
    monkeypatch.setenv(name, value)
    found = said(config, "gl_driver")
    assert word in found.what
    assert "libgl1-mesa-dri" in found.advice


def test_a_display_server_that_stands_still(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "GL_S", 1.0)
    with own_display() as (name, pid):
        monkeypatch.setenv("DISPLAY", name)
        os.kill(pid, signal.SIGSTOP)
        found = said(config, "display_stuck")
    assert "重启图形界面" in found.advice


# What only somebody without root's rights meets.


def _without_rights(words: list[str]) -> subprocess.CompletedProcess[str]:
    drop = ["setpriv", "--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search"]
    return subprocess.run(
        [*drop, *words] if os.geteuid() == 0 else words, capture_output=True, text=True, check=False
    )


def _as_nobody(config: Path) -> dict[str, object]:
    """What the doctor says to a user whom file permissions stop; root is made one."""
    words = [sys.executable, "-m", "kiosk.main", "doctor", "--config", str(config), "--json"]
    done = _without_rights(words)
    assert done.stdout, done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    return told


@contextmanager
def _for_nobody(config: Path) -> Iterator[Path]:
    """The configuration and its keys where everybody may read them, and write nothing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "cabin"
        shutil.copytree(config.parent, folder, ignore=_no_ports)
        (folder / "data").mkdir(exist_ok=True)
        (folder / "data").chmod(0o555)
        try:
            yield folder / config.name
        finally:
            (folder / "data").chmod(0o755)


def _no_ports(folder: str, names: list[str]) -> list[str]:
    paths = {x: Path(folder) / x for x in names}
    return [x for x, path in paths.items() if path.is_symlink() or path.is_fifo() or x == "data"]


def _found(told: dict[str, object], code: str) -> list[dict[str, str]]:
    findings = told["findings"]
    assert isinstance(findings, list)
    return [x for x in findings if x["code"] == code]


def test_a_folder_that_cannot_be_written_and_a_port_without_permission(
    cabin: SimulatedCabin, config: Path
) -> None:
    port = (cabin.folder / "terminal").resolve()
    mode = port.stat().st_mode
    text = re.sub(re.escape(str(cabin.folder / "terminal")), str(port), config.read_text())
    straight = config.with_name("straight.toml")
    straight.write_text(text)
    port.chmod(0o000)
    try:
        with _for_nobody(straight) as path:
            told = _as_nobody(path)
    finally:
        port.chmod(mode & 0o777)
    (folder,) = _found(told, "folder_unwritable")
    assert "属于运行用户" in folder["advice"]
    forbidden = {x["subject"]: x for x in _found(told, "port_forbidden")}
    assert "dialout" in forbidden["terminal"]["advice"]
    assert told["exit"] == 1


def test_who_may_not_read_the_books_is_not_told_that_they_are_broken(config: Path) -> None:
    with _for_nobody(config) as path:
        books = path.parent / "data" / "journal.sqlite"
        Journal(books).close()
        books.chmod(0)
        told = _as_nobody(path)
    assert not _found(told, "journal_broken")
    unseen = told["unseen"]
    assert isinstance(unseen, list)
    assert [x for x in unseen if "账本没有核对" in x and "sudo" in x]


def test_keys_that_the_kiosk_may_not_read_are_a_mistake_and_a_technician_s_are_not(
    config: Path,
) -> None:
    """The kiosk's own user needs them; who comes over SSH may not even see their folder."""
    script = (
        "import sys, pathlib; from kiosk.diagnostics import doctor, whose;"
        "whose.ours = lambda *_: False; found = doctor.examine(pathlib.Path(sys.argv[1]));"
        "print(*(x.code for x in found.findings)); print(*found.unseen)"
    )
    with _for_nobody(config) as path:
        books = path.parent / "data" / "journal.sqlite"
        Journal(books).close()
        books.chmod(0)
        keys = path.parent / "keys"
        keys.chmod(0)
        try:
            told = _as_nobody(path)
            done = _without_rights([sys.executable, "-c", script, str(path)])
        finally:
            keys.chmod(0o700)
    assert "can't be read" in _found(told, "config_wrong")[0]["what"]
    found, unseen = done.stdout.splitlines()
    assert found == "not_running", done.stderr
    assert "sudo" in unseen


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can look as somebody else")
def test_root_looks_with_the_kiosk_s_eyes(config: Path, tmp_path: Path) -> None:
    """The books' folder can be written by root, but not by the user that the unit names."""
    unit = tmp_path / "cabin-kiosk.service"
    unit.write_text("[Service]\nUser=nobody\n")
    script = (
        "import sys, pathlib as p; from kiosk.diagnostics import probes, whose;"
        "from kiosk.config import load; c, unit = map(p.Path, sys.argv[1:]); s = load(c);"
        "sys.executable = '/bin/true';"  # this Python may stand where only root can read it
        "print(*whose.become_kiosk(c, unit)); print(*(x.code for x in probes.folder(s)))"
    )
    with _for_nobody(config) as path:
        (path.parent / "data").chmod(0o755)
        told = [_said_by(script, path, unit)]
        for opened in (path.parent.parent, path.parent, path):
            opened.chmod(0o755)
        told.append(_said_by(script, path, unit))
    assert told[0] == [f" 用户 nobody 读不了 {path}，只好以 root 来看：看不出权限的问题", ""]
    assert told[1] == ["nobody ", "folder_unwritable"]


def _said_by(script: str, *words: Path) -> list[str]:
    command = [sys.executable, "-c", script, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


FULL = 'mount -t tmpfs -o size=1m none "$0" && head -c 2m /dev/zero >"$0/x"'
READ_ONLY = 'mount -t tmpfs -o ro none "$0"'


@pytest.mark.parametrize(
    ("mount", "code", "word"),
    [
        pytest.param(FULL, "disk_full", "0 MiB", id="full"),
        pytest.param(READ_ONLY, "folder_unwritable", "Read-only file system", id="read-only"),
    ],
)
def test_a_disk_that_is_full_or_has_become_read_only(
    config: Path, mount: str, code: str, word: str
) -> None:
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode:
        pytest.skip("nobody may mount a disk here")
    data = config.parent / "mounted"
    data.mkdir(exist_ok=True)
    path = bent(config, "mounted", (r"^data_dir *=.*", 'data_dir = "mounted"'))
    script = f'{mount} 2>/dev/null; exec "$1" -m kiosk.main doctor --json --config "$2"'
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, str(data), sys.executable, str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    (found,) = _found(json.loads(done.stdout), code)
    assert word in found["evidence"]


def test_the_shell_tells_it_in_order_and_says_so_by_its_exit_code(
    cabin: SimulatedCabin, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cabin.bench.set_up("paper_out")
    assert main(["doctor", "--config", str(config)]) == 1
    out = capsys.readouterr().out
    assert out.index("【全部停用】小屋程序没有运行") < out.index("没有纸了")
    assert "journalctl -u cabin-kiosk" in out
    assert "怎么办：打开盖子" in out
