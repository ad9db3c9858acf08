"""Every measure of `make bench`, each with what it should reach.

The programs measured are imported when their turn comes: what one loads must not weigh on another.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.bench.report import Reading, measure


@measure("touch")
def touch() -> list[Reading]:
    """Release of the finger to the first pixel of the next screen, home to bill."""
    from tests.bench import touches

    found = touches.measure()
    seen, flip = found["home_to_bill_ms"], found["bare_flip_ms"]
    name = "touch to first pixel, home to bill"
    return [
        Reading(
            f"{name}, p50",
            seen["p50"],
            "ms",
            touches.P50_MS,
            reference=flip["p50"],
            reference_name="bare flip",
            details=found,
        ),
        Reading(
            f"{name}, p95",
            seen["p95"],
            "ms",
            touches.P95_MS,
            reference=flip["p95"],
            reference_name="bare flip",
        ),
    ]


@measure("guidance")
def guidance() -> list[Reading]:
    """A frame with a lesson drawn over it beside the bare one, in turns."""
    from tests.bench import guided

    found = guided.measure()
    return [
        Reading(
            "frame with a lesson's guidance, p50",
            found["guided_ms"]["p50"],
            "ms",
            guided.MORE_MS,
            "over",
            found["bare_ms"]["p50"],
            "bare frame",
            details=found,
        )
    ]


@measure("speech")
def speech() -> list[Reading]:
    """A touch while the kiosk speaks beside the same touch while it is silent, in turns."""
    from tests.bench import speech as voice

    found = voice.measure()
    speaking, silent = found["speaking_ms"], found["silent_ms"]
    name = "touch to first pixel while it speaks"
    return [
        Reading(
            f"{name}, {which}",
            speaking[which],
            "ms",
            voice.MORE_MS,
            "over",
            silent[which],
            "silent",
            details=found,
        )
        for which in ("p50", "p95")
    ] + [Reading("memory (PSS) of the voice", found["voice_pss_mib"], "MiB", voice.CHILD_MIB)]


@measure("diagnostics")
def diagnostics() -> list[Reading]:
    """A touch while a technician asks beside the same touch while nobody does, in turns."""
    from tests.bench import diagnostics as asking

    found = asking.measure()
    asked, alone = found["asked_ms"], found["alone_ms"]
    return [
        Reading(
            f"touch to first pixel while a technician asks, {which}",
            asked[which],
            "ms",
            asking.MORE_MS,
            "over",
            alone[which],
            "nobody asks",
            details=found,
        )
        for which in ("p50", "p95")
    ]


@measure("start")
def start() -> list[Reading]:
    """Process start to a touchable home screen beside a bare window, in turns."""
    from tests.bench import cold_start

    found = cold_start.measure()
    return [
        Reading(
            "cold start to a touchable home screen",
            found["touchable_s"],
            "s",
            cold_start.MORE_S,
            "over",
            found["bare_s"],
            "bare window, one label",
            details=found,
        ),
        Reading(
            "cold start until a first touch is answered",
            found["answered_s"],
            "s",
            reference=found["bare_s"],
            reference_name="bare window, one label",
        ),
        Reading(
            "cold start until machines and biller have answered",
            found["open_s"],
            "s",
            reference=found["bare_s"],
            reference_name="bare window, one label",
        ),
    ]


@measure("restart")
def again() -> list[Reading]:
    """A kiosk that was ended from outside, and its successor."""
    from tests.bench import restart

    found = restart.measure()
    return [
        Reading(
            "restart to a touchable home screen, the slowest",
            found["greatest_s"],
            "s",
            restart.LIMIT_S,
            details=found,
        )
    ]


@measure("rest")
def rest() -> list[Reading]:
    """Memory and processor time on the home screen while nobody is there."""
    from tests.bench import at_rest

    found = at_rest.measure()
    return [
        Reading(
            "memory (PSS) on the home screen",
            found["pss_mib"],
            "MiB",
            at_rest.PSS_MIB,
            details=found,
        ),
        Reading(
            "idle processor time",
            found["idle_percent"],
            "% of a core",
            at_rest.IDLE_PERCENT,
        ),
    ]


@measure("share")
def share() -> list[Reading]:
    """The kiosk's own part of a payment."""
    from tests.bench import own_share

    found = own_share.measure()
    return [
        Reading(
            "own share of a payment, p95",
            found["own_ms"]["p95"],
            "ms",
            own_share.P95_MS,
            reference=found["processor_ms"]["p95"],
            reference_name="of it processor time",
            details=found,
        )
    ]


