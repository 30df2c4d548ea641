"""Rules about the checkout itself: what may import what, what files may say, what the documents promise."""
