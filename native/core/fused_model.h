#pragma once

#include <cstdint>

#include "core/engine.h"
#include "kernels/kernels.h"

namespace imdb {

/** Raw pointers to the six parameters. Rows are whole vectors; W^T, A^T and B^T are what is row-major. */
template <typename T>
struct ParameterPointers {
  T* weight = nullptr;        // W^T: [vocabulary, stride]
  T* bias = nullptr;          // [stride]
  T* A = nullptr;             // A^T: [rank, stride]
  T* B = nullptr;             // B^T: [vocabulary, rank]
  T* outputWeight = nullptr;  // [classes, stride]
  T* outputBias = nullptr;    // [classes]
};

/** What the fused loops need to know of the model. */
template <typename T>
struct FusedModel {
  explicit FusedModel(const Layers& layers)
      : stride(kernels::paddedColumns<T>(layers.hidden->outFeatures())),
        rank(layers.hidden->rank()),
        classes(layers.output->outFeatures()),
        scale(static_cast<T>(layers.hidden->scale)),
        lora(layers.hidden->loraEnabled),
        values{pointer(layers.hidden->weight), pointer(layers.hidden->bias),   pointer(layers.hidden->A),
               pointer(layers.hidden->B),      pointer(layers.output->weight), pointer(layers.output->bias)} {
  }

  static T* pointer(const at::Tensor& tensor) {
    return tensor.defined() ? tensor.mutable_data_ptr<T>() : nullptr;
  }

  int64_t stride;
  int64_t rank;
  int64_t classes;
  T scale;
  bool lora;
  ParameterPointers<T> values;
};

/** Where steps go: parameters to update (null: left alone), `target -= rate * gradient`. */
template <typename T>
struct StepTargets {
  ParameterPointers<T> targets;
  T rate;
};

}  // namespace imdb
