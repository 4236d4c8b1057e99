#define KERNELS_NAMESPACE avx2
#define KERNELS_MAX_TILE 13  // of 16 registers
#include "kernels/loops.inl"
