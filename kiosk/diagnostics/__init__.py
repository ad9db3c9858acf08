"""What the kiosk knows of itself: facts, what is wrong, and whether it is alive."""
