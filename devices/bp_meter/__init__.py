"""Blood-pressure meters: RBP-7000/9000 and IEEE 11073."""
