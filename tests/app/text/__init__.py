"""The sentences, and the form of numbers and dates."""
