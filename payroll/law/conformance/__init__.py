"""Proof of the law against files of cases whose expectations come from elsewhere."""
