"""One module a page: fetch, arrange, done. Arithmetic lives in ``app.reading``."""
