"""The barcode scanner: CDC serial."""
