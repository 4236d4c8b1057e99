#include "napi/tensor_operators.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/abs.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/linalg_svd.h>
#include <ATen/ops/log.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/max.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/t.h>

#include "napi/arguments.h"
#include "napi/traits.h"

namespace imdb {
namespace {

using Self = std::shared_ptr<TensorHandle>;

/** Reads a dimension, negative ones from the end; PyTorch allows at most 64. */
int64_t readDimension(const Napi::Value& value) { return readInteger(value, "dim", -64, 63); }

template <at::Tensor (*Operator)(const at::Tensor&)>
Napi::Value unary(const Napi::CallbackInfo& info, const Self& self) {
  return wrapResult(info.Env(), Operator(self->tensor), self->tensor);
}

template <at::Tensor (*Operator)(const at::Tensor&, const at::Tensor&)>
Napi::Value product(const Napi::CallbackInfo& info, const Self& self) {
  return wrapTensor(info.Env(), Operator(self->tensor, readInstance<TensorHandle>(info[0], "other")->tensor));
}

/** Applies an operator whose right side is a tensor or a number. */
template <typename WithTensor, typename WithNumber>
Napi::Value elementwise(const Napi::CallbackInfo& info, const Self& self, WithTensor withTensor,
                        WithNumber withNumber) {
  if (info[0].IsNumber())
    return wrapTensor(info.Env(), withNumber(self->tensor, info[0].As<Napi::Number>().DoubleValue()));
  return wrapTensor(info.Env(),
                    withTensor(self->tensor, readInstance<TensorHandle>(info[0], "other")->tensor));
}

Napi::Value add(const Napi::CallbackInfo& info, const Self& self) {
  return elementwise(
      info, self, [](const at::Tensor& a, const at::Tensor& b) { return a + b; },
      [](const at::Tensor& a, double b) { return a + b; });
}

Napi::Value sub(const Napi::CallbackInfo& info, const Self& self) {
  return elementwise(
      info, self, [](const at::Tensor& a, const at::Tensor& b) { return a - b; },
      [](const at::Tensor& a, double b) { return a - b; });
}

Napi::Value mul(const Napi::CallbackInfo& info, const Self& self) {
  return elementwise(
      info, self, [](const at::Tensor& a, const at::Tensor& b) { return a * b; },
      [](const at::Tensor& a, double b) { return a * b; });
}

Napi::Value div(const Napi::CallbackInfo& info, const Self& self) {
  return elementwise(
      info, self, [](const at::Tensor& a, const at::Tensor& b) { return a / b; },
      [](const at::Tensor& a, double b) { return a / b; });
}

Napi::Value reshape(const Napi::CallbackInfo& info, const Self& self) {
  const std::vector<int64_t> shape = readShape(info[0], "shape");
  return wrapResult(info.Env(), self->tensor.reshape(shape), self->tensor);
}

Napi::Value softmax(const Napi::CallbackInfo& info, const Self& self) {
  return wrapTensor(info.Env(), at::softmax(self->tensor, readDimension(info[0])));
}

Napi::Value logSoftmax(const Napi::CallbackInfo& info, const Self& self) {
  return wrapTensor(info.Env(), at::log_softmax(self->tensor, readDimension(info[0])));
}

Napi::Value argmax(const Napi::CallbackInfo& info, const Self& self) {
  return wrapTensor(info.Env(), at::argmax(self->tensor, readDimension(info[0])));
}

Napi::Value equal(const Napi::CallbackInfo& info, const Self& self) {
  const at::Tensor& other = readInstance<TensorHandle>(info[0], "other")->tensor;
  const bool comparable =
      self->tensor.scalar_type() == other.scalar_type() && self->tensor.device() == other.device();
  return Napi::Boolean::New(info.Env(), comparable && at::equal(self->tensor, other));
}

Napi::Value svd(const Napi::CallbackInfo& info, const Self& self) {
  if (self->tensor.dim() != 2) {
    throw shapeError("Expected a matrix to decompose but received shape " + c10::str(self->tensor.sizes()));
  }
  const auto [U, S, Vh] = at::linalg_svd(self->tensor, /*full_matrices=*/false);
  const Napi::Object result = Napi::Object::New(info.Env());
  result.Set("U", wrapTensor(info.Env(), U));
  result.Set("S", wrapTensor(info.Env(), S));
  result.Set("Vh", wrapTensor(info.Env(), Vh));
  return result;
}

Napi::Value isFinite(const Napi::CallbackInfo& info, const Self& self) {
  return Napi::Boolean::New(info.Env(), at::isfinite(self->tensor).all().item<bool>());
}

// Operators of at:: have default arguments or overloads, so they need a function of their own to be a
// template argument.
at::Tensor transpose(const at::Tensor& a) { return at::t(a); }
at::Tensor rectify(const at::Tensor& a) { return at::relu(a); }
at::Tensor absolute(const at::Tensor& a) { return at::abs(a); }
at::Tensor exponential(const at::Tensor& a) { return at::exp(a); }
at::Tensor logarithm(const at::Tensor& a) { return at::log(a); }
at::Tensor total(const at::Tensor& a) { return at::sum(a); }
at::Tensor average(const at::Tensor& a) { return at::mean(a); }
at::Tensor largest(const at::Tensor& a) { return at::max(a); }
at::Tensor matmul(const at::Tensor& a, const at::Tensor& b) { return at::matmul(a, b); }
at::Tensor mm(const at::Tensor& a, const at::Tensor& b) { return at::mm(a, b); }

template <auto Function>
Property own(const char* name) {
  return method<TensorHandle, Function>(name);
}

}  // namespace

std::vector<Property> tensorOperators() {
  return {
      own<add>("add"),
      own<sub>("sub"),
      own<mul>("mul"),
      own<div>("div"),
      own<product<matmul>>("matmul"),
      own<product<mm>>("mm"),
      own<unary<transpose>>("t"),
      own<reshape>("reshape"),
      own<unary<rectify>>("relu"),
      own<unary<absolute>>("abs"),
      own<unary<exponential>>("exp"),
      own<unary<logarithm>>("log"),
      own<softmax>("softmax"),
      own<logSoftmax>("logSoftmax"),
      own<unary<total>>("sum"),
      own<unary<average>>("mean"),
      own<unary<largest>>("max"),
      own<argmax>("argmax"),
      own<equal>("equal"),
      own<isFinite>("isFinite"),
      own<svd>("svd"),
  };
}

}  // namespace imdb
