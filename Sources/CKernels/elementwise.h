// Template: loops over elements. Plain Swift: Tensors/DoubleKernels.swift.
//
// A tail shorter than a vector takes the same arithmetic in a partial vector, so that a number does not depend on
// where a chunk begins or ends. These loops wait for memory: what can go together is one kernel (GELU with its
// slope, Adam's five arrays) rather than several passes.

/// Runs `BODY` with `i` and `count` (BK_W or the tail) over n elements.
#define BK_FOR_VECTORS(n, BODY)                                                  \
  {                                                                              \
    long i = 0;                                                                  \
    for (; i + BK_W <= (n); i += BK_W) {                                         \
      const long count = BK_W;                                                   \
      BODY                                                                       \
    }                                                                            \
    if (i < (n)) {                                                               \
      const long count = (n) - i;                                                \
      BODY                                                                       \
    }                                                                            \
  }
#define BK_GET(p) (count == BK_W ? BK(load)((p) + i) : BK(load_part)((p) + i, count, 0.0f))
#define BK_PUT(p, v)                        \
  do {                                      \
    if (count == BK_W) BK(store)((p) + i, (v)); \
    else BK(store_part)((p) + i, (v), count);   \
  } while (0)

BK_INLINE vf BK(function)(const int kind, vf x) {
  vf bell, zero = BK(splat)(0.0f);
  switch (kind) {
    case BK_GELU: return x * BK(normal_cdf)(x, &bell);
    case BK_RELU: return BK(select)(x < 0.0f, zero, x);
    case BK_ELU: return BK(select)(x > 0.0f, x, BK(exp)(x) - 1.0f);
    case BK_SIGMOID: return BK(sigmoid)(x);
    case BK_TANH: return BK(tanh)(x);
    case BK_SOFTPLUS: return BK(softplus)(x);
    default: return BK(exp)(x);
  }
}
BK_INLINE vf BK(slope)(const int kind, vf x) {
  vf bell, one = BK(splat)(1.0f), y;
  switch (kind) {
    case BK_GELU:
      y = BK(normal_cdf)(x, &bell);
      return y + x * bell * 0.398942280f;  // Φ + x·φ, φ = e^(−x²/2)/√(2π)
    case BK_RELU: return BK(select)(x > 0.0f, one, BK(splat)(0.0f));
    case BK_ELU: return BK(select)(x > 0.0f, one, BK(exp)(x));
    case BK_SIGMOID: y = BK(sigmoid)(x); return y * (1.0f - y);
    case BK_TANH: y = BK(tanh)(x); return 1.0f - y * y;
    case BK_SOFTPLUS: return BK(sigmoid)(x);
    default: return BK(exp)(x);
  }
}

BK_INLINE void BK(map)(const int kind, long n, const float *x, float *y) {
  BK_FOR_VECTORS(n, { BK_PUT(y, BK(function)(kind, BK_GET(x))); })
}
BK_INLINE void BK(map_with_slope)(const int kind, long n, const float *x, float *y, float *slope) {
  // What the two have in common, such as Φ, is computed once: the compiler sees both.
  BK_FOR_VECTORS(n, {
    vf at = BK_GET(x);
    vf rate = BK(slope)(kind, at);
    BK_PUT(y, BK(function)(kind, at));
    BK_PUT(slope, rate);
  })
}
BK_INLINE void BK(map_backward)(const int kind, long n, const float *x, const float *dy, float *dx) {
  BK_FOR_VECTORS(n, { BK_PUT(dx, BK_GET(dy) * BK(slope)(kind, BK_GET(x))); })
}
#define BK_KINDS(CALL)                            \
  switch (kind) {                                 \
    case BK_GELU: CALL(BK_GELU); break;           \
    case BK_RELU: CALL(BK_RELU); break;           \
    case BK_ELU: CALL(BK_ELU); break;             \
    case BK_SIGMOID: CALL(BK_SIGMOID); break;     \
    case BK_TANH: CALL(BK_TANH); break;           \
    case BK_SOFTPLUS: CALL(BK_SOFTPLUS); break;   \
    default: CALL(BK_EXP); break;                 \
  }
static void BK(activate)(int kind, long n, const float *x, float *y) {
#define BK_CALL(k) BK(map)(k, n, x, y)
  BK_KINDS(BK_CALL)
#undef BK_CALL
}
static void BK(activate_with_slope)(int kind, long n, const float *x, float *y, float *slope) {
#define BK_CALL(k) BK(map_with_slope)(k, n, x, y, slope)
  BK_KINDS(BK_CALL)
#undef BK_CALL
}
static void BK(activate_backward)(int kind, long n, const float *x, const float *dy, float *dx) {
#define BK_CALL(k) BK(map_backward)(k, n, x, dy, dx)
  BK_KINDS(BK_CALL)
#undef BK_CALL
}

