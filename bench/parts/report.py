"""The table of a bench in Markdown, its raw values in JSON, and the machine of the run."""

import json
import os
import re
import statistics
import subprocess

from parts.client import version

SCHEMA = "headroom.bench/1"
GROWTH_LIMIT = 1.1  # headroom's growth of CPU per response from 64 to 15,000 connections, relative to the floor's
FLOORS = ("floor", "floor-in-turn", "floor-shared", "floor-memory", "floor-plain")  # references, not peers
TOGETHER_LIMIT = 0.5  # of its requests: a tool that starts more of them together carries another load
OURS = ("before", "headroom", "headroom-in-turn", "headroom-1ms")  # `before`: an earlier build
RATIO_BASES = {"main": ("wrk", "floor"), "tls": ("wrk", "floor"), "h2": ("h2load",)}  # of a cost per response
DISTURBED_SHARE = 0.05  # of a core, by processes that are neither client nor server


def bytes_text(count):
    return f"{count // 1000} KB" if count >= 1000 else f"{count}-byte"


def median(outcome, key):
    """The median of one figure over the rounds, or nil without a sample."""
    values = [sample[key] for sample in outcome["samples"] if sample.get(key) is not None]
    return statistics.median(values) if values else None


def machine_facts(root, binaries):
    """What the figures depend on: machine, tools and commit, without a path or a day."""
    with open("/proc/cpuinfo") as file:
        model = re.search(r"model name\s*:\s*(.*)", file.read())
    return {
        "cpu": model.group(1) if model else os.uname().machine,
        "cores": os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "kernel": f"{os.uname().sysname} {os.uname().release}",
        "commit": (
            git(root, "rev-parse", "--short=12", "HEAD")
            + (
                " with uncommitted changes"
                if git(root, "status", "--porcelain", "--", "Sources", "bench", "scripts", "Package.swift")
                else ""
            )
        ),
        "versions": {
            "headroom": (
                version([binaries["headroom"], "--version"]) if binaries["headroom"] else "not measured"
            ),
            "nginx": version(["nginx", "-v"]),
            "openssl": version(["openssl", "version"]),
            "wrk": version(["wrk", "-v"]),
            "h2load": version(["h2load", "--version"]),
            "ab": version(["ab", "-V"]),
            "cc of the floor": version(["cc", "--version"]),
        },
    }


