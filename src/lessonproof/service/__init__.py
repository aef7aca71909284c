"""What users meet: the command line, the HTTP API, reports, and the use cases behind them."""
