"""The book of units: accounts, entries and blocks of serials. It runs without the rest of the project."""
