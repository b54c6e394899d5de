// Template: operations on the rows of a matrix. Plain Swift: Tensors/DoubleKernels+Rows.swift.
//
// A row is a hidden vector, some hundred numbers that stay in the first cache: a kernel takes one row through
// all its sweeps (layer norm: sum, squares, result) before it turns to the next, so that the matrix is read
// once. A sum goes by lanes and then across them, for every row alike: cutting a matrix between rows never
// changes a digit. What adds rows into one (column_sums) keeps its sums in registers over all of them.

BK_INLINE float BK(dot_row)(long n, const float *a, const float *b) {
  vf sum = BK(splat)(0.0f);
  BK_FOR_VECTORS(n, { sum += BK_GET(a) * BK_GET(b); })
  return BK(sum_lanes)(sum);
}
BK_INLINE void BK(axpy_row)(long n, float alpha, const float *x, float *y) {
  BK_FOR_VECTORS(n, { BK_PUT(y, BK_GET(y) + alpha * BK_GET(x)); })
}

static void BK(row_dots)(long rows, long columns, const float *a, const float *b, float *out) {
  for (long r = 0; r < rows; r++) out[r] = BK(dot_row)(columns, a + r * columns, b + r * columns);
}
static void BK(scale_rows)(long rows, long columns, const float *x, const float *coefficients, float *y) {
  for (long r = 0; r < rows; r++, x += columns, y += columns) {
    float alpha = coefficients[r];
    BK_FOR_VECTORS(columns, { BK_PUT(y, BK_GET(x) * alpha); })
  }
}
static void BK(column_sums)(long rows, long columns, const float *x, long stride, float *out) {
  long j = 0;
  for (; j + 4 * BK_W <= columns; j += 4 * BK_W) {  // four sums in registers
    vf sums[4];
#pragma unroll
    for (int v = 0; v < 4; v++) sums[v] = BK(load)(out + j + v * BK_W);
    for (long r = 0; r < rows; r++) {
#pragma unroll
      for (int v = 0; v < 4; v++) sums[v] += BK(load)(x + r * stride + j + v * BK_W);
    }
#pragma unroll
    for (int v = 0; v < 4; v++) BK(store)(out + j + v * BK_W, sums[v]);
  }
  if (j == columns) return;
  float *target = out + j;
  x += j;
  for (long r = 0; r < rows; r++, x += stride) {
    BK_FOR_VECTORS(columns - j, { BK_PUT(target, BK_GET(target) + BK_GET(x)); })
  }
}
static void BK(normalize_rows_backward)(long rows, long columns, const float *y, const float *inverse,
                                        const float *dy, float *dx) {
  for (long r = 0; r < rows; r++, y += columns, dy += columns, dx += columns) {
    float along = BK(dot_row)(columns, y, dy), factor = inverse[r];
    BK_FOR_VECTORS(columns, { BK_PUT(dx, (BK_GET(dy) - BK_GET(y) * along) * factor); })
  }
}

static void BK(gather_dots)(long rows, long columns, const float *x, const float *table, const int32_t *index,
                            float *out) {
  for (long r = 0; r < rows; r++) out[r] = BK(dot_row)(columns, x + r * columns, table + index[r] * columns);
}
static void BK(gather_add)(long rows, long columns, const float *coefficients, const float *table,
                           const int32_t *index, float *out) {
  for (long r = 0; r < rows; r++)
    BK(axpy_row)(columns, coefficients[r], table + index[r] * columns, out + r * columns);
}
static void BK(scatter_add)(long rows, long columns, const float *coefficients, const float *x,
                            const int32_t *index, long low, long high, float *table) {
  for (long r = 0; r < rows; r++)
    if (index[r] >= low && index[r] < high)
      BK(axpy_row)(columns, coefficients ? coefficients[r] : 1.0f, x + r * columns,
                   table + index[r] * columns);
}

