"""The book of units: accounts, entries and blocks of serial numbers. It runs without the rest of the
project.
"""
