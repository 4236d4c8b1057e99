#pragma once

#include <array>
#include <utility>
#include <vector>

#include "core/fused/batch_groups.h"
#include "core/fused/fused_model.h"
#include "core/tensors/huge_pages.h"
#include "kernels/thread_team.h"

namespace imdb {

/** Makes room; what is there already stays. */
template <typename T>
void reserveAtLeast(std::vector<T>* values, int64_t size) {
  if (static_cast<int64_t>(values->size()) >= size) return;
  if (values->empty()) reserveHugePages(values, size);
  values->resize(size);
}

/**
 * The rows of a table, its gradient and its state for the words of a batch that lie in a range, side by side:
 * in the table they lie far apart, and each would be waited for again at every entry of its word.
 */
template <typename T>
struct GatheredRows {
  void reserve(int64_t elements) {
    for (std::vector<T>* rows : {&values, &gradient, &first, &second}) reserveAtLeast(rows, elements);
  }

  DistinctWords words;
  std::vector<T> values, gradient, first, second;  // [words, width]
};

/** What passes over a table with a narrow row for each word need. */
template <typename T>
struct NarrowScratch {
  int64_t elements() const {
    size_t all = parts.size() + gradient.size();
    for (const GatheredRows<T>& rows : gathered)
      all += rows.values.size() + rows.gradient.size() + rows.first.size() + rows.second.size();
    return static_cast<int64_t>(all);
  }

  std::vector<T> parts;     // [Bags::kWordRanges, batch, width], of x times the table
  std::vector<T> gradient;  // [vocabulary, width], 0 between batches; only where all words move
  bool isGathered = false;  // whether a batch's words alone move, in training
  std::array<GatheredRows<T>, Bags::kWordRanges> gathered;  // only then
};

/** Memory that passes reuse: fresh memory costs more than a batch does. */
template <typename T>
struct FusedScratch {
  int64_t bytes() const;

  // Two of what one member may already fill for the next batch while another still reads the last one's.
  std::array<std::vector<T>, 2> hidden;            // [batch, stride], after ReLU
  std::array<std::vector<BatchGroups>, 2> groups;  // one a member
  std::vector<T> delta;                            // [batch, stride], d loss / d (hidden before ReLU)
  NarrowScratch<T> weight;                         // only of a packed W
  NarrowScratch<T> branchWeight;                   // of B
  std::vector<T> branch;                           // [batch, rank], scale * x B^T
  std::vector<T> branchDelta;                      // [batch, rank], d loss / d (x B^T)
  std::vector<T> logitsDelta;                      // [batch, classes]
  std::vector<T> blockGradients;                   // [blocks, gradient rows, stride], of a block's examples
  std::vector<T> losses;                           // [batch]
  // Of the gradients of W and B in each range of words, only while gradients are clipped.
  std::array<double, Bags::kWordRanges> squares{};
};

/** A batch as W and as the LoRA branch see it. */
struct TrainingBatch {
  Batch base;
  Batch branch;
};

/**
 * Forward and backward passes over batches, run by all members of a thread team together. Each phase is split
 * over columns of the hidden layer, over examples (where a result needs all columns) or over word ranges;
 * sums across columns, examples or words have a fixed order, so the bits do not depend on the number of
 * threads. Between phases that read what other members wrote stands a barrier. In training, x B^T is split
 * over words, as the step of B is: so B, which changes in every batch, stays in the cache of one core. A
 * packed W is treated alike.
 *
 * A row of a narrow hidden layer is one or two cache lines, which members would take from each other: there
 * the forward pass is split over examples, and the step of W over words.
 */
template <typename T>
class FusedPass {
 public:
  /**
   * @param kept x W^T + b of every bag, [bags, stride], or null to compute it
   * @param scratch outlives the pass
   */
  FusedPass(const FusedModel<T>& model, const BagsPointer& bags, LossForm loss, const T* kept,
            int64_t batchSize, FusedScratch<T>* scratch);

  /** Most members that a team can have for this model. */
  int memberLimit() const;

