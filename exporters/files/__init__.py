"""Sources: what regional systems offer, as frames of text with one record a row."""
