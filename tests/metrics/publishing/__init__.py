"""Published rankings: frozen inputs, canonical bytes, where two results differ."""
