/// The known word that a mistyped one most likely means, or nil if none is close: at most one letter in three changed,
/// dropped, added or swapped with its neighbour, or the start of a known word. Case, `-` and `_` do not count. Among
/// equals the first of `known` wins.
public func nearest(_ word: String, in known: [String]) -> String? {
    let given = foldedForComparison(word)
    guard !given.isEmpty, given.count <= nearestLengthLimit else { return nil }
    var best: (word: String, distance: Int)?
    for candidate in known {
        let other = foldedForComparison(candidate)
        guard !other.isEmpty, other.count <= nearestLengthLimit else { continue }
        var distance = editDistance(given, other)
        let shorter = min(given.count, other.count)
        if shorter >= 3, given.prefix(shorter) == other.prefix(shorter) { distance = min(distance, 1) }
        guard distance <= max(1, max(given.count, other.count) / 3) else { continue }
        if let held = best, held.distance <= distance { continue }
        best = (candidate, distance)
    }
    return best?.word
}

/// Longest word that is compared: the work grows with the product of the lengths.
let nearestLengthLimit = 64

/// `; did you mean …?` or the list of what is known, for the end of a message.
public func suggestion(for word: String, in known: [String]) -> String {
    if let word = nearest(word, in: known) { return "; did you mean `\(word)`?" }
    return "; known here: " + known.joined(separator: ", ")
}

private func foldedForComparison(_ word: String) -> [UInt8] {
    word.utf8.prefix(nearestLengthLimit + 1).compactMap { byte in
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "_"): nil
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        default: byte
        }
    }
}

/// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    var current = last
    for row in left.indices {
        current[0] = row + 1
        for column in right.indices {
            let change = last[column] + (left[row] == right[column] ? 0 : 1)
            var cost = min(change, last[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                cost = min(cost, beforeLast[column - 1] + 1)
            }
            current[column + 1] = cost
        }
        (beforeLast, last, current) = (last, current, beforeLast)
    }
    return last[right.count]
}
