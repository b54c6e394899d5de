// Template: vectors of BK_W floats and the elementary functions on them. Included once per path.
//
// The compiler's vector types instead of intrinsics: one text for three instruction sets of x86-64 and for arm64,
// whose paths differ in width and tile alone. exp and erf are polynomials of ours, since a library's would differ from
// machine to machine.

typedef float BK(vf) __attribute__((vector_size(4 * BK_W)));
typedef float BK(vf_loose) __attribute__((vector_size(4 * BK_W), aligned(4), may_alias));
typedef int32_t BK(vi) __attribute__((vector_size(4 * BK_W)));
typedef uint32_t BK(vu) __attribute__((vector_size(4 * BK_W)));
typedef uint64_t BK(vq) __attribute__((vector_size(8 * BK_W)));
typedef uint64_t BK(vd) __attribute__((vector_size(4 * BK_W)));

#define vf BK(vf)
#define vi BK(vi)
#define vu BK(vu)
#define vq BK(vq)
#define vd BK(vd)

BK_INLINE vf BK(load)(const float *p) { return *(const BK(vf_loose) *)p; }
BK_INLINE void BK(store)(float *p, vf v) { *(BK(vf_loose) *)p = v; }
BK_INLINE vf BK(splat)(float x) { return x - (vf){0}; }

/// The first n < BK_W lanes from memory, the others `fill`: a tail goes through the same arithmetic as a
/// body.
BK_INLINE vf BK(load_part)(const float *p, long n, float fill) {
  vf v = BK(splat)(fill);
  for (long i = 0; i < n; i++) v[i] = p[i];
  return v;
}
BK_INLINE void BK(store_part)(float *p, vf v, long n) {
  for (long i = 0; i < n; i++) p[i] = v[i];
}

BK_INLINE vf BK(select)(vi mask, vf yes, vf no) { return (vf)((mask & (vi)yes) | (~mask & (vi)no)); }
BK_INLINE vf BK(max)(vf a, vf b) { return BK(select)(a > b, a, b); }
BK_INLINE vf BK(min)(vf a, vf b) { return BK(select)(a < b, a, b); }
BK_INLINE vf BK(abs)(vf a) { return (vf)((vi)a & 0x7fffffff); }
BK_INLINE vf BK(sqrt)(vf a) { return __builtin_elementwise_sqrt(a); }

/// All ones in the lanes below n.
BK_INLINE vi BK(lanes_below)(long n) {
  vi lanes;
#pragma unroll
  for (int i = 0; i < BK_W; i++) lanes[i] = i;
  return (vi)(lanes < (int32_t)(n < BK_W ? n : BK_W));
}
/// Mask bytes as all ones or all zeros.
BK_INLINE vi BK(load_keep)(const uint8_t *mask) {
  typedef uint8_t bytes __attribute__((vector_size(BK_W), aligned(1), may_alias));
  return -__builtin_convertvector(*(const bytes *)mask, vi);
}

/// Sum of the lanes as a balanced tree.
BK_INLINE float BK(sum_lanes)(vf v) {
  float t[BK_W];
  memcpy(t, &v, sizeof t);
#pragma unroll
  for (int s = BK_W / 2; s > 0; s /= 2) {
#pragma unroll
    for (int i = 0; i < s; i++) t[i] += t[i + s];
  }
  return t[0];
}
BK_INLINE float BK(max_lanes)(vf v) {
  float t[BK_W];
  memcpy(t, &v, sizeof t);
#pragma unroll
  for (int s = BK_W / 2; s > 0; s /= 2) {
#pragma unroll
    for (int i = 0; i < s; i++) t[i] = t[i] > t[i + s] ? t[i] : t[i + s];
  }
  return t[0];
}

/// eˣ: x = n·ln 2 + r with |r| ≤ ln 2 / 2, Taylor to r⁷ (relative error 5e-9 before rounding), then 2ⁿ in two
/// factors so that n = 128 does not overflow early. 0 below −87.33 (no denormals), +∞ above 88.72.
BK_INLINE vf BK(exp)(vf x) {
  vf t = BK(min)(BK(max)(x, BK(splat)(-88.0f)), BK(splat)(89.0f));
  vf n = t * 1.44269504f + 12582912.0f;  // 1.5·2²³: the addition rounds to an integer
  n = n - 12582912.0f;
  vf r = t - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  vf p = r * (1.0f / 5040) + (1.0f / 720);
  p = p * r + (1.0f / 120);
  p = p * r + (1.0f / 24);
  p = p * r + (1.0f / 6);
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  vi k = __builtin_convertvector(n, vi);
  vi half = k >> 1;
  p = p * (vf)((half + 127) << 23) * (vf)((k - half + 127) << 23);
  p = BK(select)(x < -87.33f, BK(splat)(0.0f), p);
  p = BK(select)(x > 88.72f, BK(splat)(__builtin_inff()), p);
  return BK(select)(x == x, p, x);
}

/// ln(1 + e) for e in [0, 1], as 2·artanh(s), s = e/(2 + e) ≤ 1/3; first term left out: s¹⁷/17.
BK_INLINE vf BK(log1p_unit)(vf e) {
  vf s = e / (e + 2.0f);
  vf q = s * s;
  vf p = q * (1.0f / 15) + (1.0f / 13);
  p = p * q + (1.0f / 11);
  p = p * q + (1.0f / 9);
  p = p * q + (1.0f / 7);
  p = p * q + (1.0f / 5);
  p = p * q + (1.0f / 3);
  p = p * q + 1.0f;
  return s * p * 2.0f;
}

BK_INLINE vf BK(sigmoid)(vf x) { return 1.0f / (1.0f + BK(exp)(-x)); }
BK_INLINE vf BK(softplus)(vf x) {
  return BK(max)(x, BK(splat)(0.0f)) + BK(log1p_unit)(BK(exp)(-BK(abs)(x)));
}

/// tanh: Taylor to x⁹ below 1/4 (where the quotient would lose digits), else (1 − e)/(1 + e), e = e^(−2|x|).
BK_INLINE vf BK(tanh)(vf x) {
  vf a = BK(abs)(x);
  vf q = x * x;
  vf small = q * (62.0f / 2835) - (17.0f / 315);
  small = small * q + (2.0f / 15);
  small = small * q - (1.0f / 3);
  small = x + x * (small * q);
  vf e = BK(exp)(a * -2.0f);
  vf big = (1.0f - e) / (1.0f + e);
  big = BK(select)(x < 0.0f, -big, big);
  return BK(select)(a < 0.25f, small, big);
}

/// Φ(x), the normal distribution, and e^(−x²/2). Abramowitz & Stegun 7.1.26: |error of erf| ≤ 1.5e-7.
BK_INLINE vf BK(normal_cdf)(vf x, vf *bell) {
  vf z = BK(abs)(x) * 0.707106781f;
  vf t = 1.0f / (1.0f + z * 0.3275911f);
  vf p = t * 1.061405429f - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  vf e = BK(exp)(x * x * -0.5f);
  vf tail = p * t * e * 0.5f;
  *bell = e;
  return BK(select)(x < 0.0f, tail, 1.0f - tail);
}
