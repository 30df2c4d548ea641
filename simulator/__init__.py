"""Simulator: stand-in for the systems of 514 regions, with known truth and planted defects.

Shares no code with what it tests: it imports the registry's types and nothing else of the product.
"""

from simulator.manifest import Manifest, PlantedDefect, SimulatedFile
from simulator.year import write_year

__all__ = ["Manifest", "PlantedDefect", "SimulatedFile", "write_year"]
