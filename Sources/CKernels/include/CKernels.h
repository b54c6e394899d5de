// The innermost loops of Beckon, in float32, with the instruction set chosen at run time.
//
// The loops of a tape have naive Swift twins in `Tensors/DoubleKernels*.swift`: the twin says what is
// computed, the C says how to compute it fast. Shapes are row-major; a "stride" is the distance between
// rows, in elements.
//
// Promise shared by all kernels: the result for one row (or one element) depends on nothing but that row's
// inputs, never on its neighbours, its place in the batch, or how rows were divided among threads.
#ifndef BECKON_CKERNELS_H
#define BECKON_CKERNELS_H

#include <stdint.h>

// ---- Instruction-set paths -----------------------------------------------------------------------------

/// Number of compiled paths; 0 is always the portable one.
int bk_path_count(void);
/// "portable", "x86-64-v3" or "x86-64-v4".
const char *_Nonnull bk_path_name(int path);
/// 1 if this machine can execute the path.
int bk_path_supported(int path);
/// The path in use on the calling thread: the best one that is supported, unless another was chosen.
int bk_current_path(void);
/// Selects a path for the calling thread, and for the parallel regions it opens; −1 goes back to the best. Returns 0
/// and changes nothing if the path is not supported. Buffers packed under one path are meaningless under another.
int bk_use_path(int path);
/// What was chosen on the calling thread, or −1: to be handed on to the threads of a parallel region.
int bk_chosen_path(void);

/// The compiler that built the kernels, with its version.
const char *_Nonnull bk_compiler(void);
/// The compiler of the module that calls this, as a mark that can be read in its file: a plugin's own, not its host's.
static inline const char *_Nonnull bk_compiler_stamp(void) { return "beckon-compiler:" __VERSION__ ";"; }

// ---- Process and thread state --------------------------------------------------------------------------

/// Keeps big freed buffers inside the process (glibc only): an optimiser step would otherwise return and
/// fault in again every activation. Idempotent.
void bk_tune_allocator(void);
/// How many parallel regions enclose the calling thread.
int bk_parallel_depth(void);
/// Enters (+1) or leaves (-1) a parallel region on the calling thread.
void bk_parallel_enter(int delta);
/// Lets the core rest for some ten nanoseconds: for loops that watch a variable.
static inline void bk_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");  // `yield` takes no time on most cores
#endif
}

// ---- Descriptions --------------------------------------------------------------------------------------

/// Functions of one variable for `bk_activate`.
enum {
  BK_GELU = 0,         // x·Φ(x), exact erf form
  BK_RELU = 1,         // max(x, 0)
  BK_ELU = 2,          // x > 0 ? x : eˣ − 1
  BK_SIGMOID = 3,      // 1 / (1 + e⁻ˣ)
  BK_TANH = 4,         // tanh x
  BK_SOFTPLUS = 5,     // ln(1 + eˣ); log-sigmoid(x) is −softplus(−x)
  BK_EXP = 6,          // eˣ
};

/// One (sequence, head) of causal attention.
typedef struct {
  long tokens;        // rows of keys and values in this sequence
  long first_query;   // queries are rows first_query ..< tokens
  long head_width;    // columns of this head
  const uint8_t *_Nullable is_key; // 1 for rows that others see; NULL if all are
  long first_key;     // the first of them; `tokens` if there is none
  int objective;      // 1 if row 0 is an objective: it sees all rows
  float objective_bias; // added to every row's scaled score of an objective
  float scale;        // factor on the scores, 1/√head_width
  uint32_t threshold; // dropout rate × 65536; 0 switches dropout off
  float keep_scale;   // 65536 / (65536 − threshold)
  uint64_t key;       // Philox key of the dropout
  uint32_t sequence;  // Philox counter words 1 and 2
  uint32_t head;
} bk_attention_shape;

// ---- Kernels -------------------------------------------------------------------------------------------

/// Floats needed by `bk_pack` for a B of `depth` × `columns` under the current path.
long bk_packed_size(long columns, long depth);

#define BK_IN const float *_Nonnull
#define BK_IN_OPT const float *_Nullable
#define BK_OUT float *_Nonnull
#define BK_OUT_OPT float *_Nullable

/// `rounds` of multiply-adds with all operands in registers; `operations` are the floating-point operations done. The
/// result is for nothing but to be read, so that the work is not left out.
void bk_peak(long rounds, float factor, float *_Nonnull result, long *_Nonnull operations);
/// Packs B [depth, columns] (or its transpose [columns, depth] if `transposed`) for `bk_gemm`.
void bk_pack(long columns, long depth, BK_IN b, long stride, int transposed, BK_OUT packed);
/// C [rows, columns] = A [rows, depth] · B, plus `bias` [columns] if given, plus C itself if `accumulate`.
/// Every element adds its products one after the other in the order of depth.
void bk_gemm(long rows, long columns, long depth, BK_IN a, long a_stride, BK_IN packed, BK_IN_OPT bias,
             int accumulate, BK_OUT c, long c_stride);
/// C [rows, columns] (+)= Aᵀ · B with A [depth, ≥ rows] and B [depth, columns], same order of summation.
void bk_gemm_tn(long rows, long columns, long depth, BK_IN a, long a_stride, BK_IN b, long b_stride,
                int accumulate, BK_OUT c, long c_stride);

/// y = f(x); `kind` is one of the constants above. x and y may be the same.
void bk_activate(int kind, long n, BK_IN x, BK_OUT y);
/// y = f(x) and slope = f′(x). x may be the same as one of them.
void bk_activate_with_slope(int kind, long n, BK_IN x, BK_OUT y, BK_OUT slope);
/// dx = dy · f′(x). dy and dx may be the same.
void bk_activate_backward(int kind, long n, BK_IN x, BK_IN dy, BK_OUT dx);

