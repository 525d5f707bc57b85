"""The HTTP interface for programs: reads by the same rules as the pages, moves and acts over the same door."""
