"""One thread for one device: it moves bytes between a port and a driver and nothing else.

The thread sleeps in a selector until bytes come, the driver's next deadline, or a wake-up by
another thread: no polling. A lost port is opened again after 1, 2, 4 ... 30 seconds. A thread that
hangs in a call on its port is abandoned by the supervisor and another one takes its place.
Sources: Design, "Devices"; requirements R9, R11, R13.
"""

from __future__ import annotations

import contextlib
import logging
import selectors
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from devices.control import Channel
from devices.driver import Completed, Driver, Report
from devices.life import Life
from devices.port import Port, PortError
from devices.port import open_port as open_real_port
from devices.status import OutcomeUnknown, Status
from devices.supervisor import Supervisor, default_supervisor

_log = logging.getLogger(__name__)

FIRST_BACKOFF_S = 1.0
LAST_BACKOFF_S = 30.0


@dataclass(frozen=True, slots=True)
class Limits:
    """A worker's patience in seconds."""

    write_s: float = 5.0
    """Bytes that the port doesn't take for so long mean that it is lost."""
    stuck_s: float = 10.0
    """A call on the port that doesn't return for so long means that the thread is stuck."""


class Worker:
    """A device's thread, its driver and its port.

    `on_report(name, report)` is called from any thread, one report at a time and in order; it
    must only put the report on a queue. `driver_factory` makes the driver, and makes another one
    should the first raise.
    """

    def __init__(
        self,
        name: str,
        driver_factory: Callable[[], Driver],
        port_url: str,
        on_report: Callable[[str, Report], None],
        open_port: Callable[[str], Port] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        limits: Limits = Limits(),
        supervisor: Supervisor | None = None,
    ) -> None:
        self.name = name
        self._driver_factory = driver_factory
        self._driver = driver_factory()
        self._url = port_url
        self._on_report = on_report
        self._open_port = open_port or self._open_by_url
        self._monotonic = monotonic
        self._limits = limits
        self._supervisor = supervisor or default_supervisor()
        self._lock = threading.RLock()
        self._life: Life | None = None
        self._lives = 0
        self._last_id = 0
        self._moving = False
        self._driver_is_new = False
        self._stopping = False

    def start(self) -> None:
        """Begin; RuntimeError if it has begun before."""
        with self._lock:
            if self._lives:
                raise RuntimeError(f"{self.name}: a worker starts once")
            self._begin_life(first_pause_s=0.0)
        self._supervisor.watch(self)

    def submit(self, command: object) -> int:
        """Hand the command to the driver; its Completed carries the number returned."""
        with self._lock:
            self._last_id += 1
            command_id = self._last_id
            with self._mistakes_cost_the_driver():
                self._driver.submit(command_id, command, self._monotonic())
            self._deliver()
            self._wake()
        return command_id

    def cancel(self, command_id: int) -> None:
        """Take a command back if that is still possible; it completes one way or another."""
        with self._lock:
            with self._mistakes_cost_the_driver():
                self._driver.cancel(command_id, self._monotonic())
            self._deliver()
            self._wake()

    def move(self, url: str) -> None:
        """Go on at another port. What runs ends as it does when a port is lost ("moved")."""
        with self._lock:
            self._url = url
            self._moving = True
            self._wake()

    @property
    def status(self) -> Status:
        """The device's health now."""
        return self._driver.status

    @property
    def last_id(self) -> int:
        """The number of the newest command."""
        return self._last_id

    def stop(self, timeout: float = 2.0) -> bool:
        """End the thread; running commands complete. True if it ended within `timeout` seconds.

        Idempotent. A thread that hangs is left behind and can do no harm.
        """
        self._supervisor.forget(self)
        with self._lock:
            self._stopping = True
            life = self._life
            self._wake()
        if life is None:
            return True
        life.thread.join(timeout)
        with self._lock:
            if self._life is life:
                self._abandon(life, "stopped")
        return not life.thread.is_alive()

    # The supervisor's part.

    def check(self) -> None:
        """Abandon the thread if it hangs in a call on its port, and begin another one."""
        life = self._life
        if life is None or life.in_call_since is None:
            return
        with self._lock:
            since = life.in_call_since
            if life is not self._life or since is None or self._stopping:
                return
            if self._monotonic() - since < self._limits.stuck_s:
                return
            _log.error("%s: stuck in a call on %s; abandoned", self.name, self._url)
            self._abandon(life, "stuck")
            self._begin_life(first_pause_s=FIRST_BACKOFF_S)

    def _abandon(self, life: Life, reason: str) -> None:
        life.abandoned = True
        self._life = None
        if life.port is not None:
            try:
                life.port.abandon()
            except (OSError, ValueError) as error:
                _log.warning("%s: could not free the port: %s", self.name, error)
        self._driver.lost(self._monotonic(), reason, f"{self._url}: a call did not return")
        self._deliver()

    def _begin_life(self, first_pause_s: float) -> None:
        self._lives += 1
        name = f"{self.name}-{self._lives}"
        self._life = Life(self._live, name, first_pause_s, FIRST_BACKOFF_S)
        self._life.thread.start()

    # The thread's part.

    def _live(self, life: Life) -> None:
        pause_s = life.pause_s
        while self._pause(life, pause_s):
            pause_s = self._connect_and_serve(life)
        with self._lock:
            if not life.abandoned:
                self._life = None
                self._driver.lost(self._monotonic(), "stopped")
                self._deliver()
            life.close_wake()

    def _connect_and_serve(self, life: Life) -> float:
        """One connection from open to close; how long to wait before the next (seconds)."""
        with self._lock:
            url, self._moving, self._driver_is_new = self._url, False, False
        try:
            with self._in_call(life):
                port = self._open_port(url)
        except PortError as error:
            self._lost(life, error.reason, error.detail)
            return self._next_backoff(life)
        except Exception as error:  # noqa: BLE001
            # The boundary for what a library makes of a port: the others go on.
            _log.exception("%s: the port could not be opened", self.name)
            self._lost(life, "port_error", repr(error))
            return self._next_backoff(life)
        life.port = port
        reason, detail = "driver_error", ""
        try:
            reason, detail = self._serve(life, port)
        except PortError as error:
            reason, detail = error.reason, error.detail
        except Exception:  # noqa: BLE001
            # The boundary for mistakes in a driver: the device is lost for a moment, its running
            # commands end as unknown, and a new driver begins. The others go on.
            _log.exception("%s: the driver failed", self.name)
            with self._lock:
                if not life.abandoned:
                    self._replace_driver()
        try:
            with self._in_call(life):
                port.close()
        except Exception:  # noqa: BLE001
            # It is let go of, whatever the library says.
            _log.exception("%s: the port could not be closed", self.name)
        life.port = None
        self._lost(life, reason, detail)
        return self._next_backoff(life)

    def _serve(self, life: Life, port: Port) -> tuple[str, str]:
        """Move bytes until the port is lost or no longer wanted; the reason."""
        pending = bytearray()
        control = Channel(port, life.wake)
        taken_at = self._monotonic()
        with self._lock:
            if not self._is_mine(life):
                return "stopped", ""
            self._driver.opened(self._monotonic())
        with selectors.DefaultSelector() as selector:
            selector.register(life.wake_fd, selectors.EVENT_READ)
            fd = port.fileno()
            selector.register(fd, selectors.EVENT_READ)
            while True:
                with self._lock:
                    if not self._is_mine(life):
                        return "stopped", ""
                    if self._moving:
                        life.backoff_s = FIRST_BACKOFF_S
                        return "moved", "the port is another one from now on"
                    if self._driver_is_new:
                        return "driver_error", "the driver before failed"
                    now = self._monotonic()
                    control.hand_over(self._driver, now)
                    wait_s = self._step_driver(now)
                    fresh = self._driver.take_output()
                    control.ask(self._driver.take_requests())
                    if self._driver.reopen_wanted:
                        life.backoff_s = FIRST_BACKOFF_S
                        return self._driver.status.reason, "the driver wants the port reopened"
                if fresh and not pending:
                    taken_at = now
                pending += fresh
                if pending:
                    left_s = taken_at + self._limits.write_s - now
                    if left_s <= 0:
                        return "write_timeout", f"{len(pending)} bytes not taken"
                    wait_s = left_s if wait_s is None else min(wait_s, left_s)
                want = selectors.EVENT_READ | (selectors.EVENT_WRITE if pending else 0)
                if port.fileno() != fd:
                    # A listener has its caller now.
                    selector.unregister(fd)
                    fd = port.fileno()
                    selector.register(fd, want)
                else:
                    selector.modify(fd, want)
                for key, events in selector.select(wait_s):
                    if key.fd == life.wake_fd:
                        life.hear_wake()
                        continue
                    if events & selectors.EVENT_WRITE and self._write(life, port, pending):
                        taken_at = self._monotonic()
                    if events & selectors.EVENT_READ:
                        self._read(life, port)

    def _step_driver(self, now: float) -> float | None:
        """Tick the driver if it is time and report; seconds until it wants the next tick."""
        deadline = self._driver.deadline()
        if deadline is not None and deadline <= now:
            self._driver.tick(now)
            deadline = self._driver.deadline()
        self._deliver()
        # A driver whose deadline lies in the past even now would make the thread spin.
        return None if deadline is None else max(deadline - now, 0.001)

    def _write(self, life: Life, port: Port, pending: bytearray) -> int:
        with self._in_call(life):
            count = port.write(bytes(pending))
        del pending[:count]
        return count

    def _read(self, life: Life, port: Port) -> None:
        with self._in_call(life):
            data = port.read_available()
        if not data:
            return
        life.backoff_s = FIRST_BACKOFF_S
        with self._lock:
            if self._is_mine(life):
                self._driver.receive(data, self._monotonic())

    def _pause(self, life: Life, seconds: float) -> bool:
        """Wait, but not when woken to stop; whether to go on."""
        until = self._monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(life.wake_fd, selectors.EVENT_READ)
            while self._is_mine(life):
                left_s = until - self._monotonic()
                if left_s <= 0 or self._moving:
                    return True
                if selector.select(left_s):
                    life.hear_wake()
        return False

    def _next_backoff(self, life: Life) -> float:
        pause_s = life.backoff_s
        life.backoff_s = min(pause_s * 2, LAST_BACKOFF_S)
        return pause_s

    def _lost(self, life: Life, reason: str, detail: str) -> None:
        with self._lock:
            if self._is_mine(life):
                self._driver.lost(self._monotonic(), reason, f"{self._url}: {detail}")
                self._deliver()

    @contextlib.contextmanager
    def _mistakes_cost_the_driver(self) -> Iterator[None]:
        """Whoever calls from outside isn't hit by a driver's mistake. Called with our lock."""
        try:
            yield
        except Exception:  # noqa: BLE001
            _log.exception("%s: the driver failed", self.name)
            self._replace_driver()
            # It hasn't seen the port open: the thread opens it anew.
            self._driver_is_new = True

    def _replace_driver(self) -> None:
        """Begin with another driver; what the old one had running is unknown."""
        orphans = self._driver.running
        self._deliver()
        self._driver = self._driver_factory()
        for command_id in orphans:
            self._on_report(self.name, Completed(command_id, OutcomeUnknown("driver_error")))

    def _is_mine(self, life: Life) -> bool:
        return not (life.abandoned or self._stopping)

    @contextlib.contextmanager
    def _in_call(self, life: Life) -> Iterator[None]:
        """Marks a call on the port, so that the supervisor sees when it doesn't return."""
        life.in_call_since = self._monotonic()
        try:
            yield
        finally:
            life.in_call_since = None

    def _deliver(self) -> None:
        for report in self._driver.take_reports():
            self._on_report(self.name, report)

    def _wake(self) -> None:
        if self._life is not None:
            self._life.wake()

    def _open_by_url(self, url: str) -> Port:
        return open_real_port(url, self._driver.default_baud)
