"""Records that regions and platforms send by themselves: ``POST /v1/<record set>``.

A request goes through ``api``: who sends it (``access``), its body (``body``), its records
(``reading``), its turn (``groups``), its answer (``account``), kept under its key (``receipts``).
"""
