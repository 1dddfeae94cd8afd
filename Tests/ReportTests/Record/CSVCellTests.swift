import Record
import Report
import Testing

@Suite struct CSVCellTests {
    @Test(
        "No cell is a formula, and commas, quotes and line breaks stay inside it",
        arguments: [
            ("plain", "plain"), ("", ""), ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM", "'@SUM"),
            ("\tx", "'\tx"), ("\rx", "\"'\rx\""), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("=a,\"b\"", "\"'=a,\"\"b\"\"\""), ("a\r\nb", "\"a\r\nb\""), ("a=b", "a=b"),
        ])
    func escapes(text: String, cell: String) { #expect(CSVCell.escaped(text) == cell) }
}
