"""Programs that are not ours judge what is rendered: `make conformance`."""
