"""Findings: what does not follow a rule, with its evidence, an owner and a day; answered by the owner, judged by the directive body."""
