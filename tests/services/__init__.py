"""Real servers that tests start: on loopback, in a folder of their own, ended with the tests."""
