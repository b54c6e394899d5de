// Template: matrix products in register tiles of BK_MR × (BK_NV · BK_W). Plain Swift: Tensors/DoubleKernels.swift.
//
// B is packed in panels of BK_NR columns, [panel][depth][BK_NR], zero-filled at the right edge. An
// accumulator adds its products in the order of depth, whatever the tile, so cutting C into tiles never
// changes a digit.

#define BK_NR (BK_NV * BK_W)

static void BK(pack)(long columns, long depth, const float *b, long stride, int transposed, float *packed) {
  for (long j0 = 0; j0 < columns; j0 += BK_NR, packed += depth * BK_NR) {
    long width = columns - j0 < BK_NR ? columns - j0 : BK_NR;
    if (width < BK_NR) memset(packed, 0, sizeof(float) * (size_t)(depth * BK_NR));
    if (transposed) {
      for (long j = 0; j < width; j++) {
        const float *row = b + (j0 + j) * stride;
#pragma clang loop vectorize(disable)  // scattered stores are slower than single ones
        for (long k = 0; k < depth; k++) packed[k * BK_NR + j] = row[k];
      }
    } else if (width == BK_NR) {
      for (long k = 0; k < depth; k++) {
        const float *row = b + k * stride + j0;
#pragma unroll
        for (int v = 0; v < BK_NV; v++) BK(store)(packed + k * BK_NR + v * BK_W, BK(load)(row + v * BK_W));
      }
    } else {
      for (long k = 0; k < depth; k++)
        memcpy(packed + k * BK_NR, b + k * stride + j0, sizeof(float) * (size_t)width);
    }
  }
}

enum { BK(from_zero), BK(from_bias), BK(from_c) };

/// One tile. A's element (i, k) is a[i·row_step + k·depth_step], B's row k begins at b[k·b_step]; `mr` and
/// `nv` are constants after inlining.
BK_INLINE void BK(tile)(const int mr, const int nv, long depth, const float *a, long row_step,
                        long depth_step, const float *b, long b_step, int start, const float *bias, float *c,
                        long c_stride) {
  vf sum[BK_MR][BK_NV];
#pragma unroll
  for (int i = 0; i < mr; i++) {
#pragma unroll
    for (int v = 0; v < nv; v++) {
      if (start == BK(from_c)) sum[i][v] = BK(load)(c + i * c_stride + v * BK_W);
      else if (start == BK(from_bias)) sum[i][v] = BK(load)(bias + v * BK_W);
      else sum[i][v] = BK(splat)(0.0f);
    }
  }
  for (long k = 0; k < depth; k++) {
    vf right[BK_NV];
#pragma unroll
    for (int v = 0; v < nv; v++) right[v] = BK(load)(b + k * b_step + v * BK_W);
#pragma unroll
    for (int i = 0; i < mr; i++) {
      float left = a[i * row_step + k * depth_step];
#pragma unroll
      for (int v = 0; v < nv; v++) sum[i][v] += left * right[v];
    }
  }
#pragma unroll
  for (int i = 0; i < mr; i++) {
#pragma unroll
    for (int v = 0; v < nv; v++) BK(store)(c + i * c_stride + v * BK_W, sum[i][v]);
  }
}

#define BK_TILE_CASE(m)                                                                                    \
  case m:                                                                                                  \
    if (nv == BK_NV) BK(tile)(m, BK_NV, depth, a, row_step, depth_step, b, b_step, start, bias, c, c_stride);\
    else BK(tile)(m, 1, depth, a, row_step, depth_step, b, b_step, start, bias, c, c_stride);              \
    break;

BK_INLINE void BK(any_tile)(int mr, int nv, long depth, const float *a, long row_step, long depth_step,
                            const float *b, long b_step, int start, const float *bias, float *c,
                            long c_stride) {
  switch (mr) {
    BK_TILE_CASE(1) BK_TILE_CASE(2) BK_TILE_CASE(3) BK_TILE_CASE(4)
#if BK_MR >= 6
    BK_TILE_CASE(5) BK_TILE_CASE(6)
#endif
#if BK_MR >= 8
    BK_TILE_CASE(7) BK_TILE_CASE(8)
#endif
  }
}

// Three layouts, each compiled with its unit step as a constant: rows of A with a packed B, columns of A
// with a packed B, columns of A with rows of B as they lie in memory.
static void BK(tile_rows)(int mr, int nv, long depth, const float *a, long row_step, const float *b,
                          int start, const float *bias, float *c, long c_stride) {
  BK(any_tile)(mr, nv, depth, a, row_step, 1, b, BK_NR, start, bias, c, c_stride);
}
static void BK(tile_columns)(int mr, int nv, long depth, const float *a, long depth_step, const float *b,
                             long b_step, int start, float *c, long c_stride) {
  BK(any_tile)(mr, nv, depth, a, 1, depth_step, b, b_step, start, 0, c, c_stride);
}

