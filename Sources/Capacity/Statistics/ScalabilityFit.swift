import Numerics

/// Gunther's Universal Scalability Law fitted to throughput at several loads: X(N) = γN / (1 + α(N − 1) + βN(N − 1)). A
/// model: it never replaces a measured bracket.
///
/// Source: N. J. Gunther, Guerrilla Capacity Planning, 2007, chapters 4 to 6. N / X is linear in 1/γ, α/γ and β/γ, so
/// it is fitted by least squares of relative errors, because the errors of throughput are relative.
public struct ScalabilityFit: Sendable, Equatable {
    /// Throughput of one user alone, per second.
    public var gamma: Double
    /// Contention: the serial share of the work.
    public var alpha: Double
    /// Coherency: the cost of each pair of users.
    public var beta: Double
    /// The load of the highest throughput, √((1 − α) / β). Nil where no peak is within the measured loads, or where β
    /// may be zero.
    public var knee: Double?

    /// Loads that a fit needs.
    public static let levelsNeeded = 6
    /// One-sided probability with which β must be above zero to report a knee.
    static let kneeConfidence = 0.99

    /// Fits (load, throughput) pairs. Nil where fewer than `levelsNeeded` different positive loads are among them, or
    /// where they determine no curve.
    public static func fit(_ points: [(load: Double, throughput: Double)]) -> ScalabilityFit? {
        let usable = points.filter { $0.load > 0 && $0.throughput > 0 && ($0.load / $0.throughput).isFinite }
        guard Set(usable.map(\.load)).count >= Self.levelsNeeded else { return nil }
        var system = NormalEquations()
        for point in usable {
            // Divided by N / X itself, so that the residual is relative and the right side is 1.
            let weight = point.throughput / point.load
            let n = point.load
            system.add([weight, weight * (n - 1), weight * n * (n - 1)], value: 1)
        }
        guard let (x, variances) = system.solved(), x[0] > 0 else { return nil }
        let (alpha, beta) = (x[1] / x[0], x[2] / x[0])
        let degrees = Double(max(1, usable.count - 3))
        let quantile = StudentT.quantile(Self.kneeConfidence, degrees: degrees)
        let isReal = x[2] > quantile * variances[2].squareRoot()
        let peak = beta > 0 && alpha < 1 ? ((1 - alpha) / beta).squareRoot() : .infinity
        let highest = usable.map(\.load).max() ?? 0
        return ScalabilityFit(
            gamma: 1 / x[0], alpha: alpha, beta: beta, knee: isReal && peak <= highest ? peak : nil)
    }
}

/// Least squares with three unknowns.
struct NormalEquations {
    private var matrix = [[Double]](repeating: [0, 0, 0], count: 3)
    private var right = [0.0, 0.0, 0.0]
    private var squares = 0.0
    private var count = 0.0

    /// An equation of three coefficients.
    mutating func add(_ row: [Double], value: Double) {
        for i in 0..<3 {
            for j in 0..<3 { self.matrix[i][j] += row[i] * row[j] }
            self.right[i] += row[i] * value
        }
        self.squares += value * value
        self.count += 1
    }

    /// The solution and its variances; nil where the equations determine none.
    func solved() -> (solution: [Double], variances: [Double])? {
        // Scaled to a unit diagonal: loads and their squares differ by many powers of ten.
        let scale = (0..<3).map { self.matrix[$0][$0].squareRoot() }
        guard scale.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
        // The inverse builds up beside the matrix.
        var m = [[Double]](repeating: [Double](repeating: 0, count: 6), count: 3)
        for i in 0..<3 {
            for j in 0..<3 { m[i][j] = self.matrix[i][j] / (scale[i] * scale[j]) }
            m[i][3 + i] = 1
        }
        for column in 0..<3 {
            guard let pivot = (column..<3).max(by: { abs(m[$0][column]) < abs(m[$1][column]) }),
                abs(m[pivot][column]) > 1e-10
            else { return nil }
            m.swapAt(column, pivot)
            let divisor = m[column][column]
            m[column] = m[column].map { $0 / divisor }
            for row in 0..<3 where row != column {
                let factor = m[row][column]
                for place in 0..<6 { m[row][place] -= factor * m[column][place] }
            }
        }
        var solution = [0.0, 0.0, 0.0]
        for i in 0..<3 {
            for j in 0..<3 { solution[i] += m[i][3 + j] * self.right[j] / (scale[i] * scale[j]) }
        }
        var residual = self.squares
        for i in 0..<3 { residual -= solution[i] * self.right[i] }
        let variance = max(0, residual) / max(1, self.count - 3)
        var variances = [0.0, 0.0, 0.0]
        for i in 0..<3 { variances[i] = max(0, m[i][3 + i]) * variance / (scale[i] * scale[i]) }
        return (solution, variances)
    }
}
