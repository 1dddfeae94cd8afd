import Units

/// The errors found so far.
struct ValidationErrors {
    var flaws: [ProfileFlaw] = []

    mutating func add(_ path: String, _ message: String) {
        self.flaws.append(ProfileFlaw(path: path, message: message))
    }

    mutating func add(_ key: ProfileKey, _ message: String) { self.add(key.path, message) }

    mutating func check(_ path: String, _ body: () throws(ParseError) -> Void) {
        do { try body() } catch { self.add(path, error.message) }
    }

    mutating func checkName(_ path: String, _ name: String) {
        let bytes = name.utf8
        guard (1...Profile.nameLengthLimit).contains(bytes.count), bytes.allSatisfy(Profile.isNameByte),
            bytes.first != UInt8(ascii: ".")
        else {
            self.add(
                path,
                "\(quoted(name)) is not a name; use 1 to \(Profile.nameLengthLimit) of letters, digits, `.`, "
                    + "`_` and `-`, not beginning with `.`")
            return
        }
    }

    mutating func checkTime(_ path: String, _ nanoseconds: UInt64, zero: Bool) {
        if nanoseconds == 0, !zero { self.add(path, "0 is no time here; use one above 0") }
        if nanoseconds > TimeSpan.limitNanoseconds {
            self.add(path, "\(TimeSpan.text(nanoseconds)) is too long; use at most 365d")
        }
    }

    mutating func checkTime(_ key: ProfileKey, _ nanoseconds: UInt64, zero: Bool) {
        self.checkTime(key.path, nanoseconds, zero: zero)
    }

    mutating func checkGap(_ key: ProfileKey, _ gap: Gap, zero: Bool) { self.checkGap(key.path, gap, zero: zero) }

    mutating func checkGap(_ path: String, _ gap: Gap, zero: Bool) {
        let longest: UInt64
        switch gap {
        case .constant(let length), .exponential(let length): longest = length
        case .uniform(let low, let high): longest = max(low, high)
        }
        if longest > 0, longest < Gap.shortestNanoseconds {
            let shortest = TimeSpan.text(Gap.shortestNanoseconds)
            self.add(
                path,
                "\(gap.text) is below \(shortest), the shortest gap that is taken: one request costs a thread "
                    + "several microseconds, so no such pace can be kept; leave it out for back to back "
                    + "(--every 0 as a flag)")
            return
        }
        switch gap {
        case .constant(let length): self.checkTime(path, length, zero: zero)
        case .exponential(let mean): self.checkTime(path, mean, zero: false)
        case .uniform(let low, let high):
            if low > high {
                self.add(
                    path,
                    "[\(TimeSpan.text(low)), \(TimeSpan.text(high))] runs backwards; put the lower first")
            } else {
                self.checkTime(path, high, zero: false)
            }
        }
    }
}
