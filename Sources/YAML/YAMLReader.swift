internal import CYAML
import Units

/// Reads one YAML document into a tree, through libyaml's events. It accepts the part of YAML that data needs:
/// mappings, lists and scalars. Anchors, aliases and tags are refused (an alias of an alias of an alias turns a small
/// file into a large one), and file, depth and number of nodes are limited.
public struct YAMLReader: ~Copyable {
    /// Most bytes of a document.
    public static let fileLimit = 1 << 20
    /// Most levels of lists and mappings.
    static let depthLimit = 16
    /// Most values of a document, with keys.
    static let nodesLimit = 100_000

    /// On the heap, as libyaml keeps a pointer to the parser inside the parser. Owned here, freed in deinit.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private var open: [Frame] = []
    private var nodes = 0
    private var documents = 0
    private var root: YAMLNode?
    private var errors: [YAMLError] = []
    /// The kind of document, for messages: `profile`.
    private let kind: String

    private init(kind: String) {
        self.kind = kind
        self.parser = .allocate(capacity: 1)
        self.parser.initialize(to: yaml_parser_t())
    }

    deinit {
        yaml_parser_delete(self.parser)
        self.parser.deallocate()
    }

    /// The content of a file.
    public struct Document {
        /// Nil if the file is empty, or cannot be read to its end.
        public var root: YAMLNode?
        /// The errors, in the order of the file; without errors and without a root the file is empty.
        public var errors: [YAMLError]
    }

    /// Reads a file's bytes; `kind` is its name in messages (`profile`). Never throws: the errors are in the document.
    public static func read(_ bytes: [UInt8], kind: String) -> Document {
        var text = bytes[...]
        if let error = YAMLText.firstFault(in: bytes, kind: kind) { return Document(root: nil, errors: [error]) }
        if text.starts(with: utf8ByteOrderMark) { text = text.dropFirst(utf8ByteOrderMark.count) }
        return text.withUnsafeBufferPointer { buffer in
            var reader = YAMLReader(kind: kind)
            return reader.read(buffer)
        }
    }

    /// A collection that has not ended.
    private struct Frame {
        var line: Int
        var column: Int
        var isMapping: Bool
        var items: [YAMLNode] = []
        var entries: [(key: YAMLNode, value: YAMLNode)] = []
        var key: YAMLNode?

        mutating func add(_ node: YAMLNode) {
            if !self.isMapping {
                self.items.append(node)
            } else if let key = self.key {
                self.entries.append((key, node))
                self.key = nil
            } else {
                self.key = node
            }
        }

        var node: YAMLNode {
            YAMLNode(
                line: self.line, column: self.column,
                content: self.isMapping ? .mapping(self.entries) : .sequence(self.items))
        }
    }

