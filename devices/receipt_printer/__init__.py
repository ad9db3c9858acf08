"""The receipt printer: ESC/POS over a serial line."""
