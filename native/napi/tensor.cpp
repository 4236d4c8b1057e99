#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <cstring>

#include "core/tensors/parameter.h"
#include "core/tensors/shared_memory.h"
#include "napi/arguments.h"
#include "napi/exports.h"
#include "napi/tensor_operators.h"
#include "napi/traits.h"

namespace imdb {
namespace {

using Self = std::shared_ptr<TensorHandle>;

/** Copies the elements of a typed array into a flat tensor. */
at::Tensor readElements(const Napi::Value& value) {
  const Elements elements = readTypedArray(value, "data", "a Float32Array, Float64Array or BigInt64Array",
                                           {napi_float32_array, napi_float64_array, napi_bigint64_array});
  const at::ScalarType dtype = elements.type == napi_float32_array   ? at::kFloat
                               : elements.type == napi_float64_array ? at::kDouble
                                                                     : at::kLong;
  at::Tensor result = at::empty({static_cast<int64_t>(elements.length)}, at::TensorOptions().dtype(dtype));
  if (elements.length > 0) std::memcpy(result.mutable_data_ptr(), elements.data, result.nbytes());
  return result;
}

Napi::Value from(const Napi::CallbackInfo& info) {
  const std::vector<int64_t> shape = readShape(info[1], "shape");
  const at::Tensor elements = readElements(info[0]);
  int64_t expected = 1;
  for (const int64_t size : shape) expected *= size;
  if (elements.numel() != expected) {
    throw shapeError("Expected " + std::to_string(expected) + " elements for shape " +
                     c10::str(at::IntArrayRef(shape)) + " but received " + std::to_string(elements.numel()));
  }
  return wrapTensor(info.Env(), elements.reshape(shape));
}

at::TensorOptions readOptions(const Napi::Value& value) {
  if (value.IsUndefined()) return at::TensorOptions().dtype(at::kFloat);
  const Placement placement = readPlacement(readObject(value, "options"), false);
  return at::TensorOptions().dtype(placement.dtype).device(placement.device);
}

Napi::Value zeros(const Napi::CallbackInfo& info) {
  const std::vector<int64_t> shape = readShape(info[0], "shape");
  return wrapTensor(info.Env(), at::zeros(shape, readOptions(info[1])));
}

Napi::Value ones(const Napi::CallbackInfo& info) {
  const std::vector<int64_t> shape = readShape(info[0], "shape");
  return wrapTensor(info.Env(), at::ones(shape, readOptions(info[1])));
}

Napi::Value randn(const Napi::CallbackInfo& info) {
  const std::vector<int64_t> shape = readShape(info[0], "shape");
  const Napi::Object options = readObject(info[1], "options");
  const Placement placement = readPlacement(options, true);
  const auto source = readInstance<RandomSource>(options.Get("generator"), "generator");
  return wrapTensor(info.Env(), drawNormal(shape, source->generator).to(placement.device, placement.dtype));
}

Napi::Value shape(const Napi::CallbackInfo& info, const Self& self) {
  const auto sizes = self->tensor.sizes();
  const Napi::Array result = Napi::Array::New(info.Env(), sizes.size());
  for (uint32_t i = 0; i < sizes.size(); ++i) result.Set(i, static_cast<double>(sizes[i]));
  return result;
}

Napi::Value dtype(const Napi::CallbackInfo& info, const Self& self) {
  return Napi::String::New(info.Env(), dtypeName(self->tensor.scalar_type()));
}

Napi::Value device(const Napi::CallbackInfo& info, const Self& self) {
  return Napi::String::New(info.Env(), self->tensor.device().str());
}

Napi::Value size(const Napi::CallbackInfo& info, const Self& self) {
  return Napi::Number::New(info.Env(), static_cast<double>(self->tensor.numel()));
}

Napi::Value requiresGrad(const Napi::CallbackInfo& info, const Self& self) {
  return Napi::Boolean::New(info.Env(), self->tensor.requires_grad());
}

Napi::Value setRequiresGrad(const Napi::CallbackInfo& info, const Self& self) {
  const bool wanted = readBoolean(info[0], "requiresGrad");
  if (!self->tensor.is_leaf())
    throw stateError("Expected a leaf but this tensor is the result of an operator; use detach()");
  if (wanted && !self->tensor.is_floating_point())
    throw stateError("Expected float32 or float64 but this tensor is int64");
  if (wanted) assertOwnMemory(self->tensor);
  self->tensor.set_requires_grad(wanted);
  return info.Env().Undefined();
}

Napi::Value grad(const Napi::CallbackInfo& info, const Self& self) {
  // libtorch would warn on standard error when it is asked for the gradient of an operator's result.
  if (!self->tensor.is_leaf() || !self->tensor.grad().defined()) return info.Env().Null();
  return wrapAlias(info.Env(), self->tensor.grad());
}

Napi::Value toTypedArray(const Napi::CallbackInfo& info, const Self& self) {
  const at::Tensor& tensor = self->tensor;
  const auto count = static_cast<size_t>(tensor.numel());
  Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(info.Env(), tensor.nbytes());
  if (count > 0) {
    const auto options = at::TensorOptions().dtype(tensor.scalar_type());
    assign(at::from_blob(buffer.Data(), tensor.sizes(), options), tensor);
  }
  switch (tensor.scalar_type()) {
    case at::kFloat:
      return Napi::Float32Array::New(info.Env(), count, buffer, 0);
    case at::kDouble:
      return Napi::Float64Array::New(info.Env(), count, buffer, 0);
    default:
      return Napi::BigInt64Array::New(info.Env(), count, buffer, 0);
  }
}

Napi::Value item(const Napi::CallbackInfo& info, const Self& self) {
  constexpr double kLargestSafeInteger = 9007199254740991;
  if (self->tensor.numel() != 1) {
    throw shapeError("Expected one element but received shape " + c10::str(self->tensor.sizes()));
  }
  const double value = self->tensor.item<double>();
  if (!self->tensor.is_floating_point() && std::abs(value) > kLargestSafeInteger) {
    throw rangeError(
        "Expected an integer that a number can hold but received one beyond 2^53; use toTypedArray()");
  }
  return Napi::Number::New(info.Env(), value);
}

Napi::Value to(const Napi::CallbackInfo& info, const Self& self) {
  const Napi::Object options = readObject(info[0], "options");
  const Napi::Value dtypeOption = options.Get("dtype");
  const Napi::Value deviceOption = options.Get("device");
  const at::ScalarType wanted =
      dtypeOption.IsUndefined() ? self->tensor.scalar_type() : readDtype(dtypeOption, "dtype", false);
  const at::Device place =
      deviceOption.IsUndefined() ? self->tensor.device() : readDevice(deviceOption, "device");
  return wrapResult(info.Env(), self->tensor.to(place, wanted), self->tensor);
}

Napi::Value clone(const Napi::CallbackInfo& info, const Self& self) {
  return wrapTensor(info.Env(), self->tensor.clone());
}

Napi::Value detach(const Napi::CallbackInfo& info, const Self& self) {
  return wrapAlias(info.Env(), self->tensor.detach());
}

Napi::Value copyFrom(const Napi::CallbackInfo& info, const Self& self) {
  const auto source = readInstance<TensorHandle>(info[0], "source");
  if (source->tensor.sizes() != self->tensor.sizes()) {
    throw shapeError("Expected a source of shape " + c10::str(self->tensor.sizes()) + " but received " +
                     c10::str(source->tensor.sizes()));
  }
  assign(self->tensor, source->tensor);
  return info.Env().Undefined();
}

Napi::Value backward(const Napi::CallbackInfo& info, const Self& self) {
  if (self->tensor.numel() != 1) {
    throw shapeError("Expected one element to differentiate but received shape " +
                     c10::str(self->tensor.sizes()));
  }
  if (!self->tensor.requires_grad())
    throw stateError("Expected a tensor that depends on one with requiresGrad");
  self->tensor.backward();
  return info.Env().Undefined();
}

Napi::Value zeroGrad(const Napi::CallbackInfo& info, const Self& self) {
  if (self->tensor.is_leaf()) self->tensor.mutable_grad().reset();
  return info.Env().Undefined();
}

template <auto Function>
Property own(const char* name) {
  return method<TensorHandle, Function>(name);
}

}  // namespace

std::shared_ptr<TensorHandle> ClassTraits<TensorHandle>::construct(const Napi::CallbackInfo&) {
  throw Error(ErrorKind::type, "ERR_ARG_TYPE",
              "Expected Tensor.from(), zeros(), ones() or randn() instead of new Tensor()");
}

int64_t ClassTraits<TensorHandle>::bytes(const TensorHandle& handle) {
  if (!handle.ownsMemory) return 0;
  return handle.tensor.is_leaf() ? parameterBytes({handle.tensor})
                                 : static_cast<int64_t>(handle.tensor.storage().nbytes());
}

void defineTensor(Napi::Env env, Napi::Object exports) {
  std::vector<Property> properties = {
      staticMethod<from>("from"),
      staticMethod<zeros>("zeros"),
      staticMethod<ones>("ones"),
      staticMethod<randn>("randn"),
      getter<TensorHandle, shape>("shape"),
      getter<TensorHandle, dtype>("dtype"),
      getter<TensorHandle, device>("device"),
      getter<TensorHandle, size>("size"),
      accessor<TensorHandle, requiresGrad, setRequiresGrad>("requiresGrad"),
      getter<TensorHandle, grad>("grad"),
      own<toTypedArray>("toTypedArray"),
      own<item>("item"),
      own<to>("to"),
      own<clone>("clone"),
      own<detach>("detach"),
      own<copyFrom>("copy_"),
      own<backward>("backward"),
      own<zeroGrad>("zeroGrad"),
  };
  for (const Property& own : tensorOperators()) properties.push_back(own);
  defineClass<TensorHandle>(env, exports, properties);
}

}  // namespace imdb
