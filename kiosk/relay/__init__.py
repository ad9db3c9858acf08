"""The upload relay: how a file gets from somebody's phone to the kiosk. See RELAY.md."""
