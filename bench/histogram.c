// The cost of recording into an HDR histogram in C: the shape of the histogram and of the loop in
// bench/histogram-bench, a clz, a store and a few adds. Prints one line of JSON.
//   cc -O2 -o bench-histogram bench-histogram.c -lm
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

// Three significant digits from 1 ns to 24 h, as in the program.
enum { HALF_MAGNITUDE = 10, BUCKETS = 37, SLOTS = (BUCKETS + 1) << HALF_MAGNITUDE };
static const uint64_t HIGHEST = 86400000000000u;

struct histogram {
    uint64_t total, overflow, minimum, maximum, highest;
    // Shapes vary, so neither HdrHistogram's C nor the program knows these when it is compiled.
    uint64_t sub_bucket_mask;
    int half_magnitude, unit_magnitude;
    uint64_t *counts;
};

static inline void record(struct histogram *histogram, uint64_t value) {
    uint64_t bounded = value;
    if (value > histogram->highest) {
        bounded = histogram->highest;
        histogram->overflow += 1;
    }
    int top = histogram->half_magnitude + histogram->unit_magnitude;
    int bucket = 63 - top - __builtin_clzll(bounded | histogram->sub_bucket_mask);
    uint64_t sub = bounded >> (bucket + histogram->unit_magnitude);
    size_t slot = ((size_t)bucket << histogram->half_magnitude) + (size_t)sub;
    histogram->counts[slot] += 1;
    histogram->total += 1;
    if (value < histogram->minimum) histogram->minimum = value;
    if (value > histogram->maximum) histogram->maximum = value;
}

// On the heap and out of sight of the loop, as hdr_init makes it: a real caller's compiler does not know that
// counts and totals are different memory, either.
__attribute__((noinline)) static struct histogram *make(void) {
    struct histogram *histogram = calloc(1, sizeof *histogram);
    if (!histogram) return NULL;
    histogram->minimum = UINT64_MAX;
    histogram->highest = HIGHEST;
    histogram->half_magnitude = HALF_MAGNITUDE;
    histogram->sub_bucket_mask = (2u << HALF_MAGNITUDE) - 1;
    histogram->counts = calloc(SLOTS, sizeof *histogram->counts);
    return histogram;
}

static uint64_t state = 42;
static double uniform(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (double)(state >> 11) / 0x1p53;
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

int main(void) {
    enum { COUNT = 1 << 16, PASSES = 1526 };
    uint64_t *sample = malloc(COUNT * sizeof *sample);
    struct histogram *histogram = make();
    if (!sample || !histogram || !histogram->counts) return 1;
    for (int index = 0; index < COUNT; index += 1) {
        double normal = -6;
        for (int part = 0; part < 12; part += 1) normal += uniform();
        sample[index] = (uint64_t)exp(log(200000) + 0.6 * normal);
    }
    uint64_t start = now();
    for (int pass = 0; pass < PASSES; pass += 1)
        for (int index = 0; index < COUNT; index += 1) record(histogram, sample[index]);
    double cost = (double)(now() - start) / ((double)COUNT * PASSES);
    uint64_t sum = 0;
    int first = 0, last = SLOTS - 1;
    while (first < SLOTS && !histogram->counts[first]) first += 1;
    while (last >= 0 && !histogram->counts[last]) last -= 1;
    for (int slot = first; slot <= last; slot += 1) sum = sum * 31 + histogram->counts[slot];
    printf("{\"record_ns\": %.4f, \"records\": %llu, \"checksum\": %llu, \"total\": %llu}\n", cost,
           (unsigned long long)COUNT * PASSES, (unsigned long long)sum, (unsigned long long)histogram->total);
    free(sample);
    free(histogram->counts);
    free(histogram);
    return 0;
}
