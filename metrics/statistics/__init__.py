"""Statistics of the ranking: pure functions of arrays, each built to the definition in the literature.

The place of every formula is named in the docstring of what computes it. Nothing here reads a
file, a clock or a store, and nothing draws without a seed. Results are frozen dataclasses;
figures that allow no answer raise ``BadFigures``, which names them and the remedy.
"""
