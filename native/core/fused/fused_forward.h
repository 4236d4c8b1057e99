#pragma once

#include <array>
#include <vector>

#include "core/fused/fused_model.h"
#include "core/fused/narrow_table.h"
#include "core/fused/work_split.h"

namespace imdb {

/** Memory that outlives a FusedForward: fresh memory costs more than a batch does. */
template <typename T>
struct ForwardBuffers {
  int64_t bytes() const {
    return bytesOf(hidden[0], hidden[1], branchSums) + weight.bytes() + branch.bytes();
  }

  /** [batch, stride], after ReLU. There are two, since a thread may fill one for the next batch while another
   * still reads the one before. */
  std::array<UninitializedVector<T>, 2> hidden;
  NarrowTable<T> weight;              // W^T, only where its rows are packed
  NarrowTable<T> branch;              // down^T
  UninitializedVector<T> branchSums;  // [batch, rank], scale * x down^T
};

/** The forward pass over batches, run by all threads of a team together; see fused_training.h. */
template <typename T>
class FusedForward {
 public:
  /**
   * @param cached x W^T + b of every bag, [bags, stride], or null to compute it
   * @param buffers outlive this
   */
  FusedForward(const FusedModel<T>& model, const BagsPointer& bags, const T* cached, int64_t batchSize,
               ForwardBuffers<T>* buffers);

  /** Fills `losses` and `correct` (1 or 0) of every row. */
  void evaluate(const kernels::TeamThread& thread, const Rows& rows, LossForm loss, T* losses,
                uint8_t* correct) const;
  /** Fills `logits [rows, classes]`. */
  void logits(const kernels::TeamThread& thread, const Rows& rows, T* logits) const;
  /** Fills `out [rows, stride]` with the hidden layer. */
  void hiddenLayer(const kernels::TeamThread& thread, const Rows& rows, T* out) const;

  /** Multiplies x with the narrow tables. @param branch the batch as down^T sees it */
  void multiplyNarrow(const Batch& base, const Batch& branch, Examples examples, WordRanges ranges) const;
  /** Computes scale * x down^T from the products that `multiplyNarrow` has left. */
  void sumBranch(Examples examples) const;
  /** Computes columns of the hidden layer. @param hidden the row of the first of `examples` */
  void hiddenColumns(const Batch& batch, Examples examples, kernels::Columns columns, T* hidden) const;
  /** Computes the hidden layer of a whole batch, each thread its columns, and waits for all of them. */
  void hiddenByColumns(const kernels::TeamThread& thread, const Batch& batch, T* hidden) const;
  void logitsOf(const T* hidden, T* logits) const;

  const FusedModel<T> model;
  const BagsPointer bags;
  const T* const cached;
  const int64_t batchSize;
  const WorkSplit<T> split;
  /** Whether threads own columns of the hidden layer; else each computes its examples by itself, no earlier
   * than it needs them. */
  const bool isByColumns;
  ForwardBuffers<T>& buffers;

 private:
  /** Calls `visit(hidden, row)` for the thread's rows, `hidden` being the row's hidden layer. */
  template <typename Visit>
  void forEachRow(const kernels::TeamThread& thread, const Rows& rows, Visit visit) const;
  void forward(const kernels::TeamThread& thread, const Batch& batch, T* hidden) const;
  /** Returns x W^T + b of an example, which is cached or computed into `out`. */
  const T* baseSums(const Batch& batch, int64_t example, kernels::Columns columns, T* out) const;
  bool readsPackedRows() const { return model.isPacked() && cached == nullptr; }

  const kernels::Kernels<T>& kernels_;
};

}  // namespace imdb
