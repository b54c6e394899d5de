// Template: Philox4x32-10, BK_W blocks at a time.
//
// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11, section 3.3.

/// Both halves of 32-bit lanes times a constant. Lanes of even and of odd number are multiplied apart: the machine
/// multiplies the lower halves of 64-bit lanes, and widening all lanes costs more than the products.
BK_INLINE void BK(multiply_wide)(vu x, uint32_t factor, vu *low, vu *high) {
  vd even = ((vd)x & 0xffffffffu) * factor, odd = ((vd)x >> 32) * factor;
  *low = (vu)((even & 0xffffffffu) | odd << 32);
  *high = (vu)(even >> 32 | (odd & 0xffffffff00000000u));
}

/// 8 · BK_W mask bytes from the blocks block ..< block + BK_W.
BK_INLINE void BK(philox_vector)(uint64_t key, uint32_t block, uint32_t w1, uint32_t w2, uint32_t threshold,
                                 uint8_t *mask) {
  vu lanes;
  for (int i = 0; i < BK_W; i++) lanes[i] = (uint32_t)i;
  vu zero = {0};
  vu c0 = lanes + block, c1 = zero + w1, c2 = zero + w2, c3 = zero;
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  for (int round = 0; round < 10; round++) {
    vu a_low, a_high, b_low, b_high;
    BK(multiply_wide)(c0, 0xD2511F53u, &a_low, &a_high);
    BK(multiply_wide)(c2, 0xCD9E8D57u, &b_low, &b_high);
    c0 = b_high ^ c1 ^ k0;
    c2 = a_high ^ c3 ^ k1;
    c1 = b_low;
    c3 = a_low;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  // Each word gives two draws; a byte per draw, packed to four bytes per pair of words.
#define BK_KEEP(draw) ((vu)((draw) >= threshold) & 1u)
#define BK_PAIR(w) (BK_KEEP((w) & 0xffffu) | BK_KEEP((w) >> 16) << 8)
  vu low = BK_PAIR(c0) | BK_PAIR(c1) << 16, high = BK_PAIR(c2) | BK_PAIR(c3) << 16;
#undef BK_PAIR
#undef BK_KEEP
  vq both = __builtin_convertvector(low, vq) | __builtin_convertvector(high, vq) << 32;
  memcpy(mask, &both, sizeof both);
}

static void BK(philox_mask)(long n, uint64_t key, uint32_t block, uint32_t c1, uint32_t c2,
                            uint32_t threshold, uint8_t *mask) {
  long i = 0;
  for (; i + 8 * BK_W <= n; i += 8 * BK_W, block += BK_W)
    BK(philox_vector)(key, block, c1, c2, threshold, mask + i);
  if (i < n) {
    uint8_t tail[8 * BK_W];
    BK(philox_vector)(key, block, c1, c2, threshold, tail);
    memcpy(mask + i, tail, (size_t)(n - i));
  }
}
