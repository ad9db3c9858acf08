"""Command line and composition."""
def main() -> int:
    return 0
