"""The command line: one module a command, thin shells over use cases."""
