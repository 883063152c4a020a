"""The servers; without what they need a test is left out, with the reason, but not in `make engines`."""

import importlib.util
import os
import shutil
from collections.abc import Iterator

import pytest

from tests.engines.servers import SPARK, Postgres, commands, postgres

ALL = os.environ.get("KMO_REPORT_ENGINES") == "all"
"""Whether nothing may be left out."""


def lacking(why: str) -> None:
    """Leave a test out, or say that it may not be."""
    (pytest.fail if ALL else pytest.skip)(f"{why}; make engines runs it")


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """PostgreSQL."""
    programs = commands()
    if programs is None:
        lacking("there is no PostgreSQL here")
    elif importlib.util.find_spec("ibis") is None:
        lacking("there is no Ibis here")
    else:
        with postgres(programs) as running:
            yield running


@pytest.fixture(scope="session")
def spark() -> str:
    """The address of Spark."""
    if importlib.util.find_spec("pyspark") is None or importlib.util.find_spec("ibis") is None:
        lacking("there is no Spark here")
    if shutil.which("java") is None:
        lacking("there is no Java here")
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    os.environ["PYSPARK_SUBMIT_ARGS"] = "--conf spark.ui.enabled=false pyspark-shell"
    return SPARK
