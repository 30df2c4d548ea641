"""Pieces of a page. Figure and HTML builders are pure: facts in, figure or text out."""
