"""Tests of the official indices as published."""
