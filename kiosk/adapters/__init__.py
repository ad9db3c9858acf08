"""Between core and world: commands to drivers and gateways, their answers back as events."""

from kiosk.adapters.adapters import Adapters, DeviceReport

__all__ = ["Adapters", "DeviceReport"]
