#pragma once

#include <array>
#include <vector>

#include "core/batch_groups.h"
#include "core/fused_model.h"
#include "kernels/thread_team.h"

namespace imdb {

/**
 * Forward and backward passes over batches, run by all members of a thread team together. Each phase is split
 * either over columns of the hidden layer, or over examples where a result needs all columns, or over words;
 * sums across columns, examples or words have a fixed order, so the bits do not depend on the number of
 * threads. Between phases that read what other members wrote stands a barrier.
 */
template <typename T>
class FusedPass {
 public:
  /** @param kept x W^T + b of every bag, [bags, stride], or null to compute it */
  FusedPass(const FusedModel<T>& model, const BagsPointer& bags, LossForm loss, const T* kept,
            int64_t batchSize);

  /** Most members that a team can have for this model. */
  int memberLimit() const;

  /** Trains batch by batch; see Engine::trainBatches. Called by each member; member 0 fills `losses`. */
  void train(const kernels::Member& member, const Rows& rows, const StepTargets<T>& step,
             std::vector<double>* losses);
  /** Fills `losses` and `correct` (1 or 0) of every row and, where not null, `logits [rows, classes]`. */
  void evaluate(const kernels::Member& member, const Rows& rows, T* losses, uint8_t* correct, T* logits);
  /** out[bag] = x W^T + b for every bag, [bags, stride]. */
  void hiddenOfAll(const kernels::Member& member, T* out);

 private:
  // Phases over examples.
  void sumBranch(const kernels::Member& member, const Batch& batch);
  void headAndDelta(const kernels::Member& member, const Batch& batch);
  // Phases over columns.
  void hiddenLayer(const Batch& batch, kernels::Columns columns, T* hidden);
  void stepColumns(const kernels::Member& member, const Batch& batch, kernels::Columns columns, int parity,
                   const StepTargets<T>& step);
  // A phase over words.
  void stepB(const kernels::WordGroups& groups, const StepTargets<T>& step);
  void stepOutputBias(const Batch& batch, const StepTargets<T>& step);

  void logitsOf(const T* hidden, T* logits) const;
  double meanLoss(int64_t count) const;
  kernels::Columns columnsOf(const kernels::Member& member) const;
  void groupWords(const kernels::Member& member, const Batch& batch, int parity);

  const FusedModel<T> model_;
  const BagsPointer bags_;
  const LossForm loss_;
  const T* const kept_;
  const kernels::Kernels<T>& kernels_;
  const int64_t batchSize_;

  // Two of what one member may already fill for the next batch while another still reads the last one's.
  std::array<std::vector<T>, 2> hidden_;            // [batch, stride], after ReLU
  std::array<std::vector<BatchGroups>, 2> groups_;  // one a member
  std::vector<T> delta_;                            // [batch, stride], d loss / d (hidden before ReLU)
  std::vector<T> columnSums_;                       // [stride]
  std::vector<T> branch_;                           // [batch, rank], x B^T
  std::vector<T> branchDelta_;                      // [batch, rank]
  std::vector<T> logitsDelta_;                      // [batch, classes]
  std::vector<T> losses_;                           // [batch]
};

}  // namespace imdb
