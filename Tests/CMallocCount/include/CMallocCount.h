/// Counts the allocations of threads of a given kind: it replaces the process's malloc family by one that counts and
/// calls glibc's. For tests only.
#ifndef CMALLOCCOUNT_H
#define CMALLOCCOUNT_H

#include <stdint.h>

/// From now on it counts allocations of threads with names that begin with `prefix`, from 0. It checks names at each
/// allocation: slow, and exact for threads that were named late.
void malloc_count_begin(const char *prefix);

/// Stops counting and returns the number of allocations.
uint64_t malloc_count_end(void);

#endif
