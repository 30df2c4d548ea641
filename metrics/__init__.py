"""Core of Pantau MPP: record sets, archive, roll-ups, indicators, ranking and rollout."""
