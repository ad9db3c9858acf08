"""``kiosk install``: what makes a machine a cabin that runs by itself, and takes it back again."""
