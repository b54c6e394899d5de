// What belongs to the process or the thread rather than to numbers.
#include "CKernels.h"

#if defined(__GLIBC__) || defined(__linux__)
#include <malloc.h>
#endif

void bk_tune_allocator(void) {
#if defined(__GLIBC__)
  // Some versions refuse thresholds above half a heap.
  if (!mallopt(M_MMAP_THRESHOLD, 1 << 30)) mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
}

static _Thread_local int bk_depth = 0;
int bk_parallel_depth(void) { return bk_depth; }
void bk_parallel_enter(int delta) { bk_depth += delta; }

const char *bk_compiler(void) { return __VERSION__; }
