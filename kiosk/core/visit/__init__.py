"""One person's stay at the screen: which step they are at, and what their touches do."""
