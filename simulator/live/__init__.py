"""The live simulation: one process that serves the systems of all regions on loopback, with faults.

A ``World`` says which records exist when, by seed; ``systems`` says who gives them out how;
``sites``, ``folders``, ``database`` and ``pushing`` do it; ``faults`` and ``misbehaviour`` spoil it;
the ``Ledger`` writes down what is true.
"""

from simulator.live.faults import KINDS, FaultError
from simulator.live.running import Setting, Simulation

__all__ = ["KINDS", "FaultError", "Setting", "Simulation"]
