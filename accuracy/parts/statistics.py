"""The statistics that the tests need, each by its textbook formula."""

import math


def quantile(ordered, share):
    """The smallest value that `share` of them do not exceed, as the histogram's."""
    return ordered[max(0, math.ceil(share * len(ordered) - 1e-9) - 1)]


def mean(values):
    return math.fsum(values) / len(values)


def ks_exponential(gaps, rate):
    """Kolmogorov-Smirnov against Exp(rate): D·sqrt(n), above 1.63 at the 1 % level."""
    ordered = sorted(gaps)
    count = len(ordered)
    worst = 0.0
    for index, gap in enumerate(ordered):
        share = 1 - math.exp(-rate * gap)
        worst = max(worst, share - index / count, (index + 1) / count - share)
    return worst * math.sqrt(count)


def dispersion(times, window):
    """(variance over mean of the counts in windows, how many windows)."""
    begin = times[0]
    count = int((times[-1] - begin) / window)
    counts = [0] * count
    for time in times:
        index = int((time - begin) / window)
        if index < count:
            counts[index] += 1
    average = mean(counts)
    return sum((value - average) ** 2 for value in counts) / (count - 1) / average, count


def autocorrelation(values):
    """At lag 1."""
    average = mean(values)
    above = sum((a - average) * (b - average) for a, b in zip(values, values[1:]))
    return above / sum((value - average) ** 2 for value in values)
