"""Forms: what people type, cleaned and checked before one call of the domain."""
