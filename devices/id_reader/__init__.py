"""The ID-card reader: SAM_V."""
