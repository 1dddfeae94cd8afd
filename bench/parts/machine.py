"""What the figures of a bench depend on."""

import os
import re

from parts.report import git


def machine(root):
    """What the figures depend on, without a path or a day."""
    with open("/proc/cpuinfo") as file:
        model = re.search(r"model name\s*:\s*(.*)", file.read())
    dirty = git(root, "status", "--porcelain", "--", "Sources", "bench", "scripts", "Package.swift")
    return {
        "cpu": model.group(1) if model else os.uname().machine,
        "cores": os.cpu_count(),
        "kernel": f"{os.uname().sysname} {os.uname().release}",
        "commit": git(root, "rev-parse", "--short=12", "HEAD") + (" with uncommitted changes" if dirty else ""),
    }
