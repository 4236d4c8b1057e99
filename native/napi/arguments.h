#pragma once

#include <ATen/core/Tensor.h>
#include <napi.h>

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <vector>

#include "core/engine.h"
#include "core/parameter.h"
#include "napi/object.h"

namespace imdb {

/**
 * Readers of JavaScript values. Each takes the name by which the user knows the value and throws
 * "Expected <what> for <name> but received <value>" as TypeError (ERR_ARG_TYPE) or RangeError
 * (ERR_ARG_RANGE). What they return is C++ data: no JavaScript runs after the last read, so nothing can
 * change under a computation.
 */
Error typeError(const std::string& expected, const std::string& name, const Napi::Value& received);

double readNumber(const Napi::Value& value, const std::string& name);
double readPositive(const Napi::Value& value, const std::string& name);
int64_t readInteger(const Napi::Value& value, const std::string& name, int64_t least, int64_t most);
bool readBoolean(const Napi::Value& value, const std::string& name);
Napi::Object readObject(const Napi::Value& value, const std::string& name);
/** Index of the string among `choices`. */
size_t readChoice(const Napi::Value& value, const std::string& name,
                  std::initializer_list<const char*> choices);
std::vector<int32_t> readInt32Array(const Napi::Value& value, const std::string& name);
/** Sizes of dimensions whose product is at most 2^40. */
std::vector<int64_t> readShape(const Napi::Value& value, const std::string& name);
Rows readRows(const Napi::Value& value, const std::string& name);
LossForm readLossForm(const Napi::Value& value, const std::string& name);
/** `dtype` (default float32) and `device` (default cpu) of an options object. */
Placement readPlacement(const Napi::Object& options, bool floatOnly);
at::ScalarType readDtype(const Napi::Value& value, const std::string& name, bool floatOnly);
/** @throws Error (ERR_DEVICE) for a device that this machine or libtorch lacks */
at::Device readDevice(const Napi::Value& value, const std::string& name);

const char* dtypeName(at::ScalarType dtype);

/** Sizes of layers and vocabularies. */
inline constexpr int64_t kLargestSize = std::numeric_limits<int32_t>::max();

template <typename Core>
std::shared_ptr<Core> readInstance(const Napi::Value& value, const std::string& name) {
  const Handle<Core>* handle = handleOf<Core>(value.Env(), value);
  if (handle == nullptr) throw typeError(std::string("a ") + ClassTraits<Core>::name, name, value);
  return coreOf(*handle);
}

}  // namespace imdb
