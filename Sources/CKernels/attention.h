// Template: causal attention of one (sequence, head), built from the matrix products of gemm.h.
//
// Letters: n tokens, w head width, t a query row, k a key row. Queries are taken in blocks of BK_QUERIES
// rows; a block only meets the keys that its rows can see. Keys that a row cannot see have probability 0,
// which adds nothing to a sum, so the block a row lies in never changes its digits.

#define BK_QUERIES 16

/// Keys that row t may see: *low ..< *high. Returns whether those that are no keys must be hidden among them.
BK_INLINE int BK(visible)(const bk_attention_shape *s, long t, long *low, long *high) {
  *low = 0;
  *high = s->objective && t == 0 ? s->tokens : t + 1;
  if (!s->is_key) return 0;
  *low = s->first_key;
  if (*high > s->first_key) return 1;
  *low = 0;  // a row without any key sees everything
  *high = s->tokens;
  return 0;
}
/// Adds the objective's bias to the raw scores of a row.
BK_INLINE void BK(draw_to_objective)(const bk_attention_shape *s, float *row) {
  if (s->objective) row[0] += s->objective_bias / s->scale;
}
/// Gives the scores low ..< high that are no keys' the weight 0.
BK_INLINE void BK(hide)(const bk_attention_shape *s, long low, long high, float *row) {
  for (long k = low; k < high; k++)
    if (!s->is_key[k]) row[k] = -__builtin_inff();
}
BK_INLINE long BK(visible_to_block)(const bk_attention_shape *s, long t0, long t1) {
  long limit = 0;
  for (long t = t0; t < t1; t++) {
    long low, high;
    BK(visible)(s, t, &low, &high);
    if (high > limit) limit = high;
  }
  return limit;
}
BK_INLINE long BK(padded)(long n) { return (n + BK_NR - 1) / BK_NR * BK_NR; }
/// n rounded up to whole vectors: a product of so many columns needs no tile at the edge.
BK_INLINE long BK(vectors)(long n) { return (n + BK_W - 1) / BK_W * BK_W; }
BK_INLINE long BK(bytes8)(long n) { return (n + 7) / 8 * 8; }

/// Mask bytes of the rows t0 ..< t1, rows of bytes8(n); draw (t, k) belongs to block t·⌈n/8⌉ + k/8.
BK_INLINE void BK(attention_mask)(const bk_attention_shape *s, long t0, long t1, uint8_t *mask) {
  long width = BK(bytes8)(s->tokens);
  BK(philox_mask)((t1 - t0) * width, s->key, (uint32_t)(t0 * width / 8), s->sequence, s->head, s->threshold,
                  mask);
}

// The rows of scores have room for a vector beyond their end, so that the loops below need no tails: lanes
// beyond the visible keys are set to 0.

/// Attention weights of n scores, in place, with dropout if `mask`. statistic: maximum and 1/sum.
BK_INLINE void BK(weigh)(long n, float *x, float scale, const uint8_t *mask, float keep_scale,
                         float *statistic) {
  vf low = BK(splat)(-__builtin_inff()), best = low, total = BK(splat)(0.0f);
  for (long i = 0; i < n; i += BK_W) {
    vf s = BK(select)(BK(lanes_below)(n - i), BK(load)(x + i) * scale, low);
    BK(store)(x + i, s);
    best = BK(max)(best, s);
  }
  statistic[0] = BK(max_lanes)(best);
  vf top = BK(splat)(statistic[0]);
  for (long i = 0; i < n; i += BK_W) {
    vf e = BK(exp)(BK(load)(x + i) - top);
    BK(store)(x + i, e);
    total += e;
  }
  statistic[1] = 1.0f / BK(sum_lanes)(total);
  float factor = mask ? statistic[1] * keep_scale : statistic[1];
  for (long i = 0; i < n; i += BK_W) {
    vf p = BK(load)(x + i) * factor;
    if (mask) p = (vf)((vi)p & BK(load_keep)(mask + i));
    BK(store)(x + i, p);
  }
}

/// From scores and the gradient of the dropped weights: the dropped weights, and in `d` the gradient of q·k.
BK_INLINE void BK(weigh_backward)(long n, float *x, float *dropped, float *d, float scale,
                                  const uint8_t *mask, float keep_scale, const float *statistic) {
  vf top = BK(splat)(statistic[0]), sum = BK(splat)(0.0f);
  for (long i = 0; i < n; i += BK_W) {
    vi seen = BK(lanes_below)(n - i), keep = seen;
    vf p = (vf)((vi)(BK(exp)(BK(load)(x + i) * scale - top) * statistic[1]) & seen);
    vf g = BK(load)(d + i), q = p;
    if (mask) {
      keep &= BK(load_keep)(mask + i);
      g *= keep_scale;
      q = (vf)((vi)(p * keep_scale) & keep);
    }
    g = (vf)((vi)g & keep);
    BK(store)(x + i, p);
    BK(store)(dropped + i, q);
    BK(store)(d + i, g);
    sum += p * g;
  }
  float along = BK(sum_lanes)(sum);
  for (long i = 0; i < n; i += BK_W)
    BK(store)(d + i, BK(load)(x + i) * (BK(load)(d + i) - along) * scale);
}

