import Numerics
import Testing

@Suite("Student's t and the normal distribution")
struct StudentTTests {
    @Test("quantiles are those of the tables")
    func quantiles() {
        // SciPy: norm.ppf([.5, .975, .995, 1e-10]).
        for (share, value) in [
            (0.5, 0), (0.975, 1.959963984540054), (0.995, 2.575829303548901), (1e-10, -6.361340902404056),
        ] {
            #expect(abs(Normal.quantile(share) - value) < 1e-9, "normal \(share)")
        }
        // SciPy: t.ppf.
        for (share, degrees, value) in [
            (0.975, 1.0, 12.706204736432095), (0.975, 4, 2.7764451051977987), (0.975, 19, 2.093024054408263),
            (0.975, 30, 2.042272456301238), (0.975, 1e6, 1.959966), (0.9995, 1, 636.6192487687196),
            (0.95, 5, 2.015048372669157), (0.025, 19, -2.093024054408263),
        ] {
            let found = StudentT.quantile(share, degrees: degrees)
            #expect(abs(found - value) < 1e-6 * abs(value), "t \(share) \(degrees): \(found)")
        }
    }

    @Test("a quantile is the inverse of the cumulative function, and the two halves mirror each other")
    func inverse() {
        for degrees in [1.0, 2, 3.5, 19, 200, 5_000] {
            for share in [1e-6, 0.01, 0.3, 0.5, 0.77, 0.999] {
                let value = StudentT.quantile(share, degrees: degrees)
                #expect(abs(StudentT.cumulative(value, degrees: degrees) - share) < 1e-10)
                #expect(abs(StudentT.quantile(1 - share, degrees: degrees) + value) < 1e-6 * max(1, abs(value)))
            }
        }
    }

    @Test("a tail probability keeps its digits even if it is tiny")
    func tail() {
        // SciPy: 2 * t.cdf(-10, 20), 2 * t.cdf(-2.5, 18).
        #expect(abs(StudentT.beyond(10, degrees: 20) / 3.1637817587143855e-09 - 1) < 1e-9)
        #expect(abs(StudentT.beyond(-2.5, degrees: 18) / 0.022308020232022233 - 1) < 1e-9)
        #expect(StudentT.beyond(0, degrees: 3) == 1)
        #expect(StudentT.beyond(.infinity, degrees: 3) == 0)
    }

    @Test("a value that is not a share has no finite quantile")
    func ends() {
        #expect(Normal.quantile(0) == -.infinity)
        #expect(Normal.quantile(1) == .infinity)
        #expect(StudentT.quantile(-1, degrees: 3) == -.infinity)
    }
}
