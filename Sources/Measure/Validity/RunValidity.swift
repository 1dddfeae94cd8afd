/// How far a number of the run can be trusted, from best to worst.
public enum Credibility: Int, Sendable, Comparable {
    /// The server made it.
    case valid
    /// The generator may have shaped it, or something is not known.
    case suspect
    /// The generator, not the server, shaped it by more than a tenth.
    case invalid

    /// The word in every output.
    public var word: String {
        switch self {
        case .valid: "VALID"
        case .suspect: "SUSPECT"
        case .invalid: "INVALID"
        }
    }

    public static func < (left: Credibility, right: Credibility) -> Bool { left.rawValue < right.rawValue }
}

/// The claims of a run; each is judged by itself.
public enum Claim: String, Sendable, CaseIterable {
    /// How many requests were started, answered and failed.
    case counts
    /// How many users were held.
    case held
    /// How many requests a second the server answered.
    case throughput
    /// How long requests took.
    case latency
}

/// What an objective is about, which decides the claim that it rests on.
public enum ObjectiveKind: Sendable, CaseIterable {
    case latency, errors, held, throughput

    /// The claim that must be valid for the objective to mean something.
    public var claim: Claim {
        switch self {
        case .latency: .latency
        case .errors: .counts
        case .held: .held
        case .throughput: .throughput
        }
    }
}

/// One reason for a verdict.
public struct ValidityReason: Sendable, Equatable {
    /// Its effect on the claim by itself: SUSPECT or INVALID.
    public var verdict: Credibility
    /// What was found, with its numbers.
    public var finding: ValidityFinding

    /// A reason with every value given.
    public init(_ verdict: Credibility, _ finding: ValidityFinding) {
        self.verdict = verdict
        self.finding = finding
    }
}

/// A claim and how it was judged.
public struct ClaimValidity: Sendable, Equatable {
    /// Why it is not VALID, in the order of the rules; empty where it is.
    public var reasons: [ValidityReason] = []

    /// Nothing against it.
    public init() {}

    /// The worst of its reasons.
    public var verdict: Credibility { self.reasons.map(\.verdict).max() ?? .valid }
}

/// The verdict on a run, claim by claim.
public struct RunValidity: Sendable, Equatable {
    public var counts = ClaimValidity()
    public var held = ClaimValidity()
    public var throughput = ClaimValidity()
    public var latency = ClaimValidity()

    /// Nothing against it.
    public init() {}

    /// One claim.
    public subscript(claim: Claim) -> ClaimValidity {
        get {
            switch claim {
            case .counts: self.counts
            case .held: self.held
            case .throughput: self.throughput
            case .latency: self.latency
            }
        }
        set {
            switch claim {
            case .counts: self.counts = newValue
            case .held: self.held = newValue
            case .throughput: self.throughput = newValue
            case .latency: self.latency = newValue
            }
        }
    }

    /// The worst of all claims.
    public var verdict: Credibility { self.verdict(of: Set(Claim.allCases)) }

    /// The worst of some claims: of those in use, INVALID is exit 20, and so is SUSPECT with `--strict`.
    public func verdict(of claims: Set<Claim>) -> Credibility {
        claims.map { self[$0].verdict }.max() ?? .valid
    }

    /// The claims that something rests on: the objectives of the run, including those that always apply, and what an
    /// assumption or a search takes from it.
    public static func claimsInUse(
        objectives: some Sequence<ObjectiveKind>, assumed: Set<Claim> = []
    ) -> Set<Claim> {
        assumed.union(objectives.map(\.claim))
    }

    /// Each finding once, with the claims against which it counts and the worst verdict on one, in the order of claims.
    public var findings: [(finding: ValidityFinding, verdict: Credibility, claims: [Claim])] {
        var found: [(finding: ValidityFinding, verdict: Credibility, claims: [Claim])] = []
        for claim in Claim.allCases {
            for reason in self[claim].reasons {
                if let index = found.firstIndex(where: { $0.finding == reason.finding }) {
                    found[index].verdict = max(found[index].verdict, reason.verdict)
                    found[index].claims.append(claim)
                } else {
                    found.append((reason.finding, reason.verdict, [claim]))
                }
            }
        }
        return found
    }
}
