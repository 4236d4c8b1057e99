#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "core/fused/elements.h"
#include "core/fused/fused_model.h"
#include "core/fused/work_split.h"
#include "core/tensors/huge_pages.h"

namespace imdb {

/**
 * Gradients of the parameters that have rows of one column for each hidden feature: the output's weight,
 * up^T and the bias. They are summed block by block (see WorkSplit::kBlock), and the blocks when a step is
 * taken.
 */
template <typename T>
class ColumnGradients {
 public:
  /** @param plan outlives this, as does `blocks`, the memory for the sums of the blocks */
  ColumnGradients(const FusedModel<T>& model, const TrainingPlan<T>& plan, int64_t batchSize,
                  UninitializedVector<T>* blocks)
      : model_(model), plan_(plan), blocks_(*blocks) {
    for (const auto& [parameter, count] :
         {std::pair{kOutputWeight, model.classes}, {kUp, model.rank}, {kBias, int64_t{1}}}) {
      for (int64_t index = 0; plan.trains(parameter) && index < count; ++index)
        rows_.push_back({parameter, index});
    }
    reserveAtLeast(blocks, Split::blocksOf(batchSize) * elementsOfBlock());
  }

  /**
   * Sums the gradients over the examples of a block.
   * @param hidden the rows of the block, [examples, stride]; `delta` likewise
   * @param logitsDelta the rows of the batch, [batch, classes]; `branchSums [batch, rank]` likewise
   */
  void sumBlock(Examples examples, const T* hidden, const T* delta, const T* logitsDelta,
                const T* branchSums) {
    const int64_t stride = model_.stride, rank = model_.rank, classes = model_.classes;
    T* gradient = blockOf(examples.begin);
    const auto sum = [&](const T* rows, const T* coefficients, int64_t every) {
      std::fill_n(gradient, stride, T{0});
      kernels_.stepRow({gradient, nullptr, nullptr}, rows, stride, coefficients, every,
                       examples.end - examples.begin, kernels::StepRule<T>::gradient(), {0, stride});
      gradient += stride;
    };
    for (const Row& row : rows_) {
      if (row.parameter == kOutputWeight) {
        sum(hidden, logitsDelta + examples.begin * classes + row.index, classes);
      } else if (row.parameter == kUp) {
        sum(delta, branchSums + examples.begin * rank + row.index, rank);
      } else {
        sum(delta, nullptr, 0);
      }
    }
  }

  /** Adds the squares of the gradients of a batch of `examples` to `sum`. */
  void addSquaredNorm(int64_t examples, double* sum) const {
    for (size_t row = 0; row < rows_.size(); ++row) {
      std::vector<T> gradient(model_.stride);
      stepRow(row, {gradient.data(), nullptr, nullptr}, examples, kernels::StepRule<T>::gradient(),
              {0, model_.stride});
      *sum += squaredNorm(gradient.data(), model_.stride);
    }
  }

  /** Scales what the blocks of some examples add to the gradients. */
  void scaleBlocks(Examples examples, T factor) {
    // A thread without examples may begin within the block of another one.
    if (examples.begin == examples.end) return;
    T* const begin = blockOf(examples.begin);
    scale(begin, blockOf(examples.end + Split::kBlock - 1) - begin, factor);
  }

  /** Takes a step of some columns of all these parameters. */
  void step(int64_t examples, const typename TrainingPlan<T>::Rules& rules, kernels::Columns columns) const {
    for (size_t row = 0; row < rows_.size(); ++row) {
      const auto [parameter, index] = rows_[row];
      const auto target = advance(plan_.targets[parameter], index * model_.stride);
      stepRow(row, target, examples, rules[parameter], columns);
    }
  }

 private:
  using Split = WorkSplit<T>;

  /** Row `index` of a parameter that trains; the n-th of all has row n of a block. */
  struct Row {
    ParameterIndex parameter;
    int64_t index;
  };

  int64_t elementsOfBlock() const { return static_cast<int64_t>(rows_.size()) * model_.stride; }
  T* blockOf(int64_t example) const { return blocks_.data() + example / Split::kBlock * elementsOfBlock(); }
  /** Takes a step of row `row` with its gradient over a batch. */
  void stepRow(size_t row, const kernels::Target<T>& target, int64_t examples,
               const kernels::StepRule<T>& rule, kernels::Columns columns) const {
    kernels_.stepRow(target, blocks_.data() + row * model_.stride, elementsOfBlock(), nullptr, 0,
                     Split::blocksOf(examples), rule, columns);
  }

  const FusedModel<T> model_;
  const TrainingPlan<T>& plan_;
  const kernels::Kernels<T>& kernels_ = kernels::kernels<T>();
  std::vector<Row> rows_;
  UninitializedVector<T>& blocks_;  // [blocks, rows, stride]
};

}  // namespace imdb
