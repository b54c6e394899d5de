// Template: how fast this machine multiplies and adds at best, with all operands in registers: the yardstick of
// `beckon bench kernels`. As many chains as a tile of a product has, so that it meets the same latencies.

/// `rounds` times a multiply-add in as many independent registers as a tile of a product has; `operations` are the
/// floating-point operations done.
static void BK(peak)(long rounds, float factor, float *result, long *operations) {
  vf sums[BK_MR * BK_NV], rest = BK(splat)(1.0f - factor);
#pragma unroll
  for (int i = 0; i < BK_MR * BK_NV; i++) sums[i] = BK(splat)((float)i);
  for (long r = 0; r < rounds; r++) {
#pragma unroll
    for (int i = 0; i < BK_MR * BK_NV; i++) sums[i] = sums[i] * factor + rest;
  }
  vf total = BK(splat)(0.0f);
#pragma unroll
  for (int i = 0; i < BK_MR * BK_NV; i++) total += sums[i];
  *result = BK(sum_lanes)(total);
  *operations = rounds * BK_MR * BK_NV * BK_W * 2;
}
