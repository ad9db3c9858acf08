"""A flatbed scanner for ID cards and pages, through SANE's `scanimage`."""
