import java.io.PrintStream;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/** Writes java-written.hlog with HdrHistogram's own writer; see ORIGIN.md. */
public class WriteReferenceLogs {
    public static void main(String[] arguments) throws Exception {
        Random random = new Random(10);
        PrintStream file = new PrintStream(arguments[0]);
        HistogramLogWriter log = new HistogramLogWriter(file);
        long start = 1_700_000_000_123L;
        log.outputComment("[Logged with WriteReferenceLogs]");
        log.outputLogFormatVersion();
        log.outputStartTime(start);
        log.setBaseTime(start);
        log.outputBaseTime(start);
        log.outputLegend();
        // Every number of digits, a unit above 1, and one that resizes itself from interval to interval.
        Histogram[] histograms = {
            new Histogram(3_600_000_000_000L, 0), new Histogram(3_600_000_000_000L, 1),
            new Histogram(3_600_000_000_000L, 2), new Histogram(3_600_000_000_000L, 3),
            new Histogram(3_600_000_000_000L, 4), new Histogram(3_600_000_000_000L, 5),
            new Histogram(1000, 3_600_000_000_000L, 3), new Histogram(3),
        };
        String[] tags = {"d0", "d1", "d2", "d3", "d4", "d5", "unit-1000", "resizing"};
        for (int second = 0; second < 6; second++) {
            for (int each = 0; each < histograms.length; each++) {
                Histogram histogram = each == 7 ? new Histogram(3) : histograms[each];
                histogram.reset();
                // The fourth second is idle.
                double highest = each == 7 ? 1e5 * Math.pow(10, second) : 3e12;
                for (int value = 0; second != 3 && value < 200; value++) {
                    histogram.recordValue((long) Math.exp(random.nextDouble() * Math.log(highest)));
                }
                histogram.setTag(tags[each]);
                histogram.setStartTimeStamp(start + 1000L * second);
                histogram.setEndTimeStamp(start + 1000L * (second + 1));
                log.outputIntervalHistogram(histogram);
            }
        }
        file.close();
    }
}
