"""How fast registers are added up, beside a query by hand that reads as strictly.

    python -m tests.bench.figures MILLIONS...

CPU seconds, in one process; the digest of the file is timed apart. Exit 1 if a bound is not kept.
"""

import os
import resource
import sys
import tempfile
import zipfile
from functools import partial
from pathlib import Path
from statistics import median

from python_calamine import CalamineWorkbook

from kmo_report import figures
from kmo_report.figures.opening import open_file
from kmo_report.figures.sandbox import connect
from kmo_report.model.register import Register
from tests.bench.bench import cpu, kept
from tests.data import register as synthetic

BY_HAND = 1.2
"""ours / the query by hand, from ten million rows up"""
SMALL = 2.0
"""the same for fewer rows, or without the test of doubles, where to begin is much of it"""
SHEET = 2.0
"""200,000 rows of XLSX, every cell validated / calamine that reads them"""
MEMORY = 1000
"""MB at the peak"""
RUNS = 3

COLUMNS = {"year": "Datum", "by": ["Thema", "Dienst"], "amount": "Steun"}


def ours(path: Path, *, number: bool) -> None:
    """What the command does."""
    more = {"number": "Dossier"} if number else {}
    register = {"source": path.name, **COLUMNS, **more}
    figures.totals(Register.model_validate(register), path.parent)


def by_hand(path: Path, *, number: bool) -> None:
    """The same strict reading, count of rejects and test of doubles, written for this file."""
    with tempfile.TemporaryDirectory() as folder, connect((path,), Path(folder)) as connection:
        if path.suffix == ".csv":
            fields = dict.fromkeys(("Dossier", "Datum", "Thema", "Dienst", "Steun"), "VARCHAR")
            rows = f"read_csv('{path}', header = true, columns = {fields}, store_rejects = true)"
            day = "CASE WHEN regexp_full_match(trim(Datum), '[0-9]{4}-[0-9]{2}-[0-9]{2}') THEN year(TRY_CAST(trim(Datum) AS DATE)) END"
            steun = "CASE WHEN regexp_full_match(trim(Steun), '-?[0-9]{1,15}([.][0-9]{1,2})?') THEN CAST(trim(Steun) AS DECIMAL(18,2)) END"
        else:
            rows, day, steun = f"read_parquet('{path}')", "year(Datum)", "Steun::DECIMAL(18,2)"
        parsed = (
            f"SELECT {day} AS y, trim(Thema) AS t, trim(Dienst) AS d, {steun} AS a"
            f"{', trim(Dossier) AS n' if number else ''} FROM {rows}"
        )
        source = f"({parsed})"
        if number:
            connection.execute(f"CREATE TEMP TABLE parsed AS {parsed}")
            source = "parsed"
            doubled = "SELECT count(*) FROM (SELECT n FROM parsed GROUP BY n HAVING count(*) > 1)"
            assert connection.execute(doubled).fetchall() == [(0,)]
        sums = "count(*), count(*) - count(a), sum(a), count(*) FILTER (a < 0)"
        connection.execute(f"SELECT y, t, d, {sums} FROM {source} GROUP BY ALL").fetchall()


def floor(path: Path) -> None:
    """A query that believes everything."""
    read = "read_csv" if path.suffix == ".csv" else "read_parquet"
    with tempfile.TemporaryDirectory() as folder, connect((path,), Path(folder)) as connection:
        connection.execute(
            "SELECT year(Datum::DATE), Thema, Dienst, count(*), sum(Steun::DECIMAL(18,2))"
            f" FROM {read}('{path}') GROUP BY ALL"
        ).fetchall()


def peak(path: Path, *, number: bool) -> int:
    """MB that a process of its own takes at most."""
    child = os.fork()
    if not child:
        ours(path, number=number)
        os._exit(0)
    return int(os.wait4(child, 0)[2].ru_maxrss) // 1024


def files(folder: Path, millions: int) -> bool:
    """CSV and Parquet of so many rows."""
    good = True
    for suffix in ("csv", "parquet"):
        path = synthetic.write(folder / f"{millions}.{suffix}", millions * 1_000_000)
        for number in (False, True):
            memory = peak(path, number=number)
            digest = median(cpu(partial(open_file, path, "x")) for _ in range(RUNS))
            runs = [
                (
                    cpu(partial(ours, path, number=number)),
                    cpu(partial(by_hand, path, number=number)),
                )
                for _ in range(RUNS)
            ]
            mine, theirs = (median(run[which] for run in runs) for which in (0, 1))
            what = "with doubles" if number else "without"
            name = f"{millions}M rows of {suffix}, {what} / by hand, CPU"
            good &= kept(
                name, mine - digest, theirs, BY_HAND if millions >= 10 and number else SMALL
            )
            good &= memory <= MEMORY
            print(f"{'':10} digest {digest:.2f} s; peak memory {memory} MB (bound {MEMORY})")
        print(f"{'':10} the floor, a plain sum: {cpu(partial(floor, path)):.2f} s")
        path.unlink()
    return good


def sheet(folder: Path) -> bool:
    """An XLSX of 200,000 rows."""
    path = folder / "r.xlsx"
    text = '<c t="inlineStr"><is><t>{}</t></is></c>'
    rows = [
        f"<row>{''.join(text.format(name) for name in ('Dossier', 'Datum', 'Thema', 'Dienst', 'Steun', 'Nota'))}</row>"
    ]
    for n in range(200_000):
        cells = [f"SYN-{n}", f"2019-{n % 12 + 1:02}-01", f"THEMA {n % 14}", "Advies"]
        amount = f"<c><v>{n % 999}.{n % 90 + 10}</v></c>"
        rows.append(f"<row>{''.join(map(text.format, cells))}{amount}{text.format('x')}</row>")
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(
            "[Content_Types].xml",
            "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
        )
        made.writestr(
            "_rels/.rels",
            f"<Relationships xmlns='{package}'><Relationship Id='a' Type='{relations}/officeDocument' Target='xl/workbook.xml'/></Relationships>",
        )
        made.writestr(
            "xl/workbook.xml",
            f"<workbook xmlns='{main}' xmlns:r='{relations}'><sheets><sheet name='Blad1' sheetId='1' r:id='a'/></sheets></workbook>",
        )
        made.writestr(
            "xl/_rels/workbook.xml.rels",
            f"<Relationships xmlns='{package}'><Relationship Id='a' Type='{relations}/worksheet' Target='worksheets/sheet1.xml'/></Relationships>",
        )
        made.writestr(
            "xl/worksheets/sheet1.xml",
            f"<worksheet xmlns='{main}'><sheetData>{''.join(rows)}</sheetData></worksheet>",
        )

    def read() -> None:
        with CalamineWorkbook.from_path(path) as book:
            book.get_sheet_by_index(0).to_python()

    runs = [(cpu(partial(ours, path, number=True)), cpu(read)) for _ in range(RUNS)]
    mine, theirs = (median(run[which] for run in runs) for which in (0, 1))
    return kept("200,000 rows of XLSX / calamine alone, CPU", mine, theirs, SHEET)


def main() -> None:
    """All measurements."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as folder:
        good = [sheet(Path(folder))]
        good += [files(Path(folder), int(millions)) for millions in sys.argv[1:]]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