@measure("journal")
def journal() -> list[Reading]:
    """A journal row made durable beside the same insert by bare sqlite3, in turns."""
    from tests.bench import journal_append

    # On the disk the cabin would use: /tmp may be memory, where a sync costs nothing.
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        found = journal_append.measure(Path(folder))
    return [
        Reading(
            "journal append with fsync",
            float(str(found["append_ms"])),
            "ms",
            journal_append.ALLOWED_MS,
            "over",
            float(str(found["bare_sqlite3_ms"])),
            "bare sqlite3",
            details=found,
        )
    ]


@measure("wire")
def wire() -> list[Reading]:
    """Time on the wire over the least possible, on lines that keep their baud rate."""
    from tests.bench import wire_time

    return [
        Reading(
            f"{name}, time over the least possible",
            found["ratio"],
            "×",
            wire_time.LIMIT,
            reference=found["least_s"],
            reference_name="least possible, s",
            details=found,
        )
        for name, found in wire_time.measure().items()
    ]


@measure("codecs")
def codec_speed() -> list[Reading]:
    """Processor time a byte of each codec, on good frames and on a megabyte of almost-frames."""
    from tests.bench import codecs

    return [
        Reading(
            f"{name} codec, the slower of frames and garbage",
            max(found["good_ns"], found["garbage_ns"], found["quarter_ns"]),
            "ns a byte",
            found["limit_ns"],
            details=found,
        )
        for name, found in codecs.measure().items()
    ]


@measure("beside")
def beside_libraries() -> list[Reading]:
    """The same work by ours and by the libraries known for it, in turns."""
    from tests.bench import beside

    return [
        Reading(
            f"{name}, time over theirs",
            found["ratio"],
            "×",
            1.0,
            reference=found["theirs_us"],
            reference_name="theirs, µs",
            details=found,
        )
        for name, found in beside.measure().items()
    ]


@measure("documents")
def first_page_picture() -> list[Reading]:
    """A ten-page PDF, opened in a fresh child, to the picture of its first page."""
    from tests.bench import first_page

    found = first_page.measure()
    return [
        Reading(
            "first page picture of a 10-page PDF, p95",
            found["first_page_ms"]["p95"],
            "ms",
            first_page.P95_MS,
            reference=found["pdftoppm_ms"]["p95"],
            reference_name="pdftoppm",
            details=found,
        )
    ]


@measure("machines")
def machines_at_rest() -> list[Reading]:
    """All machines at once: at rest, and how soon a change is known."""
    from tests.bench import machines

    found = machines.measure()
    return [
        Reading(
            f"{found['devices']} machines at rest, processor time",
            found["idle_percent"],
            "% of a core",
            machines.IDLE_PERCENT,
            details=found,
        ),
        Reading("paper out until it is known", found["paper_s"], "s", machines.CHANGE_S),
        Reading("cable pulled until it is known", found["unplugged_s"], "s", machines.CHANGE_S),
    ]


@measure("stop")
def stop_on_the_wire() -> list[Reading]:
    """停止 of the blood-pressure meter: finger down to the stop frame on its wire."""
    from tests.bench import stop_time

    found = stop_time.measure()
    seen = found["press_to_frame_ms"]
    name = "停止 to the stop frame on the wire"
    return [
        Reading(f"{name}, p50", seen["p50"], "ms", details=found),
        Reading(f"{name}, p95", seen["p95"], "ms", stop_time.P95_MS),
    ]


@measure("day")
def cabin_day() -> list[Reading]:
    """A day of 80 visits to every service in virtual time, with its audit."""
    from tests.bench import cabin_day as days

    found = days.day()
    synced = days.day(Path.cwd())  # on the disk the cabin would use: /tmp may be memory
    name = f"one cabin-day of {days.VISITS} visits, virtual"
    return [
        Reading(name, found["seconds"], "s", days.DAY_S, details=found),
        Reading(
            f"{name}, journal on the disk", synced["seconds"], "s", days.SYNCED_S, details=synced
        ),
    ]


@measure("mixed")
def mixed_visits() -> list[Reading]:
    """What the kiosk's code holds after many visits to every service, in virtual time."""
    from tests.bench import cabin_day as days

    found = days.growth()
    return [
        Reading(
            f"memory after {found['visits']} mixed visits, growth",
            found["growth_mib"],
            "MiB",
            days.GROWTH_MIB,
            reference=found["process_growth_mib"],
            reference_name="whole process, simulator too",
            details=found,
        )
    ]


@measure("growth")
def growth() -> list[Reading]:
    """Memory behind many payments; the longest measure, so it comes last."""
    from tests.bench import growth as payments

    found = payments.measure()
    return [
        Reading(
            f"own memory, growth over {found['payments']} payments",
            found["growth_mib"],
            "MiB",
            payments.GROWTH_MIB,
            reference=found["before_mib"],
            reference_name="own memory before",
            details=found,
        )
    ]
