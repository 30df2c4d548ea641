"""The live simulation, asked over real sockets."""
