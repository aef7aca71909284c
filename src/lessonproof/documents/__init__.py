"""What people write: YAML with line numbers, class files. Mistakes are named by file, line, field and expectation."""
