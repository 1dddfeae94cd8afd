import Measure
import Options

extension RunStamp {
    /// The command line and the labels, from arguments that were checked.
    init(_ arguments: ParsedArguments) {
        self.init(
            commandLine: ["headroom"] + Headroom.commandTyped + arguments.recordedWords(limit: Self.wordsLimit),
            labels: arguments.all(.label).compactMap { try? Self.label($0) })
        self.options = arguments.recordedOptions.map { Label(key: $0.name, value: $0.value) }
    }

    /// Reads `KEY=VALUE`.
    static func label(_ text: String) throws(UsageError) -> Label {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        func isPart(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard parts.count == 2, (1...Self.keyLimit).contains(parts[0].utf8.count), parts[0].utf8.allSatisfy(isPart)
        else {
            throw UsageError(
                "--label: write KEY=VALUE, where KEY has 1 to \(Self.keyLimit) of A-Z a-z 0-9 _ . -, such as "
                    + "--label commit=51a87b0")
        }
        guard parts[1].utf8.count <= Self.valueLimit, parts[1].utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw UsageError("--label \(parts[0]): a value has at most \(Self.valueLimit) bytes, none of them control")
        }
        return Label(key: String(parts[0]), value: String(parts[1]))
    }

    /// Throws what is wrong with the labels.
    static func check(_ arguments: ParsedArguments) throws(UsageError) {
        var seen: Set<String> = []
        for text in arguments.all(.label) {
            let label = try Self.label(text)
            if !seen.insert(label.key).inserted { throw UsageError("--label \(label.key) is given twice") }
        }
        if seen.count > Self.labelsLimit { throw UsageError("--label: at most \(Self.labelsLimit) labels") }
    }
}
