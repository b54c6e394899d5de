// The kernels as a list: name, parameters, arguments. From it come the table of each path and the
// dispatchers.
#ifndef BECKON_FUNCTIONS_H
#define BECKON_FUNCTIONS_H

#include "CKernels.h"

#define BK_P(...) (__VA_ARGS__)
#define BK_FUNCTIONS(X)                                                                                     \
  X(peak, BK_P(long rounds, float factor, float *result, long *operations),                                \
    BK_P(rounds, factor, result, operations))                                                               \
  X(pack, BK_P(long columns, long depth, const float *b, long stride, int transposed, float *packed),       \
    BK_P(columns, depth, b, stride, transposed, packed))                                                    \
  X(gemm, BK_P(long rows, long columns, long depth, const float *a, long a_stride, const float *packed,     \
               const float *bias, int accumulate, float *c, long c_stride),                                 \
    BK_P(rows, columns, depth, a, a_stride, packed, bias, accumulate, c, c_stride))                         \
  X(gemm_tn, BK_P(long rows, long columns, long depth, const float *a, long a_stride, const float *b,       \
                  long b_stride, int accumulate, float *c, long c_stride),                                  \
    BK_P(rows, columns, depth, a, a_stride, b, b_stride, accumulate, c, c_stride))                          \
  X(activate, BK_P(int kind, long n, const float *x, float *y), BK_P(kind, n, x, y))                        \
  X(activate_with_slope, BK_P(int kind, long n, const float *x, float *y, float *slope),                    \
    BK_P(kind, n, x, y, slope))                                                                             \
  X(activate_backward, BK_P(int kind, long n, const float *x, const float *dy, float *dx),                  \
    BK_P(kind, n, x, dy, dx))                                                                               \
  X(axpy, BK_P(long n, float alpha, const float *x, float *y), BK_P(n, alpha, x, y))                        \
  X(scale, BK_P(long n, float alpha, const float *x, float *y), BK_P(n, alpha, x, y))                       \
  X(add, BK_P(long n, const float *x, const float *y, float *z), BK_P(n, x, y, z))                          \
  X(subtract, BK_P(long n, const float *x, const float *y, float *z), BK_P(n, x, y, z))                     \
  X(multiply, BK_P(long n, const float *x, const float *y, float *z), BK_P(n, x, y, z))                     \
  X(sum, BK_P(long n, const float *x, double *result), BK_P(n, x, result))                                  \
  X(dot, BK_P(long n, const float *x, const float *y, double *result), BK_P(n, x, y, result))               \
  X(next_above, BK_P(long n, const float *x, long start, float threshold, long *place),                     \
    BK_P(n, x, start, threshold, place))                                                                    \
  X(count_above, BK_P(long n, const float *x, float threshold, int inclusive, long *count),                 \
    BK_P(n, x, threshold, inclusive, count))                                                                \
  X(has_nan, BK_P(long n, const float *x, int *found), BK_P(n, x, found))                                   \
  X(mask_apply, BK_P(long n, const float *x, const uint8_t *mask, float scale, float *y),                   \
    BK_P(n, x, mask, scale, y))                                                                             \
  X(row_dots, BK_P(long rows, long columns, const float *a, const float *b, float *out),                    \
    BK_P(rows, columns, a, b, out))                                                                         \
  X(scale_rows, BK_P(long rows, long columns, const float *x, const float *coefficients, float *y),         \
    BK_P(rows, columns, x, coefficients, y))                                                                \
  X(column_sums, BK_P(long rows, long columns, const float *x, long stride, float *out),                    \
    BK_P(rows, columns, x, stride, out))                                                                    \
  X(normalize_rows_backward,                                                                                \
    BK_P(long rows, long columns, const float *y, const float *inverse, const float *dy, float *dx),        \
    BK_P(rows, columns, y, inverse, dy, dx))                                                                \
  X(gather_dots,                                                                                            \
    BK_P(long rows, long columns, const float *x, const float *table, const int32_t *index, float *out),    \
    BK_P(rows, columns, x, table, index, out))                                                              \
  X(gather_add, BK_P(long rows, long columns, const float *coefficients, const float *table,                \
                     const int32_t *index, float *out),                                                     \
    BK_P(rows, columns, coefficients, table, index, out))                                                   \
  X(scatter_add, BK_P(long rows, long columns, const float *coefficients, const float *x,                   \
                      const int32_t *index, long low, long high, float *table),                             \
    BK_P(rows, columns, coefficients, x, index, low, high, table))                                          \
  X(layer_norm, BK_P(long rows, long columns, const float *x, const float *residual, const float *gain,     \
                     const float *bias, float epsilon, float *y, float *normalized, float *inverse),        \
    BK_P(rows, columns, x, residual, gain, bias, epsilon, y, normalized, inverse))                          \
  X(layer_norm_backward, BK_P(long rows, long columns, const float *normalized, const float *inverse,       \
                              const float *gain, const float *dy, float *dx, float *d_gain, float *d_bias), \
    BK_P(rows, columns, normalized, inverse, gain, dy, dx, d_gain, d_bias))                                 \
  X(softmax_rows, BK_P(long rows, long columns, float *x), BK_P(rows, columns, x))                          \
  X(cross_entropy_rows, BK_P(long rows, long columns, float *x, const int32_t *labels, float gradient_scale, \
                             float *losses),                                                                \
    BK_P(rows, columns, x, labels, gradient_scale, losses))                                                 \
  X(adam, BK_P(long n, float *parameters, const float *gradients, float *first, float *second, float beta1, \
               float beta2, float step_size, float root_correction, float epsilon, float weight_decay),     \
    BK_P(n, parameters, gradients, first, second, beta1, beta2, step_size, root_correction, epsilon,        \
         weight_decay))                                                                                     \
  X(attention, BK_P(const bk_attention_shape *shape, long stride, const float *query, const float *key,     \
                    const float *value, float *out, float *statistics),                                     \
    BK_P(shape, stride, query, key, value, out, statistics))                                                \
  X(attention_backward, BK_P(const bk_attention_shape *shape, long stride, const float *query,              \
                             const float *key, const float *value, const float *statistics,                 \
                             const float *d_out, float *d_query, float *d_key, float *d_value,              \
                             float *d_objective),                                                           \
    BK_P(shape, stride, query, key, value, statistics, d_out, d_query, d_key, d_value, d_objective))        \
  X(philox_mask, BK_P(long n, uint64_t key, uint32_t block, uint32_t c1, uint32_t c2, uint32_t threshold,   \
                      uint8_t *mask),                                                                       \
    BK_P(n, key, block, c1, c2, threshold, mask))

typedef struct {
#define BK_FIELD(name, parameters, arguments) void(*name) parameters;
  BK_FUNCTIONS(BK_FIELD)
#undef BK_FIELD
  long panel;  // columns of a packed panel
} bk_functions;

#endif
