import Workload

/// What an option changes at several places of a profile.
extension Profile {
    /// Every step has this pause.
    mutating func pace(_ pause: Pause) {
        for index in self.session.indices { self.session[index].pause = pause }
    }

    /// No pace but that of the steps: neither cycles of sessions nor silence.
    mutating func clearPace() {
        self.load.silence = nil
        self.load.cycle = .none
    }

    /// Every step has these fields, in place of its own with the same names.
    mutating func setHeaders(_ fields: [HeaderField]) {
        for index in self.session.indices {
            for field in fields {
                self.session[index].headers.removeAll { $0.name.lowercased() == field.name.lowercased() }
            }
            self.session[index].headers += fields
        }
    }
}

extension Timeouts {
    /// The whole answer may take so long, and no part of it longer.
    mutating func cut(to total: UInt64) {
        self.total = total
        self.connect = min(self.connect, total)
        self.firstByte = min(self.firstByte, total)
        self.idle = min(self.idle, total)
    }
}
