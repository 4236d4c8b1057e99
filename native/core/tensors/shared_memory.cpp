#include "core/tensors/shared_memory.h"

#include <ATen/ops/empty.h>

#include <utility>

#include "core/error.h"

namespace imdb {
namespace {

void letGo(void* owner) { delete static_cast<std::shared_ptr<void>*>(owner); }

}  // namespace

at::Tensor tensorOverShared(void* memory, int64_t elements, at::ScalarType dtype,
                            std::shared_ptr<void> owner) {
  at::Tensor flat = at::empty({0}, at::TensorOptions().dtype(dtype));
  at::DataPtr pointer(memory, new std::shared_ptr<void>(std::move(owner)), &letGo, at::kCPU);
  const auto bytes = static_cast<size_t>(elements) * flat.itemsize();
  flat.set_(at::Storage(at::Storage::use_byte_size_t(), bytes, std::move(pointer), nullptr, false), 0,
            {elements}, {1});
  return flat;
}

bool isShared(const at::Tensor& tensor) {
  return tensor.defined() && tensor.storage().data_ptr().get_deleter() == &letGo;
}

void assertOwnMemory(const at::Tensor& tensor) {
  if (!isShared(tensor)) return;
  throw stateError(
      "Expected memory of its own but this tensor lies on memory that threads share; change a copy of it");
}

}  // namespace imdb
