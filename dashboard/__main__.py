"""`python -m dashboard` is the `qudao` command."""

from dashboard.cli import main

main()
