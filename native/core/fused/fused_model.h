#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/engines/engine.h"
#include "kernels/kernels.h"

namespace imdb {

/** Raw pointers to the six parameters. W^T, A^T and B^T are what is row-major. Rows are whole vectors, except
 * those of B^T and narrow ones of W^T. */
template <typename T>
struct ParameterPointers {
  T* weight = nullptr;        // W^T: [vocabulary, weightStride]
  T* bias = nullptr;          // [stride]
  T* A = nullptr;             // A^T: [rank, stride]
  T* B = nullptr;             // B^T: [vocabulary, rank]
  T* outputWeight = nullptr;  // [classes, stride]; null without an output layer
  T* outputBias = nullptr;    // [classes]
};

/** What the fused loops need to know of the model. */
template <typename T>
struct FusedModel {
  explicit FusedModel(const Layers& layers)
      : stride(kernels::paddedColumns<T>(layers.hidden->outFeatures())),
        weightStride(layers.hidden->weight.stride(1)),
        rank(layers.hidden->rank()),
        classes(layers.classes()),
        scale(static_cast<T>(layers.hidden->scale)),
        lora(layers.hidden->loraEnabled),
        linear(layers.isLinear()),
        values{pointer(layers.hidden->weight), pointer(layers.hidden->bias),   pointer(layers.hidden->up),
               pointer(layers.hidden->down),   pointer(layers.outputWeight()), pointer(layers.outputBias())} {
  }

  static T* pointer(const at::Tensor& tensor) {
    return tensor.defined() ? tensor.mutable_data_ptr<T>() : nullptr;
  }

  bool isPacked() const { return weightStride != stride; }

  int64_t stride;
  int64_t weightStride;  // less than `stride` where rows are narrower than a vector
  int64_t rank;
  int64_t classes;
  T scale;
  bool lora;
  bool linear;  // no output layer: the hidden layer's sums are the logits
  ParameterPointers<T> values;
};

/** The parameters, in the order of what holds something for each. */
enum ParameterIndex { kWeight, kBias, kA, kB, kOutputWeight, kOutputBias, kParameters };

/** Whose steps a training takes, and how. */
template <typename T>
struct TrainingPlan {
  using Rules = std::array<kernels::StepRule<T>, kParameters>;

  bool trains(ParameterIndex parameter) const { return targets[parameter].value != nullptr; }

  std::array<kernels::Target<T>, kParameters> targets;  // null: left alone
  std::array<int64_t, kParameters> stateStrides;  // between the states of two words, where there are any
  std::vector<Rules> rules;                       // one a batch
  bool movesBatchWordsOnly;                       // whether columns of words that a batch lacks stay
  std::optional<double> maxGradNorm;              // see Optimizer::clipGradNorm
};

}  // namespace imdb
