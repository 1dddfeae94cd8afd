import Fleet
import Testing
import Units

@Suite struct MoneyTests {
    @Test("Money is exact: 12,500 instances at $0.384 for a day cost $115,200")
    func exactCost() throws {
        let price = Price<InstanceHourKind>(try Money.parse("$0.384"))
        let hours = Instances(12_500) * .day
        #expect(price.cost(of: hours) == .dollars(115_200))
        #expect(price.cost(of: hours).text == "$115,200")
    }

    @Test("A part of a nanodollar is rounded half to even, in both directions")
    func rounding() {
        let odd = Money(nanodollars: 3)
        #expect(odd.times(1, over: 2) == Money(nanodollars: 2))
        #expect(Money(nanodollars: 1).times(1, over: 2) == Money(nanodollars: 0))
        #expect(Money(nanodollars: -3).times(1, over: 2) == Money(nanodollars: -2))
        #expect(Money(nanodollars: 2).times(1, over: 3) == Money(nanodollars: 1))
        #expect(Money(nanodollars: 5).times(-1, over: 3) == Money(nanodollars: -2))
    }

    @Test("A product of more than 128 bits is the largest amount, and does not trap")
    func saturation() {
        let large = Money(nanodollars: .max)
        #expect(large.times(.max) == Money(nanodollars: .max))
        #expect(large.times(-2) == Money(nanodollars: .min))
        #expect(large.times(.max, over: .max) == large)
        #expect(Price<RequestKind>(AmountLimit.price).cost(of: Requests(.infinity)) > .zero)
    }

    @Test(
        "Money is read as it is printed", arguments: ["$0.384", "$1,580,000", "$10.80", "$0.0000075", "$0"])
    func roundTrip(text: String) throws {
        #expect(try Money.parse(text).text == text)
    }

    @Test(
        "A price finer than a nanodollar, a negative one and a word are refused",
        arguments: [
            "0.0000000001", "-1", "ten", "", "$", "1.2.3", "99999999999999999999",
        ])
    func refused(text: String) {
        #expect(throws: ParseError.self) { try Money.parse(text) }
    }

    @Test("A quotient that misses a whole number by its own rounding error is rounded to it")
    func roundedUp() {
        #expect(Instances(25_000_000 / 2_000).roundedUp == Instances(12_500))
        #expect(Instances(0.1 + 0.2 + 2.7).roundedUp == Instances(3))
        #expect(Instances(12_500.000_01).roundedUp == Instances(12_501))
        #expect(Instances(0).roundedUp == Instances(0))
    }
}
