#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/randperm.h>

#include <algorithm>
#include <memory>

#include "napi/arguments.h"
#include "napi/exports.h"
#include "napi/traits.h"

namespace imdb {
namespace {

Napi::Value randomInt64(const Napi::CallbackInfo& info, const std::shared_ptr<RandomSource>& self) {
  const at::Tensor draw = at::empty({}, at::TensorOptions().dtype(at::kLong)).random_(self->generator);
  return Napi::BigInt::New(info.Env(), draw.item<int64_t>());
}

Napi::Value randperm(const Napi::CallbackInfo& info, const std::shared_ptr<RandomSource>& self) {
  const int64_t n = readInteger(info[0], "n", 0, kLargestSize);
  const at::Tensor order =
      at::randperm(n, self->generator, at::TensorOptions().dtype(at::kLong)).to(at::kInt);
  Napi::Int32Array result = Napi::Int32Array::New(info.Env(), static_cast<size_t>(n));
  std::copy_n(order.const_data_ptr<int32_t>(), n, result.Data());
  return result;
}

}  // namespace

std::shared_ptr<RandomSource> ClassTraits<RandomSource>::construct(const Napi::CallbackInfo& info) {
  return std::make_shared<RandomSource>(
      RandomSource{at::detail::createCPUGenerator(readSeed(info[0], "seed"))});
}

int64_t ClassTraits<RandomSource>::bytes(const RandomSource&) { return sizeof(at::CPUGeneratorImpl); }

void defineGenerator(Napi::Env env, Napi::Object exports) {
  defineClass<RandomSource>(
      env, exports,
      {method<RandomSource, randomInt64>("randomInt64"), method<RandomSource, randperm>("randperm")});
}

}  // namespace imdb
