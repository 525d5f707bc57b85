"""Movements of units between two persons: proposed by one, checked, approved by another, and only then done.

`table` says what movements there are, `checks` what must hold, `life` how one goes, `doors` what anybody may do.
"""
