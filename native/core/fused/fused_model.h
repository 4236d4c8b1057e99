#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/engines/engine.h"
#include "kernels/kernels.h"

namespace imdb {

/** Raw pointers to the six parameters. W^T, up^T and down^T are what is row-major. Rows are whole vectors,
 * except those of down^T and packed ones of W^T. */
template <typename T>
struct ParameterPointers {
  T* weight = nullptr;        // W^T: [vocabulary, weightStride]
  T* bias = nullptr;          // [stride]
  T* up = nullptr;            // up^T: [rank, stride]
  T* down = nullptr;          // down^T: [vocabulary, rank]
  T* outputWeight = nullptr;  // [classes, stride]; null without an output layer
  T* outputBias = nullptr;    // [classes]
};

/** The model as the fused loops see it. */
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

  /** Whether rows of W^T are narrower than a vector and stored without padding. */
  bool isPacked() const { return weightStride != stride; }

  int64_t stride;
  int64_t weightStride;  // less than `stride` where rows are packed
  int64_t rank;
  int64_t classes;
  T scale;
  bool lora;
  bool linear;  // no output layer: the hidden layer's sums are the logits
  ParameterPointers<T> values;
};

/** The parameters, in the order of every array that has something for each. */
enum ParameterIndex { kWeight, kBias, kUp, kDown, kOutputWeight, kOutputBias, kParameters };

/** The parameters that a training moves, and how. */
template <typename T>
struct TrainingPlan {
  using Rules = std::array<kernels::StepRule<T>, kParameters>;

  bool trains(ParameterIndex parameter) const { return targets[parameter].value != nullptr; }
  /** Returns whether a step moves rows of W that its batch lacks. */
  bool movesAllWords() const {
    return !movesBatchWordsOnly && rules.front()[kWeight].kind != kernels::StepRule<T>::Kind::plain;
  }

  std::array<kernels::Target<T>, kParameters> targets;  // null: left alone
  std::array<int64_t, kParameters> stateStrides;  // between the states of two words, where there are any
  std::vector<Rules> rules;                       // one per batch
  bool movesBatchWordsOnly;                       // whether columns of words that a batch lacks stay
  std::optional<double> maxGradNorm;              // see Optimizer::clipGradNorm
};

}  // namespace imdb
