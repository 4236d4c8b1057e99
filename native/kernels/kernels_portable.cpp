#define KERNELS_NAMESPACE portable
#define KERNELS_MAX_TILE 6  // two 16-byte registers each, of 16 (SSE2) or 32 (NEON)
#include "kernels/loops.inl"
