#!/usr/bin/env python
"""Django's command line; the demo settings are the default, production names its own."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salescrm.settings.demo")
    from salescrm.commands import Named

    Named(sys.argv).execute()
