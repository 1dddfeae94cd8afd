/// Counts what threads of a given kind allocate: the process's malloc family is replaced by one that counts and
/// hands on to glibc's. For tests only.
#ifndef CMALLOCCOUNT_H
#define CMALLOCCOUNT_H

#include <stdint.h>

/// From now on allocations of threads whose name begins with `prefix` are counted, from 0. Names are looked at
/// per allocation: slow, and exact for threads that were named late.
void malloc_count_begin(const char *prefix);

/// Stops counting and returns the number of allocations.
uint64_t malloc_count_end(void);

#endif
