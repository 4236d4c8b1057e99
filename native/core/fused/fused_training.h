#pragma once

#include <array>
#include <vector>

#include "core/fused/batch_words.h"
#include "core/fused/column_gradients.h"
#include "core/fused/fused_forward.h"

/*
 * Why it is fast.
 *
 * A text is some 150 words of a vocabulary of 20,000, or of a million n-grams. So x W^T is the sum of the
 * rows of W^T of its words, and a step moves the rows of the words of a batch. They are nearly all of the
 * memory that is read and of the work; everything here keeps them close and touches them as seldom as it can.
 *
 * Forward (fused_forward.h): example by example, the rows of a bag are summed in registers, and bias, LoRA
 * branch and ReLU follow while the sum is near. What LoRA freezes, x W^T + b, is computed once and cached.
 * Backward: the entries of a batch are grouped by word (batch_words.h). The gradient of a word's row, the
 * sum of the deltas of its examples, is summed in registers, and the row takes its step at once. So a row is
 * read and written once per batch, and the gradient of W is never stored.
 *
 * Threads own what they write, and wait only where one reads what others have written (work_split.h):
 *  - a wide hidden layer is split by columns, in the forward pass and in the step of W;
 *  - a narrow one, whose rows are a few cache lines, by examples, and the step of W by ranges of words;
 *  - loss, deltas and the gradients of the small parameters (column_gradients.h) by blocks of examples;
 *  - narrow tables (narrow_table.h), which are down^T and a W^T of fewer columns than a vector has, by ranges
 * of words, products and steps alike: so their rows stay in the cache of one core.
 *
 * Storage: wide rows are whole vectors; narrow ones are packed. Where a step moves all rows of a narrow
 * table, their gradient lies beside the table. Where it moves those of the batch's words alone, these are
 * gathered first: no cache holds a table of a million words.
 *
 * The bits do not depend on the number of threads: a column, a word range and a block of examples are each
 * summed by one thread, in a fixed order, and are cut without regard to the threads.
 */

namespace imdb {

/** Memory that outlives a FusedTraining. */
template <typename T>
struct TrainingBuffers {
  int64_t bytes() const { return bytesOf(delta, branchDelta, logitsDelta, blockGradients, losses); }

  /** One for each thread; there are two, as of ForwardBuffers::hidden. */
  std::array<std::vector<EntriesByWord>, 2> entries;
  UninitializedVector<T> delta;           // [batch, stride], d loss / d (hidden before ReLU)
  UninitializedVector<T> branchDelta;     // [batch, rank], d loss / d (x down^T)
  UninitializedVector<T> logitsDelta;     // [batch, classes]
  UninitializedVector<T> blockGradients;  // see ColumnGradients
  UninitializedVector<T> losses;          // [batch]
  /** The squared norms of the gradients of W and down^T in each range of words, only while they are clipped.
   */
  std::array<double, Bags::kWordRanges> squaredNorms{};
};

/** A training, run by all threads of a team together. */
template <typename T>
class FusedTraining {
 public:
  /** @param data outlives this, as do `buffers` */
  FusedTraining(const FusedForward<T>& forward, TrainingPlan<T> plan, const TrainingRows& data,
                const Loss& loss, TrainingBuffers<T>* buffers);

  /** Trains batch by batch, on each thread; see Engine::trainBatches. */
  void run(const kernels::TeamThread& thread);
  const std::vector<double>& losses() const { return losses_; }

 private:
  /** A batch and the part of it that a thread owns. */
  struct Share {
    const kernels::TeamThread& thread;
    int64_t number;  // of the batch
    Batch base;      // as W sees it
    Batch branch;    // as down^T sees it
    Examples examples;
    WordRanges words;
  };

  /** Returns an empty batch behind the last one. */
  Share shareOf(const kernels::TeamThread& thread, int64_t number) const;
  EntriesByWord& entriesOf(const Share& share) {
    return buffers_.entries[share.number % 2][share.thread.index];
  }

  /** Has the hidden layer ready, as far as other threads take part in it. */
  void startForward(const Share& share);
  /** Computes losses, deltas and the gradients of columns, block by block of the thread's examples. */
  void lossAndGradients(const Share& share, const Share& next);
  /** @param size see `sizeOf` */
  void lossAndDelta(const Batch& batch, int64_t example, double size, const T* hidden, T* delta, T* logits);
  T weightOf(const Batch& batch, int64_t example) const;
  /** Returns what the sum of a batch's losses is divided by. */
  double sizeOf(const Batch& batch) const;
  /** Touches what the next batch reads all over memory: all at once, so that the waiting overlaps. */
  void pretouch(const Share& next) const;
  /** Asks for the rest of it, a part of it with each example of this batch. */
  void prefetchNext(const Share& share, int64_t example, const Share& next) const;
  double meanLoss(const Batch& batch) const;

  /** Makes the deltas so small that the norm of all gradients, which are linear in them, is not too large. */
  void clip(const Share& share);
  /** Returns the norm of all gradients, the same on every thread. */
  double gradientNorm(const Share& share);
  /** Sums the squares range by range of words: so their sum is the same for any number of threads. */
  void squareWords(const Share& share);
  void step(const Share& share);
  void stepWideWeight(const Share& share, const kernels::StepRule<T>& rule);
  std::vector<T> gradientOfOutputBias(int64_t count) const;  // [classes]

  bool trainsWideWeight() const { return plan_.trains(kWeight) && !model_.isPacked(); }
  bool trainsPackedWeight() const { return plan_.trains(kWeight) && model_.isPacked(); }

  const FusedForward<T> forward_;
  const FusedModel<T>& model_ = forward_.model;
  const TrainingPlan<T> plan_;
  const TrainingRows& data_;
  const LossForm form_;
  const std::vector<T> classWeights_;  // [classes]; empty: all are 1
  const kernels::Kernels<T>& kernels_;
  TrainingBuffers<T>& buffers_;
  NarrowTable<T>& weight_;  // only of a packed W
  NarrowTable<T>& branch_;
  ColumnGradients<T> columns_;
  std::vector<double> losses_;
};

}  // namespace imdb
