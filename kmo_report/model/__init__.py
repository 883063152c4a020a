"""The nouns: a question, its answer, the tables in it, and the house style.

All models are frozen and know no other keys than their own.
"""
