"""The numbers of the clean development mechanism with their dates and sources. Pure Python and data files.

Nothing in this room imports Django or reads the clock: the day is always an argument. See docs/rules.md.
"""