    private mutating func read(_ text: UnsafeBufferPointer<UInt8>) -> Document {
        guard yaml_parser_initialize(self.parser) == 1 else {
            return Document(root: nil, errors: [YAMLError(line: 0, column: 0, message: "out of memory")])
        }
        yaml_parser_set_encoding(self.parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(self.parser, text.baseAddress, text.count)
        // Each event consumes input or closes a collection, so a file has at most a few per byte.
        for _ in 0..<(4 * Self.fileLimit) {
            var event = yaml_event_t()
            guard yaml_parser_parse(self.parser, &event) == 1 else {
                self.errors.append(YAMLText.fault(of: self.parser.pointee, in: text))
                return Document(root: nil, errors: self.errors)
            }
            defer { yaml_event_delete(&event) }
            if event.type == YAML_STREAM_END_EVENT {
                return Document(root: self.root, errors: self.errors)
            }
            guard self.take(event) else { return Document(root: nil, errors: self.errors) }
        }
        self.report(YAMLMark(), "the file has too many parts")
        return Document(root: nil, errors: self.errors)
    }

    /// Takes one event; false if reading cannot go on.
    private mutating func take(_ event: yaml_event_t) -> Bool {
        let mark = YAMLMark(event.start_mark)
        switch event.type {
        case YAML_DOCUMENT_START_EVENT:
            self.documents += 1
            if self.documents > 1 {
                self.report(mark, "a second document begins here; a \(self.kind) is one document, drop the `---`")
                return false
            }
        case YAML_ALIAS_EVENT:
            self.report(mark, "aliases (`*name`) are not accepted in a \(self.kind); write the value out")
            return self.add(YAMLNode(line: mark.line, column: mark.column, content: .refused))
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            self.refuse(anchor: scalar.anchor, tag: scalar.tag, at: mark)
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let content = YAMLNode.Content.scalar(
                String(decoding: bytes, as: UTF8.self), plain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
            return self.add(YAMLNode(line: mark.line, column: mark.column, content: content))
        case YAML_SEQUENCE_START_EVENT:
            self.refuse(
                anchor: event.data.sequence_start.anchor, tag: event.data.sequence_start.tag, at: mark)
            return self.begin(Frame(line: mark.line, column: mark.column, isMapping: false))
        case YAML_MAPPING_START_EVENT:
            self.refuse(anchor: event.data.mapping_start.anchor, tag: event.data.mapping_start.tag, at: mark)
            return self.begin(Frame(line: mark.line, column: mark.column, isMapping: true))
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
            if let ended = self.open.popLast() { return self.add(ended.node) }
        default: break
        }
        return true
    }

    private mutating func begin(_ frame: Frame) -> Bool {
        guard self.open.count < Self.depthLimit else {
            let mark = YAMLMark(line: frame.line, column: frame.column)
            self.report(mark, "nested deeper than \(Self.depthLimit) levels; a \(self.kind) needs fewer")
            return false
        }
        self.open.append(frame)
        return true
    }

    private mutating func add(_ node: YAMLNode) -> Bool {
        self.nodes += 1
        guard self.nodes <= Self.nodesLimit else {
            self.report(
                YAMLMark(line: node.line, column: node.column),
                "more than \(Self.nodesLimit) values in one file")
            return false
        }
        if self.open.isEmpty {
            self.root = node
        } else {
            self.open[self.open.count - 1].add(node)
        }
        return true
    }

    private mutating func refuse(
        anchor: UnsafePointer<yaml_char_t>?, tag: UnsafePointer<yaml_char_t>?, at mark: YAMLMark
    ) {
        if anchor != nil {
            self.report(
                mark, "anchors (`&name`) are not accepted in a \(self.kind); write the value out where it is used")
        }
        if tag != nil { self.report(mark, "tags (`!…`) are not accepted in a \(self.kind); drop it") }
    }

    private mutating func report(_ mark: YAMLMark, _ message: String) {
        self.errors.append(YAMLError(line: mark.line, column: mark.column, message: message))
    }
}

/// A place in the file, counted from 1.
private struct YAMLMark {
    var line = 1
    var column = 1

    init() {}

    init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// libyaml counts from 0.
    init(_ mark: yaml_mark_t) {
        self.line = Int(clamping: mark.line) + 1
        self.column = Int(clamping: mark.column) + 1
    }
}

extension YAMLText {
    /// libyaml's error in words that help. `problem` is one of its own constants, not a text of the file.
    fileprivate static func fault(of parser: yaml_parser_t, in text: UnsafeBufferPointer<UInt8>) -> YAMLError
    {
        let problem = parser.problem.map { String(cString: $0) } ?? "it cannot be read"
        guard parser.error == YAML_SCANNER_ERROR || parser.error == YAML_PARSER_ERROR else {
            return YAMLError(line: 1, column: 1, message: "not valid YAML: \(problem)")
        }
        let mark = YAMLMark(parser.problem_mark)
        let isTab = isTab(in: text, line: mark.line, column: mark.column)
        let message =
            isTab ? "a tab cannot indent YAML; use spaces" : "not valid YAML: \(problem)\(hint(for: problem))"
        return YAMLError(line: mark.line, column: mark.column, message: message)
    }

    private static func hint(for problem: String) -> String {
        if problem.contains("mapping values are not allowed") {
            return " (look at the indentation, and put quotes around a text that holds `: `)"
        }
        if problem.contains("did not find expected key") || problem.contains("did not find expected '-'") {
            return " (look at the indentation and at quotes before this place)"
        }
        if problem.contains("could not find expected ':'") { return " (a key needs `: ` after it)" }
        if problem.contains("did not find expected ',' or") { return " (a bracket or a comma is missing)" }
        return ""
    }
}
