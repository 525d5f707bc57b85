"""The demonstration as it is loaded: what it holds, and what it refuses."""
