"""What screens are made of. Every widget draws itself and knows its place, nothing more."""
