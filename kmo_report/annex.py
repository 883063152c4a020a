"""A table of the answer as a file of its own, for who wants to compute with it."""

import csv
import io

from kmo_report.model import Missing, Table


def figures_csv(table: Table) -> bytes:
    """RFC 4180: year, item, the labels, count and total of each item; no totals, no averages.

    Totals are written as 1234.56; a figure that is missing is an empty field.
    """
    labels = table.label_names()
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(["year", "item", *labels, "count", "total"])
    for year, name, item in sorted(table.items(), key=lambda entry: entry[0]):
        count = "" if item.count is None or isinstance(item.count, Missing) else item.count
        total = "" if item.total is None or isinstance(item.total, Missing) else f"{item.total:.2f}"
        rows.writerow([year, name, *(item.labels.get(label, "") for label in labels), count, total])
    return text.getvalue().encode()
