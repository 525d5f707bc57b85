#!/usr/bin/env python3
"""The registry's one command."""

import os, sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cdm.settings")
from django.core.management import execute_from_command_line

execute_from_command_line(sys.argv)
