"""Files that people bring: opened in a child process behind walls, never in the kiosk itself."""
