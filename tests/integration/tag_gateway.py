"""readpoint-gateway with a field of tags (tag_field.py) where the LLRP driver is: a program."""

import sys

from drivers.registry import DRIVERS, Entry
from gateway.__main__ import main

DRIVERS["llrp"] = Entry("tag_field", "TagField")  # beside this file

if __name__ == "__main__":
    sys.exit(main())
