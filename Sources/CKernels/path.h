// Template: one complete path. The includer defines BK(name), BK_W (floats per vector), BK_NV (vectors per
// tile row) and BK_MR (rows per tile), and sets the target instructions.
#include "vector.h"
#include "gemm.h"
#include "elementwise.h"
#include "philox.h"
#include "rows.h"
#include "attention.h"
#include "peak.h"

static const bk_functions BK(functions) = {
#define BK_ENTRY(name, parameters, arguments) .name = BK(name),
    BK_FUNCTIONS(BK_ENTRY)
#undef BK_ENTRY
    .panel = BK_NR,
};

#undef vf
#undef vi
#undef vu
#undef vq
#undef vd
#undef BK_NR
#undef BK_TILE_CASE
#undef BK_FOR_VECTORS
#undef BK_GET
#undef BK_PUT
#undef BK_KINDS
#undef BK_QUERIES
#undef BK_W
#undef BK_NV
#undef BK_MR
#undef BK