/// C (+)= A·B for one slice of depth. `a_transposed`: A's element (i, k) is a[i + k·a_stride], else
/// a[i·a_stride + k]. Row k of B's panel p is b[p·panel + k·b_step]; b_step must be BK_NR unless transposed.
static void BK(product)(long rows, long columns, long depth, const float *a, long a_stride, int a_transposed,
                        const float *b, long panel, long b_step, int start, const float *bias, float *c,
                        long c_stride) {
  for (long j = 0; j < columns; j += BK_NR, b += panel) {
    long width = columns - j < BK_NR ? columns - j : BK_NR;
    int nv = width > BK_W ? BK_NV : 1;
    int whole = width == nv * BK_W;
    for (long i = 0; i < rows; i += BK_MR) {
      int mr = (int)(rows - i < BK_MR ? rows - i : BK_MR);
      float *target = c + i * c_stride + j;
      long target_stride = c_stride;
      int begin = start;
      float edge[BK_MR * BK_NR];
      if (!whole) {  // a tile at the right edge works in a buffer of its full width
        for (int r = 0; r < mr; r++)
          for (long x = 0; x < nv * BK_W; x++)
            edge[r * BK_NR + x] = start == BK(from_zero) || x >= width ? 0.0f
                                  : start == BK(from_bias)             ? bias[j + x]
                                                                       : target[r * c_stride + x];
        begin = BK(from_c);
        target = edge;
        target_stride = BK_NR;
      }
      if (a_transposed)
        BK(tile_columns)(mr, nv, depth, a + i, a_stride, b, b_step, begin, target, target_stride);
      else
        BK(tile_rows)(mr, nv, depth, a + i * a_stride, a_stride, b, begin, bias ? bias + j : 0, target,
                      target_stride);
      if (!whole)
        for (int r = 0; r < mr; r++)
          memcpy(c + (i + r) * c_stride + j, edge + r * BK_NR, sizeof(float) * (size_t)width);
    }
  }
}

static void BK(gemm)(long rows, long columns, long depth, const float *a, long a_stride, const float *packed,
                     const float *bias, int accumulate, float *c, long c_stride) {
  int start = accumulate ? BK(from_c) : bias ? BK(from_bias) : BK(from_zero);
  for (long i = 0; i < rows; i += BK_ROW_BLOCK) {
    long count = rows - i < BK_ROW_BLOCK ? rows - i : BK_ROW_BLOCK;
    long k = 0;
    do {  // also once for depth 0, which must still write C
      long slice = depth - k < BK_DEPTH_BLOCK ? depth - k : BK_DEPTH_BLOCK;
      BK(product)(count, columns, slice, a + i * a_stride + k, a_stride, 0, packed + k * BK_NR, depth * BK_NR,
                  BK_NR, k ? BK(from_c) : start, bias, c + i * c_stride, c_stride);
      k += BK_DEPTH_BLOCK;
    } while (k < depth);
  }
}

/// Asks for the cache lines of a row of n floats.
BK_INLINE void BK(prefetch)(const float *row, long n) {
  for (long i = 0; i < n; i += 16) __builtin_prefetch(row + i, 0, 2);
}

static void BK(gemm_tn)(long rows, long columns, long depth, const float *a, long a_stride, const float *b,
                        long b_stride, int accumulate, float *c, long c_stride) {
  if (rows <= 0 || columns <= 0) return;
  // Whole panels of B are read where they lie: packing them would cost as much as a fifth of the product.
  // Only the last, partial panel is packed.
  long whole = columns / BK_NR * BK_NR, rest = columns - whole;
  long slice_limit = depth < BK_DEPTH_BLOCK ? depth : BK_DEPTH_BLOCK;
  float *packed = bk_scratch(slice_limit * BK_NR);
  long k = 0;
  do {
    long slice = depth - k < BK_DEPTH_BLOCK ? depth - k : BK_DEPTH_BLOCK;
    int start = k || accumulate ? BK(from_c) : BK(from_zero);
    // The rows of A and B are long strides apart, which the machine's own prefetching follows badly: each
    // tile asks for its share of the next slice.
    long tiles = (rows + BK_MR - 1) / BK_MR * (whole / BK_NR), tile = 0;
    long next = depth - k - slice < BK_DEPTH_BLOCK ? depth - k - slice : BK_DEPTH_BLOCK;
    for (long j = 0; j < whole; j += BK_NR) {
      for (long i = 0; i < rows; i += BK_MR, tile++) {
        for (long r = k + slice + next * tile / tiles; r < k + slice + next * (tile + 1) / tiles; r++) {
          BK(prefetch)(a + r * a_stride, rows);
          BK(prefetch)(b + r * b_stride, columns);
        }
        int mr = (int)(rows - i < BK_MR ? rows - i : BK_MR);
        BK(tile_columns)(mr, BK_NV, slice, a + k * a_stride + i, a_stride, b + k * b_stride + j, b_stride,
                         start, c + i * c_stride + j, c_stride);
      }
    }
    if (rest) {
      BK(pack)(rest, slice, b + k * b_stride + whole, b_stride, 0, packed);
      BK(product)(rows, rest, slice, a + k * a_stride, a_stride, 1, packed, BK_NR, BK_NR, start, 0, c + whole,
                  c_stride);
    }
    k += BK_DEPTH_BLOCK;
  } while (k < depth);
  free(packed);
}
