// Template: causal attention of one (sequence, head), built from the matrix products of gemm.h.
//
// Letters: n tokens, w head width, t a query row, k a key row. Queries are taken in blocks of BK_QUERIES rows;
// a block only meets the keys that its rows can see. Keys that a row cannot see have probability 0, which adds
// nothing to a sum, so the block a row lies in never changes its digits.

#define BK_QUERIES 32

/// Keys that row t may see: *low ..< *high. Returns whether those that are no keys must be hidden among them.
BK_INLINE int BK(visible)(const bk_attention_shape *s, long t, long *low, long *high) {
  *low = 0;
  *high = t + 1;
  if (!s->is_key) return 0;
  *low = s->first_key;
  if (t >= s->first_key) return 1;
  *low = 0;  // a row without any key sees everything
  *high = s->tokens;
  return 0;
}
/// Overwrites the entries low ..< high that are no keys.
BK_INLINE void BK(hide)(const bk_attention_shape *s, long low, long high, float value, float *row) {
  for (long k = low; k < high; k++)
    if (!s->is_key[k]) row[k] = value;
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
BK_INLINE long BK(bytes8)(long n) { return (n + 7) / 8 * 8; }

/// Mask bytes of the rows t0 ..< t1, rows of bytes8(n); draw (t, k) belongs to block t·⌈n/8⌉ + k/8.
BK_INLINE void BK(attention_mask)(const bk_attention_shape *s, long t0, long t1, uint8_t *mask) {
  long width = BK(bytes8)(s->tokens);
  BK(philox_mask)((t1 - t0) * width, s->key, (uint32_t)(t0 * width / 8), s->sequence, s->head, s->threshold,
                  mask);
}

static void BK(attention)(const bk_attention_shape *s, long stride, const float *query, const float *key,
                          const float *value, float *out, float *statistics) {
  long n = s->tokens, w = s->head_width, span = BK(padded)(n), width = BK(bytes8)(n);
  if (n <= s->first_query) return;
  float *scratch = bk_scratch(span * w + BK(padded)(w) * n + BK_QUERIES * span + BK_QUERIES * width / 4);
  float *keys = scratch, *values = keys + span * w, *scores = values + BK(padded)(w) * n;
  uint8_t *mask = (uint8_t *)(scores + BK_QUERIES * span);
  BK(pack)(n, w, key, stride, 1, keys);
  BK(pack)(w, n, value, stride, 0, values);
  for (long t0 = s->first_query; t0 < n; t0 += BK_QUERIES) {
    long t1 = t0 + BK_QUERIES < n ? t0 + BK_QUERIES : n;
    long seen = BK(visible_to_block)(s, t0, t1), r0 = t0 - s->first_query;
    BK(product)(t1 - t0, seen, w, query + r0 * stride, stride, 0, keys, w * BK_NR, BK_NR, BK(from_zero), 0, scores,
                span);
    if (s->threshold) BK(attention_mask)(s, t0, t1, mask);
    for (long t = t0; t < t1; t++) {
      float *row = scores + (t - t0) * span;
      long low, high;
      int hides = BK(visible)(s, t, &low, &high);
      for (long i = 0; i < low; i++) row[i] = 0.0f;
      for (long i = high; i < seen; i++) row[i] = 0.0f;
      BK(scale)(high - low, s->scale, row + low, row + low);
      if (hides) BK(hide)(s, low, high, -1e30f, row);
      float top, inverse = 1.0f / BK(exp_row)(high - low, row + low, &top);
      if (hides) BK(hide)(s, low, high, 0.0f, row);
      BK(scale)(high - low, inverse, row + low, row + low);
      if (statistics) {
        statistics[2 * (t - s->first_query)] = top;
        statistics[2 * (t - s->first_query) + 1] = inverse;
      }
      if (s->threshold)
        BK(mask_apply)(high - low, row + low, mask + (t - t0) * width + low, s->keep_scale, row + low);
    }
    BK(product)(t1 - t0, w, seen, scores, span, 0, values, n * BK_NR, BK_NR, BK(from_zero), 0, out + r0 * stride,
                stride);
  }
  free(scratch);
}

static void BK(attention_backward)(const bk_attention_shape *s, long stride, const float *query,
                                   const float *key, const float *value, const float *statistics,
                                   const float *d_out, float *d_query, float *d_key, float *d_value) {
  long n = s->tokens, w = s->head_width, span = BK(padded)(n), wide = BK(padded)(w), width = BK(bytes8)(n);
  for (long k = 0; k < n; k++) {
    memset(d_key + k * stride, 0, sizeof(float) * (size_t)w);
    memset(d_value + k * stride, 0, sizeof(float) * (size_t)w);
  }
  if (n <= s->first_query) return;
  float *scratch = bk_scratch(2 * span * w + wide * n + 2 * BK_QUERIES * wide + 3 * BK_QUERIES * span +
                              BK_QUERIES * width / 4);
  float *keys_t = scratch, *values_t = keys_t + span * w, *keys = values_t + span * w;
  float *d_out_block = keys + wide * n, *query_block = d_out_block + BK_QUERIES * wide;
  float *p = query_block + BK_QUERIES * wide, *dropped = p + BK_QUERIES * span;
  float *ds = dropped + BK_QUERIES * span;
  uint8_t *mask = (uint8_t *)(ds + BK_QUERIES * span);
  BK(pack)(n, w, key, stride, 1, keys_t);
  BK(pack)(n, w, value, stride, 1, values_t);
  BK(pack)(w, n, key, stride, 0, keys);
  for (long t0 = s->first_query; t0 < n; t0 += BK_QUERIES) {
    long t1 = t0 + BK_QUERIES < n ? t0 + BK_QUERIES : n, rows = t1 - t0;
    long seen = BK(visible_to_block)(s, t0, t1), r0 = t0 - s->first_query;
    const float *q = query + r0 * stride, *dy = d_out + r0 * stride;
    BK(product)(rows, seen, w, q, stride, 0, keys_t, w * BK_NR, BK_NR, BK(from_zero), 0, p, span);
    BK(product)(rows, seen, w, dy, stride, 0, values_t, w * BK_NR, BK_NR, BK(from_zero), 0, ds, span);
    if (s->threshold) BK(attention_mask)(s, t0, t1, mask);
    for (long t = t0; t < t1; t++) {
      float *prow = p + (t - t0) * span, *drow = dropped + (t - t0) * span, *srow = ds + (t - t0) * span;
      const float *stat = statistics + 2 * (t - s->first_query);
      long low, high;
      int hides = BK(visible)(s, t, &low, &high);
      for (long i = 0; i < low; i++) drow[i] = srow[i] = 0.0f;
      for (long i = high; i < seen; i++) drow[i] = srow[i] = 0.0f;
      prow += low, drow += low, srow += low;
      long length = high - low;
      vf top = BK(splat)(stat[0]);
      BK_FOR_VECTORS(length, { BK_PUT(prow, BK(exp)(BK_GET(prow) * s->scale - top) * stat[1]); })
      if (hides) BK(hide)(s, low, high, 0.0f, prow - low);
      const float *applied = prow;
      if (s->threshold) {
        const uint8_t *kept = mask + (t - t0) * width + low;
        BK(mask_apply)(length, prow, kept, s->keep_scale, drow);
        BK(mask_apply)(length, srow, kept, s->keep_scale, srow);
      } else {
        memcpy(drow, applied, sizeof(float) * (size_t)length);
      }
      float along = BK(dot_row)(length, prow, srow);
      BK_FOR_VECTORS(length, { BK_PUT(srow, BK_GET(prow) * (BK_GET(srow) - along) * s->scale); })
    }
    BK(product)(rows, w, seen, ds, span, 0, keys, n * BK_NR, BK_NR, BK(from_zero), 0, d_query + r0 * stride, stride);
    BK(pack)(w, rows, dy, stride, 0, d_out_block);
    BK(pack)(w, rows, q, stride, 0, query_block);
    BK(product)(seen, w, rows, dropped, span, 1, d_out_block, rows * BK_NR, BK_NR, BK(from_c), 0, d_value, stride);
    BK(product)(seen, w, rows, ds, span, 1, query_block, rows * BK_NR, BK_NR, BK(from_c), 0, d_key, stride);
  }
  free(scratch);
}
