"""What a driver says of itself beside its operations: settings, counters and safe tests.

Plain values: screens, shell, metrics and report are made from them. Each driver's stand in
`declared.py` of its folder, which imports no driver, and are reached by `registry.declaration`.
Titles and advice are Chinese, for the technician who stands in the cabin.
Sources: requirements R40 to R43; Design, "Devices" (each driver declares how it knows that it is
alive).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Setting:
    """A key of the device's table in the configuration. `default` None: it must be given."""

    name: str
    title: str
    allowed: str
    default: object = None


@dataclass(frozen=True, slots=True)
class Counter:
    """Something that wears out or is used up, counted from the ends of commands.

    `command` is the class of the command whose success counts, "" for a notice of class `notice`;
    `amount` the attribute of what the success says ("": each counts one).
    """

    name: str
    title: str
    unit: str
    command: str = ""
    amount: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True)
class SafeTest:
    """Something a technician can let the device do.

    `operation` is "status" or one of the driver's, with its `parameters` as text. `prepare` is
    what to do before, `expect` what should come, `question` what only eyes can answer ("" if the
    device's answer says it all), `advice` what to do when it fails. `within` names numbers of the
    device's answer with their limits. `also`: codes of a refusal that are what should come, too.
    `goods`: something comes out, so it wants a second yes. "{run}" in a parameter becomes another
    word in each run.
    """

    name: str
    title: str
    operation: str
    expect: str
    advice: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    prepare: str = ""
    question: str = ""
    within: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    goods: bool = False
    also: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Declaration:
    """One driver.

    `alive`: how it is known to be there. `identity`: attributes of the answer to "identify" (or
    the operation `identify_by`) that name the machine, `firmware` the one that names its program.
    `asks`: operations that only ask and change nothing, on the wire too. `personal`: operations
    whose answers are somebody's, never told outside.
    """

    title: str
    alive: str
    settings: tuple[Setting, ...] = ()
    counters: tuple[Counter, ...] = ()
    tests: tuple[SafeTest, ...] = ()
    identify_by: str = ""
    identity: tuple[str, ...] = ()
    firmware: str = ""
    asks: frozenset[str] = frozenset()
    personal: frozenset[str] = frozenset()


CABLE = "检查电源、数据线和配置里的端口；换一根线再试。"
STATUS = SafeTest(
    "status",
    "状态",
    "status",
    "设备有应答，状态正常",
    CABLE,
)
UNDECLARED = Declaration("设备", "由驱动程序判断")
