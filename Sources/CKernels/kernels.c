// Compiles the templates once per instruction set and dispatches to the path in use.
#include "functions.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define BK_INLINE static inline __attribute__((always_inline, unused))

// Cache blocks, chosen on Zen 4: a packed panel slice fits the first-level cache, a block of A the second.
#define BK_DEPTH_BLOCK 128
#define BK_ROW_BLOCK 128

/// `count` floats aligned to a cache line; released with free(). Running out of memory is not recoverable
/// here.
static float *bk_scratch(long count) {
  void *p = 0;
  if (posix_memalign(&p, 64, sizeof(float) * (size_t)(count > 0 ? count : 1)) != 0) abort();
  return p;
}

#define BK_JOIN(name, suffix) bk_##name##_##suffix

#define BK(name) BK_JOIN(name, portable)
#define BK_W 4
#define BK_NV 2
#if defined(__aarch64__)
#define BK_MR 8  // 32 vector registers
#else
#define BK_MR 4  // 16 vector registers
#endif
#include "path.h"

#if defined(__x86_64__)

#define BK_TARGET __attribute__((target("arch=x86-64-v3"), min_vector_width(256)))
#pragma clang attribute push(BK_TARGET, apply_to = function)
#define BK(name) BK_JOIN(name, v3)
#define BK_W 8
#define BK_NV 2
#define BK_MR 6
#include "path.h"
#pragma clang attribute pop

#undef BK_TARGET
#define BK_TARGET __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#pragma clang attribute push(BK_TARGET, apply_to = function)
#define BK(name) BK_JOIN(name, v4)
#define BK_W 16
#define BK_NV 2
#define BK_MR 8
#include "path.h"
#pragma clang attribute pop

#endif

static const struct {
  const char *name;
  const bk_functions *functions;
} bk_paths[] = {
    {"portable", &bk_functions_portable},
#if defined(__x86_64__)
    {"x86-64-v3", &bk_functions_v3},
    {"x86-64-v4", &bk_functions_v4},
#endif
};

int bk_path_count(void) { return (int)(sizeof bk_paths / sizeof bk_paths[0]); }
const char *bk_path_name(int path) { return bk_paths[path].name; }
int bk_path_supported(int path) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (path == 1) return __builtin_cpu_supports("x86-64-v3") != 0;
  if (path == 2) return __builtin_cpu_supports("x86-64-v4") != 0;
#endif
  return path == 0;
}

static _Atomic int bk_best = -1;
static _Thread_local int bk_chosen = -1;

int bk_current_path(void) {
  if (bk_chosen >= 0) return bk_chosen;
  int path = atomic_load_explicit(&bk_best, memory_order_relaxed);
  if (path >= 0) return path;
  path = bk_path_count() - 1;
  while (!bk_path_supported(path)) path--;
  atomic_store_explicit(&bk_best, path, memory_order_relaxed);
  return path;
}
int bk_chosen_path(void) { return bk_chosen; }
int bk_use_path(int path) {
  if (path >= bk_path_count() || (path >= 0 && !bk_path_supported(path))) return 0;
  bk_chosen = path < 0 ? -1 : path;
  return 1;
}

long bk_packed_size(long columns, long depth) {
  long panel = bk_paths[bk_current_path()].functions->panel;
  return (columns + panel - 1) / panel * panel * depth;
}

#define BK_DISPATCH(name, parameters, arguments) \
  void bk_##name parameters { bk_paths[bk_current_path()].functions->name arguments; }
BK_FUNCTIONS(BK_DISPATCH)
