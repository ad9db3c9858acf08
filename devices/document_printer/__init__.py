"""The document printer: IPP over HTTP."""
