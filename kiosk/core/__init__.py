"""The pure part of the cabin: states, events, commands and the functions between them.

Nothing here reads a clock, opens a file or knows a thread; everything is a frozen value.
"""