static void BK(layer_norm)(long rows, long columns, const float *x, const float *residual, const float *gain,
                           const float *bias, float epsilon, float *y, float *normalized, float *inverse) {
  float share = 1.0f / (float)columns;
  for (long r = 0; r < rows; r++, x += columns, y += columns) {
    vf total = BK(splat)(0.0f);
    BK_FOR_VECTORS(columns, {
      vf s = BK_GET(x);
      if (residual) s += BK_GET(residual);
      BK_PUT(y, s);
      total += s;
    })
    float mean = BK(sum_lanes)(total) * share;
    total = BK(splat)(0.0f);
    BK_FOR_VECTORS(columns, {
      vf s = BK_GET(y) - mean;
      BK_PUT(y, s);
      if (count < BK_W) s = BK_GET(y);  // the lanes that fill a tail back to zero
      total += s * s;
    })
    float scale = 1.0f / __builtin_sqrtf(BK(sum_lanes)(total) * share + epsilon);
    BK_FOR_VECTORS(columns, {
      vf s = BK_GET(y) * scale;
      if (normalized) BK_PUT(normalized, s);
      BK_PUT(y, s * BK_GET(gain) + BK_GET(bias));
    })
    if (inverse) inverse[r] = scale;
    if (normalized) normalized += columns;
    if (residual) residual += columns;
  }
}

static void BK(layer_norm_backward)(long rows, long columns, const float *normalized, const float *inverse,
                                    const float *gain, const float *dy, float *dx, float *d_gain,
                                    float *d_bias) {
  float share = 1.0f / (float)columns;
  for (long r = 0; r < rows; r++, normalized += columns, dy += columns, dx += columns) {
    vf total = BK(splat)(0.0f), along = BK(splat)(0.0f);
    BK_FOR_VECTORS(columns, {
      vf g = BK_GET(dy);
      vf s = BK_GET(normalized);
      BK_PUT(d_bias, BK_GET(d_bias) + g);
      BK_PUT(d_gain, BK_GET(d_gain) + g * s);
      g *= BK_GET(gain);
      total += g;
      along += g * s;
    })
    float mean = BK(sum_lanes)(total) * share, slope = BK(sum_lanes)(along) * share, scale = inverse[r];
    BK_FOR_VECTORS(columns, {
      vf g = BK_GET(dy) * BK_GET(gain);
      BK_PUT(dx, (g - mean - BK_GET(normalized) * slope) * scale);
    })
  }
}

/// x ← eˣ⁻ᵐᵃˣ; returns the sum, and the maximum in `top`.
BK_INLINE float BK(exp_row)(long n, float *x, float *top) {
  vf best = BK(splat)(-__builtin_inff());
  BK_FOR_VECTORS(n, {
    best = BK(max)(best, count == BK_W ? BK(load)(x + i) : BK(load_part)(x + i, count, -__builtin_inff()));
  })
  *top = BK(max_lanes)(best);
  vf total = BK(splat)(0.0f), shift = BK(splat)(*top);
  BK_FOR_VECTORS(n, {
    vf s = count == BK_W ? BK(load)(x + i) : BK(load_part)(x + i, count, -__builtin_inff());
    vf e = BK(exp)(s - shift);
    BK_PUT(x, e);
    total += e;
  })
  return BK(sum_lanes)(total);
}

static void BK(softmax_rows)(long rows, long columns, float *x) {
  for (long r = 0; r < rows; r++, x += columns) {
    float top, inverse = 1.0f / BK(exp_row)(columns, x, &top);
    BK_FOR_VECTORS(columns, { BK_PUT(x, BK_GET(x) * inverse); })
  }
}
static void BK(cross_entropy_rows)(long rows, long columns, float *x, const int32_t *labels,
                                   float gradient_scale, float *losses) {
  for (long r = 0; r < rows; r++, x += columns) {
    float answer = x[labels[r]], top, sum = BK(exp_row)(columns, x, &top);
    losses[r] = logf(sum) + top - answer;
    if (gradient_scale == 0.0f) continue;
    float factor = gradient_scale / sum;
    BK_FOR_VECTORS(columns, { BK_PUT(x, BK_GET(x) * factor); })
    x[labels[r]] -= gradient_scale;
  }
}
