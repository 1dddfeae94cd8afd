#define _GNU_SOURCE 1
#include "CMallocCount.h"
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static atomic_int counting;
static atomic_ullong allocations;
static char wanted[16];

static void count(void) {
    if (!atomic_load_explicit(&counting, memory_order_acquire)) return;
    char name[17] = {0};
    int error = errno;
    if (prctl(PR_GET_NAME, name, 0, 0, 0) == 0 && strncmp(name, wanted, strlen(wanted)) == 0)
        atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
    errno = error;
}

void malloc_count_begin(const char *prefix) {
    strncpy(wanted, prefix, sizeof wanted - 1);
    atomic_store_explicit(&allocations, 0, memory_order_relaxed);
    atomic_store_explicit(&counting, 1, memory_order_release);
}

uint64_t malloc_count_end(void) {
    atomic_store_explicit(&counting, 0, memory_order_release);
    return atomic_load_explicit(&allocations, memory_order_relaxed);
}

void *malloc(size_t size) {
    count();
    return __libc_malloc(size);
}

void *calloc(size_t items, size_t size) {
    count();
    return __libc_calloc(items, size);
}

void *realloc(void *old, size_t size) {
    count();
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
    count();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    count();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0) return EINVAL;
    count();
    void *memory = __libc_memalign(alignment, size);
    if (memory == NULL) return ENOMEM;
    *result = memory;
    return 0;
}
