"""`python -m tracker`."""

from .cli import main

main()
