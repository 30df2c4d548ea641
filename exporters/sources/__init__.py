"""Sources: one module a kind, all held to the promises of ``exporters.sources.source``."""
