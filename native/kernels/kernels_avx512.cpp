// AVX-512VL with vectors of 32 bytes: the gain is in its 32 registers, which hold a whole row of the hidden
// layer.
#define KERNELS_NAMESPACE avx512
#define KERNELS_MAX_TILE 26
#include "kernels/loops.inl"
