"""The archive: what is published is kept here for good, unchanged, and can be shown to be so.

An OCFL 1.1 storage root with a journal beside its objects; LEESMIJ.txt in it says how to read it
without this program. Only the standard library is used, so that it can be read for long.
"""
