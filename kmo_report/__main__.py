"""`python -m kmo_report`"""

from kmo_report.cli import main

main()
