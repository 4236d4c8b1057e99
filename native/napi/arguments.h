#pragma once

#include <ATen/core/Tensor.h>
#include <napi.h>

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "core/engines/engine.h"
#include "core/tensors/parameter.h"
#include "napi/object.h"

namespace imdb {

/**
 * The functions below read JavaScript values. Each takes the name by which the user knows the value and
 * throws "Expected <what> for <name> but received <value>" as TypeError (ERR_ARG_TYPE) or RangeError
 * (ERR_ARG_RANGE). They return C++ data: no JavaScript runs after the last read, so nothing can change under
 * a computation.
 */

Error typeError(const std::string& expected, const std::string& name, const Napi::Value& received);

/** Returns the error for a value that is not an object of `className`. */
Error instanceError(const std::string& className, const std::string& name, const Napi::Value& received);

double readNumber(const Napi::Value& value, const std::string& name);
double readPositive(const Napi::Value& value, const std::string& name);
double readNonNegative(const Napi::Value& value, const std::string& name);
/** Reads a number in 0 .. 1, 1 excluded. */
double readProbability(const Napi::Value& value, const std::string& name);
int64_t readInteger(const Napi::Value& value, const std::string& name, int64_t least, int64_t most);
/** Reads a non-negative integer below 2^63, a number or a bigint. */
uint64_t readSeed(const Napi::Value& value, const std::string& name);
bool readBoolean(const Napi::Value& value, const std::string& name);
Napi::Object readObject(const Napi::Value& value, const std::string& name);
/** Returns the index of the string among `choices`. */
size_t readChoice(const Napi::Value& value, const std::string& name,
                  std::initializer_list<const char*> choices);

/** The elements of a typed array, as they lie in JavaScript's memory until JavaScript runs again. */
struct Elements {
  napi_typedarray_type type;
  size_t length;
  const void* data;

  template <typename T>
  std::span<const T> as() const {
    return {static_cast<const T*>(data), length};
  }
};

/** Whether a typed array may lie on memory that is shared with other threads, as WebIDL's [AllowShared] says,
 * or must. */
enum class SharedMemory { refused, allowed, required };

/**
 * Reads a typed array of one of `types`. As Web IDL by default, it refuses memory that is shared with other
 * threads, resizable or detached (a detached array would pass as an empty one).
 * @param expected the types in words
 */
Elements readTypedArray(const Napi::Value& value, const std::string& name, const std::string& expected,
                        std::initializer_list<napi_typedarray_type> types,
                        SharedMemory shared = SharedMemory::refused);
std::vector<int32_t> readInt32Array(const Napi::Value& value, const std::string& name);
std::vector<double> readFloat64Array(const Napi::Value& value, const std::string& name);
/** Reads the sizes of dimensions, whose product is at most 2^40. */
std::vector<int64_t> readShape(const Napi::Value& value, const std::string& name);
Rows readRows(const Napi::Value& value, const std::string& name);
LossForm readLossForm(const Napi::Value& value, const std::string& name);
/** Reads `loss` and `classWeights` of an options object. */
Loss readLoss(const Napi::Object& options);
/** Reads numbers above 0, one for each class; none where `value` is undefined. */
std::vector<double> readClassWeights(const Napi::Value& value);
/** Reads `dtype` (default float32) and `device` (default cpu) of an options object. */
Placement readPlacement(const Napi::Object& options, bool floatOnly);
at::ScalarType readDtype(const Napi::Value& value, const std::string& name, bool floatOnly);
/** @throws Error (ERR_DEVICE) for a device that this machine or libtorch lacks */
at::Device readDevice(const Napi::Value& value, const std::string& name);

const char* dtypeName(at::ScalarType dtype);

/** The largest size of a layer or a vocabulary. */
inline constexpr int64_t kLargestSize = std::numeric_limits<int32_t>::max();

template <typename Core>
std::shared_ptr<Core> readInstance(const Napi::Value& value, const std::string& name) {
  const Handle<Core>* handle = handleOf<Core>(value.Env(), value);
  if (handle == nullptr) throw instanceError(ClassTraits<Core>::name, name, value);
  return coreOf(*handle);
}

}  // namespace imdb