def git(root, *arguments):
    done = subprocess.run(["git", "-C", root, *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else "unknown"


def table(what, command, facts, rows):
    """The whole report in Markdown."""
    versions = ", ".join(f"{name} {text}" for name, text in facts["versions"].items())
    lines = [
        f"# Bench: {what}",
        "",
        f"`{command}` at commit {facts['commit']}.",
        "",
        (
            f"{facts['cpu']}, {facts['cores']} cores, {facts['memory_bytes'] / 1e9:.1f} GB,"
            f" {facts['kernel']}. {versions}."
        ),
        "",
        HOW[what],
    ]
    for row in rows:
        lines += ["", f"## {row['title']}", ""]
        if row.get("skipped"):
            lines.append(f"Not measured: {row['skipped']}.")
            continue
        if row.get("memory") or what == "memory":
            lines += memory_table(row)
        elif what == "paced":
            lines += paced_table(row)
        else:
            lines += cost_table(row, *RATIO_BASES[what])
        lines += notes(row)
    if what == "main":
        lines += growth(rows)
    return "\n".join(lines) + "\n"


HOW = {
    "main": (
        "One nginx worker on core 0, one client thread on core 1, plain HTTP/1.1 over the loopback, users"
        " back to back, rounds interleaved. Medians of the rounds; CPU in µs per response. Loopback charges"
        " one side's work to the other: look at the sum too."
    ),
    "tls": (
        "One nginx worker on core 0, one client thread on core 1, HTTP/1.1 over TLS 1.3 with one cipher suite"
        " (TLS_AES_128_GCM_SHA256) and an ECDSA P-256 certificate, users back to back, rounds interleaved. Medians"
        " of the rounds; CPU in µs per response. `a handshake per request`: the server ends each connection with"
        " its answer and resumes no session, so µs per response is µs per handshake with its one request. wrk,"
        " h2load, ab and the floor verify no certificate; headroom does. floor-shared, floor-memory and"
        " floor-plain are the floor with another way for ciphertext to reach OpenSSL (bench/floor-tls.c)."
    ),
    "h2": (
        "One nginx worker on core 0, one client thread on core 1, HTTP/2 in clear text by prior knowledge, users"
        " back to back, rounds interleaved. Medians of the rounds; CPU in µs per response."
    ),
    "paced": (
        "One nginx worker on core 0, one client thread on core 1, 50 KB bodies, plain HTTP/1.1. CPU in µs per"
        " response, client + server, between two marks after the ramp. `bunching` is the busiest second over"
        " the mean: a tool that sends its users in bunches wakes up less often and pays less for it. h2load's"
        " timers tick in milliseconds: where several users are due within one, it starts them together and up"
        " to 1 ms late, for one wake-up. headroom-1ms (`--tick 1ms`) does that too; the others start each request"
        " when it is due. `together` is the share of requests that a server (`headroom serve`, in a run of its"
        " own) saw come within a quarter of the mean distance after another. headroom's users join at random points"
        " of the cycle, so that neighbours in it are far apart, and so do the floor's; h2load's, headroom-in-turn's"
        " (`--start cold`) and floor-in-turn's ask in the order of their connections, which the kernel may find"
        " side by side in memory: floor-in-turn beside floor shows what that is worth."
    ),
    "memory": (
        "Resident memory of the client with all users connected and asking. `kernel, buffers`: /proc/net/"
        "sockstat, both ends of every connection. `kernel, client`: kernel memory that the client's control "
        "group is charged (sockets, files, epoll)."
    ),
}


def by_cost(row, key):
    """The tools of a row, the cheapest first, those without a figure last."""
    return sorted(
        row["tools"].items(), key=lambda item: (median(item[1], key) is None, median(item[1], key) or 0)
    )


def ratio(outcome, row, base, key):
    """This tool's figure over that of `base`, or nil."""
    own = median(outcome, key)
    other = median(row["tools"][base], key) if base in row["tools"] else None
    return own / other if own is not None and other else None


def paired_ratio(outcome, row, base, key):
    """The median over the rounds of this tool's figure over that of `base` in the same round, or nil.

    The machine's speed changes from minute to minute by more than the builds differ: it cancels within a round.
    """
    others = {sample["round"]: sample[key] for sample in row["tools"].get(base, {"samples": []})["samples"]}
    ratios = [
        sample[key] / others[sample["round"]] for sample in outcome["samples"] if sample["round"] in others
    ]
    return statistics.median(ratios) if ratios else None


def ratio_text(value):
    return f"{value:.2f}" if value is not None else "-"


def tool_table(row, key, columns):
    """A line per tool, the cheapest by `key` first; a column is a heading and a function of an outcome."""
    lines = [
        "| tool | " + " | ".join(heading for heading, _ in columns) + " |",
        "|---" + "|--:" * len(columns) + "|",
    ]
    for name, outcome in by_cost(row, key):
        cells = [text(outcome) if outcome["samples"] else "-" for _, text in columns]
        lines.append("| " + " | ".join([name, *cells]) + " |")
    return lines


def middle(key, digits, scale=1):
    """The cell of a column with the median of one figure."""
    return lambda outcome: f"{median(outcome, key) / scale:,.{digits}f}"


def spread(key, digits):
    """The cell of a column with the least and the largest of one figure."""

    def text(outcome):
        each = [sample[key] for sample in outcome["samples"]]
        return f"{min(each):.{digits}f}..{max(each):.{digits}f}"

    return text


def over(row, base, key):
    """The cell of a column with the ratio to `base`."""
    return lambda outcome: ratio_text(ratio(outcome, row, base, key))


def peak_megabytes(outcome):
    return f"{peak_rss(outcome) / 1e6:.1f}"


def cost_table(row, *bases):
    """CPU per response, and its ratio to each of `bases`."""
    key = "client_cpu_microseconds"
    columns = [
        ("req/s", middle("requests_per_second", 0)),
        ("client µs", middle(key, 2)),
        ("min..max", spread(key, 2)),
        ("server µs", middle("server_cpu_microseconds", 2)),
        ("sum µs", middle("sum_cpu_microseconds", 2)),
        *((f"× {base}", over(row, base, key)) for base in bases),
        ("RSS MB", peak_megabytes),
    ]
    return tool_table(row, key, columns) + verdicts(row, key, "client CPU")


def paced_table(row):
    key = "sum_cpu_microseconds"
    rate = middle("requests_per_second", 0)
    columns = [
        ("achieved/s", lambda outcome: rate(outcome) + ("" if outcome["held_rate"] else " (not held)")),
        ("client µs", middle("client_cpu_microseconds", 1)),
        ("server µs", middle("server_cpu_microseconds", 1)),
        ("sum µs", middle(key, 1)),
        ("min..max", spread(key, 1)),
        ("× floor", over(row, "floor", key)),
        ("bunching", lambda outcome: ratio_text(median(outcome, "peak_second_over_mean"))),
        ("together", together_text),
        ("RSS MB", peak_megabytes),
    ]
    lines = tool_table(row, key, columns) + verdicts(row, key, "client + server CPU")
    for name, outcome in row["tools"].items():
        if outcome["samples"] and not outcome["held_rate"]:
            lines.append(f"- {name} could not hold the rate: {rate(outcome)}/s of {row['rate']:,}/s.")
        if is_bunched(outcome) and name not in OURS:
            lines.append(
                f"- {name} could not hold this load: {together_text(outcome)} of its requests started together with"
                " another. It is compared with headroom-1ms, which starts them together too."
            )
        if outcome["samples"] and not outcome["even"]:
            lines.append(f"- {name} sent its users in bunches, which is another load: not compared.")
    return lines


def is_bunched(outcome):
    return (outcome.get("together_share") or 0) > TOGETHER_LIMIT


def together_text(outcome):
    share = outcome.get("together_share")
    return "-" if share is None else f"{share:.0%}"


def memory_table(row):
    group = middle("group_kernel_bytes", 1, 1e6)
    columns = [
        ("users held", middle("connections", 0)),
        ("RSS MB", middle("rss_bytes", 1, 1e6)),
        ("peak MB", peak_megabytes),
        ("KB per user", lambda outcome: f"{peak_rss(outcome) / 1e3 / row['connections']:.2f}"),
        ("kernel, buffers MB", middle("kernel_tcp_bytes", 1, 1e6)),
        (
            "kernel, client MB",
            lambda outcome: (
                "no control group" if median(outcome, "group_kernel_bytes") is None else group(outcome)
            ),
        ),
    ]
    lines = tool_table(row, "rss_peak_bytes", columns)
    own = row["tools"].get("headroom")
    if own and own["samples"] and "rss_limit_bytes" in row:
        limit = row["rss_limit_bytes"]
        lines += [
            "",
            verdict(
                f"RSS with {row['connections']:,} held users at most {limit / 1e6:.0f} MB",
                f"{peak_rss(own) / 1e6:.1f} MB",
                peak_rss(own) <= limit,
            ),
        ]
    return lines + held_verdicts(row) if "held_limits" in row else lines


def held_verdicts(row):
    """Memory per held user, the kernel's for its socket included, against a peer's."""
    own = row["tools"].get("headroom")
    lines = [""]
    for base, limit in row.get("held_limits", {}).items():
        peer = row["tools"].get(base)
        if not own or not own["samples"] or not peer or not peer["samples"]:
            lines.append(f"- undecided: memory per held user at most {limit} × {base} (a figure is missing).")
            continue
        measured = held_bytes(own) / held_bytes(peer)
        lines.append(
            verdict(f"memory per held user at most {limit} × {base}", f"{measured:.2f}", measured <= limit)
        )
    return lines


def held_bytes(outcome):
    """Resident memory, and the kernel's that is charged to the client, if a control group reports it."""
    return median(outcome, "rss_bytes") + (median(outcome, "group_kernel_bytes") or 0)


def peak_rss(outcome):
    return max(sample["rss_peak_bytes"] for sample in outcome["samples"])


def verdict(target, measured, met):
    return f"- {'met' if met else 'NOT MET'}: {target} (measured {measured})."


def verdicts(row, key, what):
    """What this row promises about headroom, each with its verdict."""
    own = row["tools"].get("headroom")
    if own is None:
        return []
    if not own["samples"]:
        return ["", "- NOT MET: headroom has no figure in this row."]
    lines = [""]
    for base, limit in row["limits"].items():
        measured = (paired_ratio if base == "before" else ratio)(own, row, base, key)
        if measured is not None:
            how = "the median of the rounds' ratios, " if base == "before" else ""
            text = f"{how}{measured:.2f}"
            lines.append(verdict(f"{what} at most {limit} × {base}", text, measured <= limit))
        elif base in row["tools"]:
            lines.append(f"- undecided: {what} at most {limit} × {base} ({base} has no figure).")
    in_turn = row["tools"].get("headroom-in-turn")
    if in_turn and in_turn["samples"]:
        limit, measured = row["limits"]["floor"], ratio(in_turn, row, "floor-in-turn", key)
        if measured is not None:
            target = f"{what} of headroom-in-turn at most {limit} × floor-in-turn"
            lines.append(verdict(target, f"{measured:.2f}", measured <= limit))
    if row.get("rate") is not None and not own["held_rate"]:
        lines.append("- NOT MET: headroom did not hold the rate.")
    for name, outcome in row["tools"].items():
        able = outcome["samples"] and outcome.get("held_rate", True) and outcome.get("even", True)
        if name in (*OURS, *FLOORS) or not able:
            continue
        for ours in OURS:
            if ours not in row["tools"] or not row["tools"][ours]["samples"]:
                continue
            if is_bunched(outcome) and not is_bunched(row["tools"][ours]):
                continue  # two loads: a tool that starts users together wakes up less often
            measured = ratio(row["tools"][ours], row, name, key)
            whose = "" if ours == "headroom" else f" of {ours}"
            lines.append(verdict(f"{what}{whose} below {name}", f"{measured:.2f} ×", measured < 1))
    return lines


def notes(row):
    """Tools that did not carry the load, disturbed rounds, and the commands."""
    lines = [""]
    for name, outcome in row["tools"].items():
        if outcome["failure"]:
            lines.append(f"- {name}: {outcome['failure']}.")
        shares = [sample["other_cpu_share"] for sample in outcome["samples"]]
        if shares and statistics.median(shares) > DISTURBED_SHARE:
            lines.append(f"- {name}: disturbed, other processes used {statistics.median(shares):.2f} cores.")
    commands = [f"    {outcome['command']}" for outcome in row["tools"].values() if outcome["command"]]
    return lines + [""] * (len(lines) > 1) + commands


def growth(rows):
    """How CPU per response grows with connections, headroom against the floor."""
    small, large = (
        next((row for row in rows if row["size"] == 50_000 and row["connections"] == connections), None)
        for connections in (64, 15_000)
    )
    if not small or not large or small.get("skipped") or large.get("skipped"):
        return []
    factors = {}
    lines = ["", "## Growth of client CPU per response from 64 to 15,000 connections", ""]
    for name in small["tools"]:
        before = median(small["tools"][name], "client_cpu_microseconds")
        after = median(large["tools"].get(name, {"samples": []}), "client_cpu_microseconds")
        if before and after:
            factors[name] = after / before
            lines.append(f"- {name}: {before:.2f} µs → {after:.2f} µs, × {factors[name]:.2f}")
    if "headroom" in factors and "floor" in factors:
        measured = factors["headroom"] / factors["floor"]
        lines.append(
            verdict(
                f"headroom grows at most {GROWTH_LIMIT} × as much as the floor",
                f"{measured:.2f} ×",
                measured <= GROWTH_LIMIT,
            )
        )
    return lines


def write(path, what, command, facts, rows, markdown):
    """Writes `path`.md and `path`.json."""
    with open(path + ".md", "w") as file:
        file.write(markdown)
    with open(path + ".json", "w") as file:
        json.dump(
            {"schema": SCHEMA, "what": what, "command": command, "machine": facts, "rows": rows},
            file,
            indent=1,
        )
        file.write("\n")
