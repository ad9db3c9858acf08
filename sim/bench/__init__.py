"""The bench: a page, and an API for programs, that plays the world outside the cabin."""
