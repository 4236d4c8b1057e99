#include "kernels/kernels.h"

#include "kernels/linear_kernels.h"

namespace imdb::kernels {

namespace portable {
template <typename T>
const Kernels<T>& table();
TakeDualSteps dualSteps();
}  // namespace portable
#ifdef IMDB_X86_KERNELS
namespace avx2 {
template <typename T>
const Kernels<T>& table();
TakeDualSteps dualSteps();
}  // namespace avx2
namespace avx512 {
template <typename T>
const Kernels<T>& table();
TakeDualSteps dualSteps();
}  // namespace avx512
#endif

namespace {

enum class InstructionSet { portable, avx2, avx512 };

InstructionSet instructionSet() {
#ifdef IMDB_X86_KERNELS
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) return InstructionSet::avx512;
  if (__builtin_cpu_supports("avx2")) return InstructionSet::avx2;
#endif
  return InstructionSet::portable;
}

}  // namespace

const char* instructionSetName() {
  constexpr const char* kNames[] = {"portable", "avx2", "avx512"};
  return kNames[static_cast<int>(instructionSet())];
}

template <typename T>
const Kernels<T>& kernels() {
#ifdef IMDB_X86_KERNELS
  static const InstructionSet set = instructionSet();
  if (set == InstructionSet::avx512) return avx512::table<T>();
  if (set == InstructionSet::avx2) return avx2::table<T>();
#endif
  return portable::table<T>();
}

TakeDualSteps takeDualSteps() {
#ifdef IMDB_X86_KERNELS
  static const InstructionSet set = instructionSet();
  if (set == InstructionSet::avx512) return avx512::dualSteps();
  if (set == InstructionSet::avx2) return avx2::dualSteps();
#endif
  return portable::dualSteps();
}

template const Kernels<float>& kernels<float>();
template const Kernels<double>& kernels<double>();

}  // namespace imdb::kernels