static void BK(axpy)(long n, float alpha, const float *x, float *y) {
  BK_FOR_VECTORS(n, { BK_PUT(y, BK_GET(y) + alpha * BK_GET(x)); })
}
static void BK(scale)(long n, float alpha, const float *x, float *y) {
  BK_FOR_VECTORS(n, { BK_PUT(y, alpha * BK_GET(x)); })
}
static void BK(add)(long n, const float *x, const float *y, float *z) {
  BK_FOR_VECTORS(n, { BK_PUT(z, BK_GET(x) + BK_GET(y)); })
}
static void BK(subtract)(long n, const float *x, const float *y, float *z) {
  BK_FOR_VECTORS(n, { BK_PUT(z, BK_GET(x) - BK_GET(y)); })
}
static void BK(multiply)(long n, const float *x, const float *y, float *z) {
  BK_FOR_VECTORS(n, { BK_PUT(z, BK_GET(x) * BK_GET(y)); })
}

static void BK(sum)(long n, const float *x, double *result) {
  double lanes[8] = {0};
  for (long i = 0; i < n; i++) lanes[i & 7] += x[i];
  for (int i = 1; i < 8; i++) lanes[0] += lanes[i];
  *result = lanes[0];
}
static void BK(dot)(long n, const float *x, const float *y, double *result) {
  double lanes[8] = {0};
  for (long i = 0; i < n; i++) lanes[i & 7] += (double)x[i] * (double)y[i];
  for (int i = 1; i < 8; i++) lanes[0] += lanes[i];
  *result = lanes[0];
}

/// Whether any lane of a mask is set.
BK_INLINE int BK(any)(vi mask) {
  int32_t lanes[BK_W];
  memcpy(lanes, &mask, sizeof lanes);
  int32_t all = 0;
#pragma unroll
  for (int i = 0; i < BK_W; i++) all |= lanes[i];
  return all != 0;
}
static void BK(next_above)(long n, const float *x, long start, float threshold, long *place) {
  long i = start;
  // Four vectors at a time: the test for a hit costs more than the comparison.
  for (; i + 4 * BK_W <= n; i += 4 * BK_W) {
    vi hit = (BK(load)(x + i) > threshold) | (BK(load)(x + i + BK_W) > threshold) |
             (BK(load)(x + i + 2 * BK_W) > threshold) | (BK(load)(x + i + 3 * BK_W) > threshold);
    if (BK(any)(hit)) break;
  }
  while (i < n && !(x[i] > threshold)) i++;
  *place = i;
}
static void BK(count_above)(long n, const float *x, float threshold, int inclusive, long *count) {
  long total = 0, i = 0;
  while (i + BK_W <= n) {
    // A lane counts down from 0; blocks keep it far from the end of 32 bits.
    vi lanes = {0};
    const long end = n - i > (1 << 20) * BK_W ? i + (1 << 20) * BK_W : n;
    if (inclusive)
      for (; i + BK_W <= end; i += BK_W) lanes += BK(load)(x + i) >= threshold;
    else
      for (; i + BK_W <= end; i += BK_W) lanes += BK(load)(x + i) > threshold;
    for (int lane = 0; lane < BK_W; lane++) total -= lanes[lane];
  }
  for (; i < n; i++) total += inclusive ? x[i] >= threshold : x[i] > threshold;
  *count = total;
}
static void BK(has_nan)(long n, const float *x, int *found) {
  vi bad = {0};
  long i = 0;
  for (; i + BK_W <= n; i += BK_W) {
    const vf v = BK(load)(x + i);
    bad |= v != v;
  }
  int result = BK(any)(bad);
  for (; i < n; i++) result |= x[i] != x[i];
  *found = result;
}

static void BK(mask_apply)(long n, const float *x, const uint8_t *mask, float scale, float *y) {
  long i = 0;
  for (; i + BK_W <= n; i += BK_W)
    BK(store)(y + i, (vf)((vi)(BK(load)(x + i) * scale) & BK(load_keep)(mask + i)));
  for (; i < n; i++) y[i] = mask[i] ? x[i] * scale : 0.0f;
}

static void BK(adam)(long n, float *parameters, const float *gradients, float *first, float *second,
                     float beta1, float beta2, float step_size, float root_correction, float epsilon,
                     float weight_decay) {
  BK_FOR_VECTORS(n, {
    vf p = BK_GET(parameters);
    vf g = BK_GET(gradients) + weight_decay * p;
    vf m = BK_GET(first) * beta1 + (1.0f - beta1) * g;
    vf s = BK_GET(second) * beta2 + (1.0f - beta2) * (g * g);
    BK_PUT(first, m);
    BK_PUT(second, s);
    BK_PUT(parameters, p - step_size * m / (BK(sqrt)(s) * root_correction + epsilon));
  })
}
