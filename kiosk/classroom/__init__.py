"""小义工课堂: lessons on the real screens with practice money.

Lessons are data (``lessons/``, LESSONS.md); ``runner`` leads through one; nothing here opens a
device or draws.
"""

RECORD = "classes.json"
"""What classes have learned, in the cabin's data folder (`record`)."""
