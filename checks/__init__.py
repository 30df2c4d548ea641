"""Checks: contracts of the record sets, and the gate that every record passes or is kept aside at.

Place in the flow: after ``exporters.mapping`` and before ``metrics.archive``.
"""