/// y += alpha · x
void bk_axpy(long n, float alpha, BK_IN x, BK_OUT y);
/// y = alpha · x
void bk_scale(long n, float alpha, BK_IN x, BK_OUT y);
/// z = x + y, z = x − y, z = x · y (element by element)
void bk_add(long n, BK_IN x, BK_IN y, BK_OUT z);
void bk_subtract(long n, BK_IN x, BK_IN y, BK_OUT z);
void bk_multiply(long n, BK_IN x, BK_IN y, BK_OUT z);
/// Sum of x, and sum of x · y, in double.
void bk_sum(long n, BK_IN x, double *_Nonnull result);
void bk_dot(long n, BK_IN x, BK_IN y, double *_Nonnull result);
/// The first place from `start` on whose element is above the threshold; n if there is none. NaN is above nothing.
void bk_next_above(long n, BK_IN x, long start, float threshold, long *_Nonnull place);
/// How many elements are above the threshold, or not below it if `inclusive`. NaN is neither.
void bk_count_above(long n, BK_IN x, float threshold, int inclusive, long *_Nonnull count);
/// Whether an element is NaN.
void bk_has_nan(long n, BK_IN x, int *_Nonnull found);
/// y = x · mask · scale with mask bytes 0 or 1.
void bk_mask_apply(long n, BK_IN x, const uint8_t *_Nonnull mask, float scale, BK_OUT y);

/// out[r] = a[r] · b[r]
void bk_row_dots(long rows, long columns, BK_IN a, BK_IN b, BK_OUT out);
/// y[r] = coefficient[r] · x[r]
void bk_scale_rows(long rows, long columns, BK_IN x, BK_IN coefficients, BK_OUT y);
/// out[j] += Σ_r x[r, j], rows one after the other.
void bk_column_sums(long rows, long columns, BK_IN x, long stride, BK_OUT out);
/// Backward of y = x/‖x‖: dx = (dy − y (y·dy)) · inverse[r].
void bk_normalize_rows_backward(long rows, long columns, BK_IN y, BK_IN inverse, BK_IN dy, BK_OUT dx);

/// out[r] = x[r] · table[index[r]]
void bk_gather_dots(long rows, long columns, BK_IN x, BK_IN table, const int32_t *_Nonnull index, BK_OUT out);
/// out[r] += coefficient[r] · table[index[r]]
void bk_gather_add(long rows, long columns, BK_IN coefficients, BK_IN table, const int32_t *_Nonnull index,
                   BK_OUT out);
/// table[index[r]] += coefficient[r] · x[r] in the order of r (coefficient 1 if none), for the table's rows
/// low ..< high only: threads share the work by sharing the table.
void bk_scatter_add(long rows, long columns, BK_IN_OPT coefficients, BK_IN x, const int32_t *_Nonnull index,
                    long low, long high, BK_OUT table);

/// y = gain · x̂ + bias with x̂ = (s − mean s)/√(var s + epsilon), s = x + residual (if any), biased
/// variance. x̂ and 1/√(…) are stored if asked for.
void bk_layer_norm(long rows, long columns, BK_IN x, BK_IN_OPT residual, BK_IN gain, BK_IN bias,
                   float epsilon, BK_OUT y, BK_OUT_OPT normalized, BK_OUT_OPT inverse);
/// dx from dy; d_gain and d_bias are added to, rows one after the other.
void bk_layer_norm_backward(long rows, long columns, BK_IN normalized, BK_IN inverse, BK_IN gain, BK_IN dy,
                            BK_OUT dx, BK_OUT d_gain, BK_OUT d_bias);

/// Softmax of each row, in place; −∞ is allowed as long as a row has a finite entry.
void bk_softmax_rows(long rows, long columns, BK_OUT x);
/// losses[r] = log Σ exp x[r] − x[r, label[r]]; x becomes (softmax − one-hot) · gradient_scale if that is
/// not 0.
void bk_cross_entropy_rows(long rows, long columns, BK_OUT x, const int32_t *_Nonnull labels,
                           float gradient_scale, BK_OUT losses);

/// One step of Adam on n parameters; `step_size` = rate/(1 − β₁ᵗ), `root_correction` = 1/√(1 − β₂ᵗ).
void bk_adam(long n, BK_OUT parameters, BK_IN gradients, BK_OUT first, BK_OUT second, float beta1,
             float beta2, float step_size, float root_correction, float epsilon, float weight_decay);

/// Attention of one (sequence, head). Query, out: [tokens − first_query, head_width]; key, value: [tokens,
/// head_width]; all with row stride `stride`. statistics: 2 per query row (maximum, 1/sum), stored if asked
/// for.
void bk_attention(const bk_attention_shape *_Nonnull shape, long stride, BK_IN query, BK_IN key, BK_IN value,
                  BK_OUT out, BK_OUT_OPT statistics);
/// Gradients of the above, overwritten; d_objective is one number, that of objective_bias.
void bk_attention_backward(const bk_attention_shape *_Nonnull shape, long stride, BK_IN query, BK_IN key,
                           BK_IN value, BK_IN statistics, BK_IN d_out, BK_OUT d_query, BK_OUT d_key,
                           BK_OUT d_value, BK_OUT_OPT d_objective);

/// mask[i] = 1 where the i-th 16-bit draw is ≥ threshold. Draw i is half i mod 8 (low half of word 0 first)
/// of the Philox4x32-10 block with counter (block + i/8, c1, c2, 0); the caller may start at any block.
void bk_philox_mask(long n, uint64_t key, uint32_t block, uint32_t c1, uint32_t c2, uint32_t threshold,
                    uint8_t *_Nonnull mask);

#endif
