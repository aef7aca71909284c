"""The policy room: one rule pack per regulation, the rule library, and the judge that turns evidence into verdicts."""