  /** Trains batch by batch; see Engine::trainBatches. Called by each member; member 0 fills `losses`. */
  void train(const kernels::Member& member, const TrainingRows& data, const TrainingPlan<T>& plan,
             std::vector<double>* losses);
  /** Fills `losses` and `correct` (1 or 0) of every row. */
  void evaluate(const kernels::Member& member, const Rows& rows, T* losses, uint8_t* correct);
  /** Fills `logits [rows, classes]`. */
  void logits(const kernels::Member& member, const Rows& rows, T* logits);
  /** out[bag] = x W^T + b for every bag, [bags, stride]. */
  void hiddenOfAll(const kernels::Member& member, T* out);

 private:
  struct Examples {
    int64_t begin;
    int64_t end;
  };

  /** B^T, or a packed W^T. */
  struct NarrowTable {
    const T* values;
    int64_t width;
    NarrowScratch<T>* scratch;
  };
  NarrowTable weightTable() const { return {model_.values.weight, model_.weightStride, &scratch_.weight}; }
  NarrowTable branchTable() const { return {model_.values.B, model_.rank, &scratch_.branchWeight}; }

  /** The hidden layer of a batch: all of it is there afterwards; of kept activations the member's part. */
  void forwardInTraining(const kernels::Member& member, const TrainingBatch& batch);
  void forward(const kernels::Member& member, const Batch& batch, T* hidden);
  void hiddenByColumns(const kernels::Member& member, const Batch& batch, T* hidden);
  /** Has the rows of the batch's words in the member's ranges side by side; their gradient is 0. */
  void gather(const NarrowTable& table, const Batch& batch, WordRanges ranges);
  /** As `sumParts`, of all examples, in training. */
  void sumPartsInTraining(const NarrowTable& table, const Batch& batch, WordRanges ranges);
  /** x times a table, range by range of the words. */
  void sumParts(const NarrowTable& table, const Batch& batch, Examples examples, WordRanges ranges);
  /** The sum of the parts for element `index` of [batch, width]. */
  T sumOfParts(const NarrowTable& table, int64_t index) const;
  /** scale * x B^T from its parts. */
  void sumBranch(Examples examples);
  /** x W^T + b of a bag. */
  void sumWeight(const Bags& bags, int64_t bag, T* out, kernels::Columns columns) const;
  /** As above, from its parts. */
  void sumWeightParts(Examples examples, T* hidden) const;
  /**
   * @param hidden the row of the first of `examples`
   * @param isSummed whether `hidden` already is x W^T + b
   */
  void hiddenLayer(const Batch& batch, Examples examples, kernels::Columns columns, T* hidden,
                   bool isSummed = false) const;
  void logitsOf(const T* hidden, T* logits) const;
  /** Losses, the derivatives by the logits, by the hidden layer before ReLU and by x B^T, and from them the
   * gradients of the parameters without a column for each word, block by block of the member's examples. */
  void lossAndGradients(const kernels::Member& member, const Batch& batch, const TrainingBatch& next,
                        const TrainingPlan<T>& plan);
  void lossAndDelta(const Batch& batch, int64_t example, const T* hidden, T* delta, T* logits);
  void sumBlockGradients(Examples block, const T* hidden, const T* delta, const TrainingPlan<T>& plan);
  /** Touches what the next batch reads from places all over memory: all at once, so that the waiting
   * overlaps. */
  void touchNext(const kernels::Member& member, const TrainingBatch& next) const;
  /** Asks for the rest of it, a share with each example of this batch. */
  void prefetchNext(const kernels::Member& member, Examples examples, int64_t example,
                    const TrainingBatch& next) const;
  double meanLoss(int64_t count) const;

  using Rules = typename TrainingPlan<T>::Rules;

