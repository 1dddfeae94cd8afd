#!/usr/bin/env python3
"""Takes a core: hog.py CORE [PRIORITY LENGTH PERIOD]. With a priority as SCHED_FIFO, LENGTH s of every PERIOD s."""

import os
import sys
import time

core, *steal = sys.argv[1:]
os.sched_setaffinity(0, {int(core)})
if not steal:
    while True:
        pass
priority, length, period = int(steal[0]), float(steal[1]), float(steal[2])
os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
due = time.monotonic()
while True:
    due += period
    time.sleep(max(0.0, due - time.monotonic()))
    end = time.monotonic() + length
    while time.monotonic() < end:
        pass
