"""The tests: cases in good/ and bad/, and a file per room or law."""
