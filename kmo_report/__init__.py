"""Answers to written questions of the Flemish Parliament, from figures to an official document."""