static void BK(attention)(const bk_attention_shape *s, long stride, const float *query, const float *key,
                          const float *value, float *out, float *statistics) {
  long n = s->tokens, w = s->head_width, span = BK(padded)(n), width = BK(bytes8)(n), line = span + BK_W;
  if (n <= s->first_query) return;
  float *scratch =
      bk_scratch(span * w + BK(padded)(w) * n + BK_QUERIES * line + BK_QUERIES * width / 4 + BK_W);
  float *keys = scratch, *values = keys + span * w, *scores = values + BK(padded)(w) * n;
  uint8_t *mask = (uint8_t *)(scores + BK_QUERIES * line);
  BK(pack)(n, w, key, stride, 1, keys);
  BK(pack)(w, n, value, stride, 0, values);
  for (long t0 = s->first_query; t0 < n; t0 += BK_QUERIES) {
    long t1 = t0 + BK_QUERIES < n ? t0 + BK_QUERIES : n;
    long seen = BK(visible_to_block)(s, t0, t1), r0 = t0 - s->first_query;
    BK(product)(t1 - t0, BK(vectors)(seen), w, query + r0 * stride, stride, 0, keys, w * BK_NR, BK_NR,
                BK(from_zero), 0, scores, line);
    if (s->threshold) BK(attention_mask)(s, t0, t1, mask);
    for (long t = t0; t < t1; t++) {
      float *row = scores + (t - t0) * line;
      long low, high;
      int hides = BK(visible)(s, t, &low, &high);
      BK(draw_to_objective)(s, row);
      for (long i = 0; i < low; i++) row[i] = 0.0f;
      if (hides) BK(hide)(s, low, high, row);
      float unused[2];
      BK(weigh)(high - low, row + low, s->scale, s->threshold ? mask + (t - t0) * width + low : 0,
                s->keep_scale, statistics ? statistics + 2 * (t - s->first_query) : unused);
      for (long i = high; i < seen; i++) row[i] = 0.0f;
    }
    BK(product)(t1 - t0, w, seen, scores, line, 0, values, n * BK_NR, BK_NR, BK(from_zero), 0,
                out + r0 * stride, stride);
  }
  free(scratch);
}

static void BK(attention_backward)(const bk_attention_shape *s, long stride, const float *query,
                                   const float *key, const float *value, const float *statistics,
                                   const float *d_out, float *d_query, float *d_key, float *d_value,
                                   float *d_objective) {
  long n = s->tokens, w = s->head_width, span = BK(padded)(n), wide = BK(padded)(w), width = BK(bytes8)(n);
  long line = span + BK_W;
  for (long k = 0; k < n; k++) {
    memset(d_key + k * stride, 0, sizeof(float) * (size_t)w);
    memset(d_value + k * stride, 0, sizeof(float) * (size_t)w);
  }
  if (d_objective) *d_objective = 0.0f;
  if (n <= s->first_query) return;
  float *scratch = bk_scratch(2 * span * w + wide * n + 2 * BK_QUERIES * wide + 3 * BK_QUERIES * line +
                              BK_QUERIES * width / 4 + BK_W);
  float *keys_t = scratch, *values_t = keys_t + span * w, *keys = values_t + span * w;
  float *d_out_block = keys + wide * n, *query_block = d_out_block + BK_QUERIES * wide;
  float *p = query_block + BK_QUERIES * wide, *dropped = p + BK_QUERIES * line;
  float *ds = dropped + BK_QUERIES * line;
  uint8_t *mask = (uint8_t *)(ds + BK_QUERIES * line);
  BK(pack)(n, w, key, stride, 1, keys_t);
  BK(pack)(n, w, value, stride, 1, values_t);
  BK(pack)(w, n, key, stride, 0, keys);
  for (long t0 = s->first_query; t0 < n; t0 += BK_QUERIES) {
    long t1 = t0 + BK_QUERIES < n ? t0 + BK_QUERIES : n, rows = t1 - t0;
    long seen = BK(visible_to_block)(s, t0, t1), r0 = t0 - s->first_query;
    const float *q = query + r0 * stride, *dy = d_out + r0 * stride;
    long columns = BK(vectors)(seen);
    BK(product)(rows, columns, w, q, stride, 0, keys_t, w * BK_NR, BK_NR, BK(from_zero), 0, p, line);
    BK(product)(rows, columns, w, dy, stride, 0, values_t, w * BK_NR, BK_NR, BK(from_zero), 0, ds, line);
    if (s->threshold) BK(attention_mask)(s, t0, t1, mask);
    for (long t = t0; t < t1; t++) {
      float *prow = p + (t - t0) * line, *drow = dropped + (t - t0) * line, *srow = ds + (t - t0) * line;
      const float *stat = statistics + 2 * (t - s->first_query);
      long low, high;
      int hides = BK(visible)(s, t, &low, &high);
      BK(draw_to_objective)(s, prow);
      for (long i = 0; i < low; i++) drow[i] = srow[i] = 0.0f;
      if (hides) BK(hide)(s, low, high, prow);
      BK(weigh_backward)(high - low, prow + low, drow + low, srow + low, s->scale,
                         s->threshold ? mask + (t - t0) * width + low : 0, s->keep_scale, stat);
      for (long i = high; i < seen; i++) drow[i] = srow[i] = 0.0f;
      if (d_objective) *d_objective += srow[0] / s->scale;
    }
    BK(product)(rows, w, seen, ds, line, 0, keys, n * BK_NR, BK_NR, BK(from_zero), 0, d_query + r0 * stride,
                stride);
    BK(pack)(w, rows, dy, stride, 0, d_out_block);
    BK(pack)(w, rows, q, stride, 0, query_block);
    BK(product)(seen, w, rows, dropped, line, 1, d_out_block, rows * BK_NR, BK_NR, BK(from_c), 0, d_value,
                stride);
    BK(product)(seen, w, rows, ds, line, 1, query_block, rows * BK_NR, BK_NR, BK(from_c), 0, d_key, stride);
  }
  free(scratch);
}
