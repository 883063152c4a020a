"""A SYNTHETIC register of approved requests, for demos, tests and benchmarks: nobody's data.

    python -m tests.data.register OUT.csv|OUT.parquet [--rows N] [--belgian]

The requests for HRM and DIVERSITEIT in 2019 add up to exactly what the answer to question nr. 370 of
2019-2020 published; all else is made up. Every number of a request starts with SYN.
"""

import argparse
from pathlib import Path

import duckdb

SEED = 370
PUBLISHED = {
    ("HRM", "Advies"): (452, 749140),
    ("HRM", "Opleiding"): (4150, 2305219),
    ("DIVERSITEIT", "Advies"): (13, 27409),
    ("DIVERSITEIT", "Opleiding"): (164, 67457),
}
"""Theme and service -> requests and euros of 2019."""
LEAST = sum(count for count, _ in PUBLISHED.values())
THEMES = ("HRM", "DIVERSITEIT", "BEDRIJFSSTRATEGIE", "CYBERSECURITY", "ENERGIE", "FINANCIEEL",
          "INNOVATIE", "INTERNATIONALISERING", "KWALITEIT", "MARKETING", "MILIEU", "OVERNAME",
          "TALEN", "VEILIGHEID")  # fmt: skip


def write(path: Path, rows: int = 150_000, *, belgian: bool = False) -> Path:
    """Write so many requests; in Belgian notation with semicolons, or plain."""
    if rows < LEAST:
        raise ValueError(f"what was published are {LEAST} requests already")
    steun = "steun"
    if belgian:
        # Dots in threes, counted from the right.
        euros = "reverse(regexp_replace(reverse(split_part(steun::VARCHAR, '.', 1)), '([0-9]{3})', '\\1.', 'g'))"
        euros = f"ltrim({euros}, '.')"
        steun = f"'€ ' || {euros} || ',' || split_part(steun::VARCHAR, '.', 2)"
    datum = "strftime(datum, '%d/%m/%Y')" if belgian else "datum"
    order = "ORDER BY datum, dossier" if rows <= 1_000_000 else ""
    options = "FORMAT parquet" if path.suffix == ".parquet" else "HEADER"
    if belgian:
        options += ", DELIMITER ';'"
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(
            f'COPY (SELECT \'SYN-\' || dossier AS "Dossier", {datum} AS "Datum", thema AS "Thema",'
            f' dienst AS "Dienst", {steun} AS "Steun" FROM ({_requests(rows)}) {order})'
            f" TO '{path}' ({options})"
        )
    return path


def _requests(rows: int) -> str:
    """In cents and in order, so that the last request of a cell brings it to its total."""
    cells = ", ".join(
        f"('{theme}', '{service}', {count}, {total * 100})"
        for (theme, service), (count, total) in PUBLISHED.items()
    )
    themes = ", ".join(f"'{theme}'" for theme in THEMES)
    return f"""
        WITH cells(thema, dienst, aantal, totaal) AS (VALUES {cells}),
        weighed AS (
            SELECT *, sum(60 + hash({SEED}, thema, dienst, n) % 80)
                OVER (PARTITION BY thema, dienst ORDER BY n) AS weight
            FROM cells, LATERAL (SELECT unnest(range(aantal)) AS n)
        ),
        published AS (
            SELECT 100000000 + row_number() OVER (ORDER BY thema, dienst, n) AS i, 2019 AS jaar,
                thema, dienst, floor_of - coalesce(lag(floor_of) OVER (
                    PARTITION BY thema, dienst ORDER BY n), 0) AS cents
            FROM (SELECT *, (totaal * weight) // max(weight) OVER (PARTITION BY thema, dienst)
                AS floor_of FROM weighed)
        ),
        drawn AS (SELECT range AS i, (hash({SEED}, range) >> 1)::BIGINT AS h FROM range({rows - LEAST})),
        others AS (
            SELECT i, 2016 + h % 4 AS jaar,
                -- In 2019 the first two themes are those that were published.
                [{themes}][1 + CASE WHEN h % 4 = 3 THEN 2 + (h // 11) % 12 ELSE (h // 11) % 14 END]
                AS thema, CASE WHEN (h // 977) % 5 = 0 THEN 'Advies' ELSE 'Opleiding' END AS dienst,
                2500 + (h // 7919) % 750000 AS cents
            FROM drawn
        )
        SELECT jaar || '-' || lpad(i::VARCHAR, 9, '0') AS dossier,
            make_date(jaar::BIGINT, 1, 1) + (hash({SEED}, i) % 365)::INTEGER AS datum,
            thema, dienst, cents::DECIMAL(14, 0) * 0.01 AS steun
        FROM (SELECT * FROM published UNION ALL SELECT * FROM others)
    """


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--rows", type=int, default=150_000)
    parser.add_argument("--belgian", action="store_true")
    chosen = parser.parse_args()
    chosen.path.parent.mkdir(parents=True, exist_ok=True)
    write(chosen.path, chosen.rows, belgian=chosen.belgian)
