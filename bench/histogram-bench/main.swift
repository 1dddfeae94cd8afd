import Glibc
import Measure

// The cost of recording, merging and encoding histograms, in nanoseconds of CPU: one line of JSON. scripts/bench
// histogram runs it beside the same loop in C (bench/histogram.c) and stores both.

/// Latencies of one second, around 200 µs with a tail: the same as in C, from the same generator.
func values(_ count: Int) -> [UInt64] {
    var state: UInt64 = 42
    func uniform() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) / 0x1p53
    }
    return (0..<count).map { _ in
        var normal = -6.0
        for _ in 0..<12 { normal += uniform() }
        return UInt64(exp(log(200_000) + 0.6 * normal))
    }
}

/// CPU time of this thread in nanoseconds: other work on this machine does not count.
func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// Nanoseconds for one of the `count` operations of a block.
func cost(_ count: Int, _ block: () -> Void) -> Double {
    let start = now()
    block()
    return Double(now() - start) / Double(count)
}

/// A sum over the slots, which shows that both programs did the same.
func checksum(_ histogram: Histogram) -> UInt64 {
    var sum: UInt64 = 0
    for slot in histogram.usedSlots { sum = sum &* 31 &+ histogram.count(atSlot: slot) }
    return sum
}

let sample = values(1 << 16)
let passes = 1_526  // times 65,536 are 10^8 records

let histogram = Histogram()
let record = cost(passes * sample.count) {
    let recorder = histogram.recorder
    sample.withUnsafeBufferPointer { sample in
        for _ in 0..<passes { for value in sample { recorder.record(value) } }
    }
}

let parts = (0..<8).map { part in
    let histogram = Histogram()
    for value in sample.dropFirst(part * 8_192).prefix(8_192) { histogram.record(value) }
    return histogram
}
let union = Histogram()
let merges = 20_000
let merge = cost(merges) { for index in 0..<merges { union.add(parts[index % 8]) } }

func second(_ samples: Int) -> Histogram {
    let histogram = Histogram()
    for index in 0..<samples { histogram.record(sample[index % sample.count]) }
    return histogram
}
let small = second(1_000)
let large = second(100_000)
let encodes = 300
var bytes = 0
let encodeSmall = cost(encodes) {
    for _ in 0..<encodes { bytes &+= HistogramEncoding.encodeBase64(small).count }
}
let encodeLarge = cost(encodes) {
    for _ in 0..<encodes { bytes &+= HistogramEncoding.encodeBase64(large).count }
}

print(
    """
    {"record_ns": \(record), "merge_ns": \(merge), "encode_1000_ns": \(encodeSmall), \
    "encode_100000_ns": \(encodeLarge), "encoded_1000_bytes": \(HistogramEncoding.encodeBase64(small).count), \
    "encoded_100000_bytes": \(HistogramEncoding.encodeBase64(large).count), "records": \(passes * sample.count), \
    "checksum": \(checksum(histogram)), "total": \(histogram.totalCount)}
    """)
