#include "napi/arguments.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "core/tensors/devices.h"

namespace imdb {
namespace {

constexpr int64_t kLargestElementCount = int64_t{1} << 40;

/** Describes a value in a few words without running any of the user's JavaScript. */
std::string describe(const Napi::Value& value) {
  switch (value.Type()) {
    case napi_undefined:
      return "nothing";
    case napi_null:
      return "null";
    case napi_boolean:
      return value.As<Napi::Boolean>().Value() ? "true" : "false";
    case napi_number: {
      const double number = value.As<Napi::Number>().DoubleValue();
      if (number == std::trunc(number) && std::abs(number) < 1e15)
        return std::to_string(static_cast<int64_t>(number));
      return std::isnan(number) ? "NaN" : std::isinf(number) ? "an infinity" : std::to_string(number);
    }
    case napi_string: {
      const std::string text = value.As<Napi::String>().Utf8Value();
      return '"' + (text.size() > 40 ? text.substr(0, 40) + "..." : text) + '"';
    }
    case napi_symbol:
      return "a symbol";
    case napi_function:
      return "a function";
    case napi_bigint:
      return "a bigint";
    default:
      return value.IsTypedArray() ? "another typed array" : value.IsArray() ? "an array" : "an object";
  }
}

std::string sentence(const std::string& expected, const std::string& name, const Napi::Value& received) {
  return "Expected " + expected + " for " + name + " but received " + describe(received);
}

Error outOfRange(const std::string& expected, const std::string& name, const Napi::Value& received) {
  return rangeError(sentence(expected, name, received));
}

}  // namespace

Error typeError(const std::string& expected, const std::string& name, const Napi::Value& received) {
  return {ErrorKind::type, "ERR_ARG_TYPE", sentence(expected, name, received)};
}

Error instanceError(const std::string& className, const std::string& name, const Napi::Value& received) {
  Error error = typeError("a " + className, name, received);
  void* handle = nullptr;
  const bool isPlain = received.Type() == napi_object && !received.IsArray() && !received.IsTypedArray() &&
                       napi_unwrap(received.Env(), received, &handle) != napi_ok;
  if (!isPlain) return error;
  // A plain object may be what structured cloning has made of one of ours.
  return {ErrorKind::type, "ERR_ARG_TYPE",
          std::string(error.what()) +
              " that is none; if it comes from another thread, post its numbers instead of it and make a " +
              className + " of them here"};
}

double readNumber(const Napi::Value& value, const std::string& name) {
  if (!value.IsNumber()) throw typeError("a number", name, value);
  const double number = value.As<Napi::Number>().DoubleValue();
  if (!std::isfinite(number)) throw outOfRange("a finite number", name, value);
  return number;
}

double readPositive(const Napi::Value& value, const std::string& name) {
  const double number = readNumber(value, name);
  if (number <= 0) throw outOfRange("a number above 0", name, value);
  return number;
}

double readNonNegative(const Napi::Value& value, const std::string& name) {
  const double number = readNumber(value, name);
  if (number < 0) throw outOfRange("a number of at least 0", name, value);
  return number;
}

double readProbability(const Napi::Value& value, const std::string& name) {
  const double number = readNumber(value, name);
  if (number < 0 || number >= 1) throw outOfRange("a number from 0 to below 1", name, value);
  return number;
}

int64_t readInteger(const Napi::Value& value, const std::string& name, int64_t least, int64_t most) {
  if (!value.IsNumber()) throw typeError("an integer", name, value);
  const double number = value.As<Napi::Number>().DoubleValue();
  if (!(number >= static_cast<double>(least) && number <= static_cast<double>(most)) ||
      number != std::trunc(number)) {
    throw outOfRange("an integer in " + std::to_string(least) + " .. " + std::to_string(most), name, value);
  }
  return static_cast<int64_t>(number);
}

uint64_t readSeed(const Napi::Value& value, const std::string& name) {
  constexpr int64_t kLargestSafeInteger = (int64_t{1} << 53) - 1;
  if (!value.IsBigInt()) return static_cast<uint64_t>(readInteger(value, name, 0, kLargestSafeInteger));
  bool lossless = false;
  const uint64_t seed = value.As<Napi::BigInt>().Uint64Value(&lossless);
  if (!lossless || seed > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    throw rangeError("Expected an integer in 0 .. 2^63 - 1 for " + name + " but received a bigint outside");
  }
  return seed;
}

bool readBoolean(const Napi::Value& value, const std::string& name) {
  if (!value.IsBoolean()) throw typeError("true or false", name, value);
  return value.As<Napi::Boolean>().Value();
}

Napi::Object readObject(const Napi::Value& value, const std::string& name) {
  if (!value.IsObject() || value.IsFunction()) throw typeError("an object", name, value);
  return value.As<Napi::Object>();
}

size_t readChoice(const Napi::Value& value, const std::string& name,
                  std::initializer_list<const char*> choices) {
  std::string list;
  for (const char* choice : choices) list += (list.empty() ? "" : " or ") + ('"' + std::string(choice) + '"');
  if (!value.IsString()) throw typeError(list, name, value);
  const std::string text = value.As<Napi::String>().Utf8Value();
  size_t index = 0;
  for (const char* choice : choices) {
    if (text == choice) return index;
    ++index;
  }
  throw outOfRange(list, name, value);
}

Elements readTypedArray(const Napi::Value& value, const std::string& name, const std::string& expected,
                        std::initializer_list<napi_typedarray_type> types, SharedMemory shared) {
  const Napi::Env env = value.Env();
  if (!value.IsTypedArray()) throw typeError(expected, name, value);
  Elements elements = {};
  void* data = nullptr;
  napi_value memory = nullptr;
  const napi_status status =
      napi_get_typedarray_info(env, value, &elements.type, &elements.length, &data, &memory, nullptr);
  if (status != napi_ok || std::find(types.begin(), types.end(), elements.type) == types.end())
    throw typeError(expected, name, value);
  const Napi::Value buffer(env, memory);
  const auto refuse = [&](const char* kind) {
    return Error(ErrorKind::type, "ERR_ARG_TYPE",
                 "Expected " + expected + " on memory of its own for " + name + " but received one on " +
                     kind + " memory; pass a copy");
  };
  elements.data = data;
  if (!buffer.IsArrayBuffer()) {
    // Shared memory never moves, nor does it become less.
    if (shared != SharedMemory::refused) return elements;
    throw refuse("shared");
  }
  if (shared == SharedMemory::required) throw typeError(expected, name, value);
  if (buffer.As<Napi::ArrayBuffer>().IsDetached()) throw refuse("detached");
  if (EnvironmentData::of(env).isResizable.Call(buffer, {}).ToBoolean()) throw refuse("resizable");
  return elements;
}

namespace {

/** Copies the elements of a typed array of the given type. */
template <typename T>
std::vector<T> readElements(const Napi::Value& value, const std::string& name, const char* expected,
                            napi_typedarray_type type) {
  const std::span<const T> elements = readTypedArray(value, name, expected, {type}).as<T>();
  return {elements.begin(), elements.end()};
}

}  // namespace

std::vector<int32_t> readInt32Array(const Napi::Value& value, const std::string& name) {
  return readElements<int32_t>(value, name, "an Int32Array", napi_int32_array);
}

std::vector<double> readFloat64Array(const Napi::Value& value, const std::string& name) {
  return readElements<double>(value, name, "a Float64Array", napi_float64_array);
}

std::vector<int64_t> readShape(const Napi::Value& value, const std::string& name) {
  if (!value.IsArray()) throw typeError("an array of sizes", name, value);
  const auto array = value.As<Napi::Array>();
  std::vector<int64_t> shape;
  int64_t elements = 1;
  for (uint32_t i = 0; i < array.Length(); ++i) {
    shape.push_back(readInteger(array.Get(i), name + "[" + std::to_string(i) + "]", 0, kLargestElementCount));
    if (shape.back() != 0 && elements > kLargestElementCount / shape.back()) {
      throw rangeError("Expected at most 2^40 elements for " + name + " but received more");
    }
    elements *= shape.back();
  }
  return shape;
}

Rows readRows(const Napi::Value& value, const std::string& name) {
  const std::vector<int32_t> rows = readInt32Array(value, name);
  return {rows.begin(), rows.end()};
}

LossForm readLossForm(const Napi::Value& value, const std::string& name) {
  return readChoice(value, name, {"softmax", "logits"}) == 0 ? LossForm::softmax : LossForm::logits;
}

Loss readLoss(const Napi::Object& options) {
  return {readLossForm(options.Get("loss"), "loss"), readClassWeights(options.Get("classWeights"))};
}

std::vector<double> readClassWeights(const Napi::Value& value) {
  if (value.IsUndefined()) return {};
  const std::vector<double> weights = readFloat64Array(value, "classWeights");
  for (const double weight : weights) {
    if (!(weight > 0) || std::isinf(weight))
      throw rangeError("Expected finite numbers above 0 for classWeights but received " +
                       std::to_string(weight));
  }
  if (weights.empty()) throw shapeError("Expected one of classWeights for each class but received 0");
  return weights;
}

Placement readPlacement(const Napi::Object& options, bool floatOnly) {
  const Napi::Value dtype = options.Get("dtype");
  const Napi::Value device = options.Get("device");
  return {dtype.IsUndefined() ? at::kFloat : readDtype(dtype, "dtype", floatOnly),
          device.IsUndefined() ? at::Device(at::kCPU) : readDevice(device, "device")};
}

at::ScalarType readDtype(const Napi::Value& value, const std::string& name, bool floatOnly) {
  constexpr at::ScalarType kDtypes[] = {at::kFloat, at::kDouble, at::kLong};
  return floatOnly ? kDtypes[readChoice(value, name, {"float32", "float64"})]
                   : kDtypes[readChoice(value, name, {"float32", "float64", "int64"})];
}

at::Device readDevice(const Napi::Value& value, const std::string& name) {
  if (!value.IsString()) throw typeError("a device like \"cpu\" or \"cuda:0\"", name, value);
  return parseDevice(value.As<Napi::String>().Utf8Value());
}

const char* dtypeName(at::ScalarType dtype) {
  switch (dtype) {
    case at::kFloat:
      return "float32";
    case at::kDouble:
      return "float64";
    case at::kLong:
      return "int64";
    default:
      throw stateError("Expected float32, float64 or int64 but the tensor is " +
                       std::string(c10::toString(dtype)));
  }
}

}  // namespace imdb
