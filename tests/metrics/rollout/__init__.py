"""Tests of the rollout tracks, their seed and the published figures."""
