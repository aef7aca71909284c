"""The rule library: small pure functions, one home per rule, used by every pack that needs them."""
