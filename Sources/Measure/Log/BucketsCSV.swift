/// Every slot that has samples, with its bounds: all that a histogram knows, for tools without HDR.
public enum BucketsCSV {
    /// The first line.
    public static let header = "Lower,Upper,Count\n"

    /// Header and one row per slot: lowest value, highest value (both inclusive, in the unit recorded) and count.
    public static func bytes(of histogram: Histogram) -> [UInt8] {
        var out = Array(Self.header.utf8)
        for slot in histogram.usedSlots where histogram.count(atSlot: slot) != 0 {
            out.appendInteger(histogram.lowestValue(ofSlot: slot))
            out.append(UInt8(ascii: ","))
            out.appendInteger(histogram.highestValue(ofSlot: slot))
            out.append(UInt8(ascii: ","))
            out.appendInteger(histogram.count(atSlot: slot))
            out.append(UInt8(ascii: "\n"))
        }
        return out
    }
}
