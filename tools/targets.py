"""Lists the Makefile's targets. In Python, for awk differs from machine to machine."""

import re
import sys
from pathlib import Path

for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
    target = re.match(r"([a-z]+):.*## (.*)", line)
    if target:
        print(f"  make {target.group(1):10} {target.group(2)}")
