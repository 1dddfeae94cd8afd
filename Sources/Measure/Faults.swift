/// Why one histogram could not be added to another.
public enum HistogramMergeFault: Error, Equatable, CustomStringConvertible {
    case shape(ours: HistogramShape, theirs: HistogramShape)
    case tooManyValues
    case notContained

    /// What, and how to fix it.
    public var description: String {
        switch self {
        case .shape(let ours, let theirs):
            "histograms of different shape (\(ours); \(theirs)): merge only records made with the same "
                + "digits and range"
        case .tooManyValues:
            "more than \(Histogram.highestTotal) values in all: one of the inputs is damaged or made up"
        case .notContained:
            "values are to be taken away that were never there: the two do not belong to the same run"
        }
    }
}

/// Why some bytes are not a readable histogram.
public enum HistogramEncodingFault: Error, Equatable, CustomStringConvertible {
    case base64
    case cookie(UInt32)
    case olderVersion(Int)
    case unsupported(String)
    case nestedStream
    case truncated(needed: Int, found: Int)
    case surplus
    case corruptStream
    case shortStream
    case memory
    case shape(lowest: UInt64, highest: UInt64, digits: Int)
    case payloadTooLong(bytes: Int, slots: Int)
    case wordCut
    case zeroRun(UInt64)
    case slotOutOfRange(slot: UInt64, slots: UInt64)
    case tooManyValues

    /// What is wrong, and how to fix it where that is known.
    public var description: String {
        switch self {
        case .base64: "the histogram is not base64: the line is damaged"
        case .cookie(let cookie):
            "not an HdrHistogram V2 encoding (it begins with 0x\(String(cookie, radix: 16)))"
        case .olderVersion(let version):
            "an HdrHistogram V\(version) encoding, older than the V2 that is read here: write the log again "
                + "with a current HdrHistogram"
        case .unsupported(let what): "\(what), which is not read here: integer histograms of V2 are"
        case .nestedStream: "a compressed histogram inside a compressed histogram: the data is made up"
        case .truncated(let needed, let found): "the histogram ends after \(found) of \(needed) bytes"
        case .surplus: "bytes follow the end of the histogram: the data is damaged"
        case .corruptStream: "the zlib stream of the histogram is damaged"
        case .shortStream: "the zlib stream of the histogram ends too early"
        case .memory: "no memory to inflate the histogram"
        case .shape(let lowest, let highest, let digits):
            "a histogram of \(lowest) to \(highest) with \(digits) digits cannot exist"
        case .payloadTooLong(let bytes, let slots):
            "\(bytes) bytes of counts for \(slots) slots: the data is damaged or made up"
        case .wordCut: "the counts end inside a number"
        case .zeroRun(let length): "a run of \(length) empty slots: the data is damaged or made up"
        case .slotOutOfRange(let slot, let slots): "a count for slot \(slot) of \(slots)"
        case .tooManyValues: "more than \(Histogram.highestTotal) values in one histogram"
        }
    }
}

/// Why a log cannot be read, and in which line. Text from the file is cut and made printable before it is shown.
public struct HistogramLogFault: Error, Equatable, CustomStringConvertible {
    /// Counted from 1.
    public var line: Int
    /// What is wrong with it.
    public var kind: Kind

    /// What is wrong with the line.
    public enum Kind: Error, Equatable {
        case lineTooLong(limit: Int)
        case fieldMissing(String)
        case number(field: String, text: String)
        case tag(String)
        case encoding(HistogramEncodingFault)
        case merge(HistogramMergeFault)
    }

    /// A fault of a line.
    public init(line: Int, kind: Kind) {
        self.line = line
        self.kind = kind
    }

    /// "line 7: …".
    public var description: String { "line \(self.line): \(self.words)" }

    private var words: String {
        switch self.kind {
        case .lineTooLong(let limit): "longer than \(limit) bytes: not a histogram log"
        case .fieldMissing(let field): "\(field) is missing; a line is [Tag=name,]start,length,max,histogram"
        case .number(let field, let text): "\(field) is no number of seconds: \(text)"
        case .tag(let text):
            "not a tag: \(text); a tag is 1 to \(HistogramTag.longest) of A-Z a-z 0-9 . _ : / -"
        case .encoding(let fault): fault.description
        case .merge(let fault): fault.description
        }
    }
}
