"""Model tests: an order's life against a truthful, hostile world in virtual time."""
