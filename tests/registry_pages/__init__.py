"""The registry's look-ups: stories of serials, reports, attestations, and their pages."""
