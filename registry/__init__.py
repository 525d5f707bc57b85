"""The book of units: accounts, entries and blocks of serials. It knows nothing of the life cycle."""