  void reserveForTraining(int threads, const TrainingPlan<T>& plan);
  TrainingBatch batchFrom(const TrainingRows& data, int64_t begin) const;
  void groupWords(const kernels::Member& member, const TrainingBatch& batch, int parity,
                  const TrainingPlan<T>& plan);
  /** @param delta [batch, stride]: the derivative of the loss by x times the table */
  void sumGradient(const NarrowTable& table, const Batch& batch, const T* delta, int64_t stride,
                   WordRanges ranges);
  /** Makes the deltas so small that the norm of all gradients, which are linear in them, is not too large. */
  void clip(const kernels::Member& member, const Batch& batch, int parity, const TrainingPlan<T>& plan);
  /** Of the parameters without a column for each word; the same on every member. */
  double squaresOfColumns(const Batch& batch, const TrainingPlan<T>& plan) const;
  /** Of W and B, range by range of the member's words: their sum is the same for any number of members. */
  void squareWords(const kernels::Member& member, int parity, const TrainingPlan<T>& plan);
  void stepColumns(const kernels::Member& member, const Batch& batch, const TrainingPlan<T>& plan,
                   const Rules& rules);
  /** Calls `visit(parameter, k, row)` for row k of each parameter that trains and has rows of a column for
   * each hidden feature: its gradient is row `row` of a block's. */
  template <typename Visit>
  void forEachGradientRow(const TrainingPlan<T>& plan, Visit visit) const;
  int64_t gradientRows(const TrainingPlan<T>& plan) const;
  void stepWeight(const kernels::Member& member, int parity, const TrainingPlan<T>& plan,
                  const kernels::StepRule<T>& rule);
  void stepNarrow(const NarrowTable& table, const TrainingPlan<T>& plan, ParameterIndex parameter,
                  const kernels::StepRule<T>& rule, WordRanges ranges);
  void stepGathered(const NarrowTable& table, int range, const kernels::Target<T>& target,
                    int64_t stateStride, const kernels::StepRule<T>& rule);
  /** [classes] */
  std::vector<T> gradientOfOutputBias(int64_t count) const;

  /** Calls `visit(hidden, row)` for the member's rows, `hidden` being the row's hidden layer. */
  template <typename Visit>
  void forEachRow(const kernels::Member& member, const Rows& rows, Visit visit);

  /** The examples whose rows in the buffers below are the member's: whole blocks. */
  Examples examplesOf(const kernels::Member& member, const Batch& batch) const;
  kernels::Columns allColumns() const { return {0, model_.stride}; }
  kernels::Columns columnsOf(const kernels::Member& member) const;
  WordRanges wordRangesOf(const kernels::Member& member) const;
  /** Calls `visit(table)` for each that trains. */
  template <typename Visit>
  void forEachNarrow(const TrainingPlan<T>& plan, Visit visit) const {
    if (plan.trains(kB)) visit(branchTable());
    if (trainsPackedWeight(plan)) visit(weightTable());
  }
  /** Calls `visit(gradient, count)` for the elements of a table whose words lie in a range and move. */
  template <typename Visit>
  void forEachMoved(const NarrowTable& table, int range, Visit visit) const;
  /** Whether a member computes the hidden layer of its examples alone: other members take no part in it, so
   * it needs no longer than for its block. */
  bool isByExamples() const { return kept_ != nullptr || isNarrow(); }
  bool isNarrow() const { return model_.stride * static_cast<int64_t>(sizeof(T)) <= kNarrowBytes; }
  bool isSummedByWords() const { return model_.isPacked() && kept_ == nullptr; }
  /** Whether rows of W that a batch lacks move. */
  static bool movesAllWords(const TrainingPlan<T>& plan, ParameterIndex parameter);
  bool trainsPackedWeight(const TrainingPlan<T>& plan) const {
    return model_.isPacked() && plan.trains(kWeight);
  }

  static constexpr int64_t kNarrowBytes = 256;
  /** Gradients are summed in so many examples at a time, whose rows are still in a core's own cache then;
   * members hand each other the sums and not the rows. Blocks do not depend on the number of members. */
  static constexpr int64_t kBlock = 8;
  static int64_t blocksOf(int64_t examples) { return (examples + kBlock - 1) / kBlock; }

  const FusedModel<T> model_;
  const BagsPointer bags_;
  const LossForm loss_;
  const T* const kept_;
  const kernels::Kernels<T>& kernels_;
  const int64_t batchSize_;

  FusedScratch<T>& scratch_;
};

}  // namespace imdb
