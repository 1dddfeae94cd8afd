#!/usr/bin/env python3
"""How late a core wakes up a process that does nothing else: bare.py CORE RATE SECONDS prints p50, p99 and p99.9 in s.

No program can be more punctual than its machine.
"""

import gc
import os
import sys
import time

core, rate, seconds = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
os.sched_setaffinity(0, {core})
gc.disable()
count = int(rate * seconds)
late = [0.0] * count
begin = time.monotonic() + 0.05
for number in range(count):
    due = begin + number / rate
    wait = due - time.monotonic()
    if wait > 0:
        time.sleep(wait)
    late[number] = time.monotonic() - due
late.sort()
print(*(late[min(count - 1, int(count * share))] for share in (0.5, 0.99, 0.999)))
