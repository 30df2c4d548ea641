"""The report on the quality of the data: one HTML page, to be kept, printed or handed on.

Place in the flow: ``pantau quality-report`` reads ``Facts`` from the store and writes what ``report``
makes of them. The page stands alone, as ``pantau.htmlpage`` says. It travels, so it does not name who
looks after an incident.
"""

from __future__ import annotations

from pantau.qualityreport.facts import Facts, facts_of
from pantau.qualityreport.page import report

__all__ = ["Facts", "facts_of", "report"]
