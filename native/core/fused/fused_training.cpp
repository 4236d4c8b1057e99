// The training half of FusedPass.

#include <algorithm>
#include <cmath>

#include "core/fused/fused_pass.h"

namespace imdb {

using kernels::Member;
using kernels::StepRule;

template <typename T>
void FusedPass<T>::train(const Member& member, const TrainingRows& data, const TrainingPlan<T>& plan,
                         std::vector<double>* losses) {
  if (member.index == 0) reserveForTraining(member.threads, plan);
  member.barrier.wait();
  const auto total = static_cast<int64_t>(data.rows.size());
  int parity = 0;
  for (int64_t begin = 0; begin < total; begin += batchSize_, parity ^= 1) {
    const TrainingBatch batch = batchFrom(data, begin), next = batchFrom(data, begin + batchSize_);
    const Rules& rules = plan.rules[begin / batchSize_];
    groupWords(member, batch, parity, plan);
    forwardInTraining(member, batch);
    lossAndGradients(member, batch.base, next, plan);
    member.barrier.wait();
    const double loss = meanLoss(batch.base.count);  // the same on every member, so all stop together
    if (member.index == 0) losses->push_back(loss);
    if (!std::isfinite(loss)) return;
    const WordRanges ranges = wordRangesOf(member);
    if (plan.trains(kB))
      sumGradient(branchTable(), batch.branch, scratch_.branchDelta.data(), model_.rank, ranges);
    if (trainsPackedWeight(plan))
      sumGradient(weightTable(), batch.base, scratch_.delta.data(), model_.stride, ranges);
    if (plan.maxGradNorm) clip(member, batch.base, parity, plan);
    stepColumns(member, batch.base, plan, rules);
    if (plan.trains(kWeight)) stepWeight(member, parity, plan, rules[kWeight]);
    if (plan.trains(kB)) {
      stepNarrow(branchTable(), plan, kB, rules[kB], ranges);
    }
    if (member.index == 0 && plan.trains(kOutputBias)) {
      kernels_.stepElements(plan.targets[kOutputBias], gradientOfOutputBias(batch.base.count).data(),
                            model_.classes, rules[kOutputBias]);
    }
    // The next batch starts with the member's own words or columns, which nobody else reads or writes.
  }
}

template <typename T>
void FusedPass<T>::reserveForTraining(int threads, const TrainingPlan<T>& plan) {
  reserveAtLeast(&scratch_.delta, batchSize_ * model_.stride);
  reserveAtLeast(&scratch_.branchDelta, batchSize_ * model_.rank);
  reserveAtLeast(&scratch_.blockGradients, blocksOf(batchSize_) * gradientRows(plan) * model_.stride);
  scratch_.branchWeight.isGathered = plan.trains(kB) && plan.movesBatchWordsOnly;
  scratch_.weight.isGathered = trainsPackedWeight(plan) && !movesAllWords(plan, kWeight);
  forEachNarrow(plan, [&](const NarrowTable& table) {
    if (!table.scratch->isGathered)
      reserveAtLeast(&table.scratch->gradient, bags_->vocabularySize() * table.width);
  });
  for (auto& groups : scratch_.groups) groups.resize(threads);
}

template <typename T>
TrainingBatch FusedPass<T>::batchFrom(const TrainingRows& data, int64_t begin) const {
  const auto total = static_cast<int64_t>(data.rows.size());
  const int64_t start = std::min(begin, total), count = std::min(batchSize_, total - start);
  const auto of = [&](const BagRows& seen) { return Batch{*seen.bags, seen.rows.data() + start, count}; };
  return {of(data.base), of(data.branch)};
}

template <typename T>
bool FusedPass<T>::movesAllWords(const TrainingPlan<T>& plan, ParameterIndex parameter) {
  return !plan.movesBatchWordsOnly && plan.rules.front()[parameter].kind != StepRule<T>::Kind::plain;
}

template <typename T>
void FusedPass<T>::groupWords(const Member& member, const TrainingBatch& batch, int parity,
                              const TrainingPlan<T>& plan) {
  const WordRanges ranges = wordRangesOf(member);
  if (scratch_.branchWeight.isGathered) gather(branchTable(), batch.branch, ranges);
  if (scratch_.weight.isGathered) gather(weightTable(), batch.base, ranges);
  if (!plan.trains(kWeight) || model_.isPacked()) return;
  BatchGroups& groups = scratch_.groups[parity][member.index];
  groups.build(batch.base, ranges);
  if (movesAllWords(plan, kWeight)) groups.sortWords();
}

template <typename T>
void FusedPass<T>::gather(const NarrowTable& table, const Batch& batch, WordRanges ranges) {
  for (int range = ranges.begin; range < ranges.end; ++range) {
    GatheredRows<T>& rows = table.scratch->gathered[range];
    rows.words.collect(batch, range);
    const int64_t elements = rows.words.count() * table.width;
    rows.reserve(elements);
    kernels_.gatherRows(rows.values.data(), table.values, table.width, table.width, rows.words.begin(),
                        rows.words.count());
    std::fill_n(rows.gradient.data(), elements, T{0});
  }
}

template <typename T>
void FusedPass<T>::lossAndGradients(const Member& member, const Batch& batch, const TrainingBatch& next,
                                    const TrainingPlan<T>& plan) {
  const int64_t stride = model_.stride;
  const Examples examples = examplesOf(member, batch);
  std::vector<T> logits(model_.classes);
  if (kept_ != nullptr) touchNext(member, next);
  for (int64_t begin = examples.begin; begin < examples.end; begin += kBlock) {
    const Examples block{begin, std::min(begin + kBlock, examples.end)};
    // What nobody needs after the block takes the place of the block before.
    T* const hidden = scratch_.hidden[0].data() + (isByExamples() ? examples.begin : begin) * stride;
    T* const delta = scratch_.delta.data() + (plan.trains(kWeight) ? begin : examples.begin) * stride;
    if (isSummedByWords()) sumWeightParts(block, hidden);
    if (isByExamples()) hiddenLayer(batch, block, allColumns(), hidden, isSummedByWords());
    for (int64_t example = begin; example < block.end; ++example) {
      if (kept_ != nullptr) prefetchNext(member, examples, example, next);
      const int64_t row = (example - begin) * stride;
      lossAndDelta(batch, example, hidden + row, delta + row, logits.data());
    }
    sumBlockGradients(block, hidden, delta, plan);
  }
}

template <typename T>
void FusedPass<T>::lossAndDelta(const Batch& batch, int64_t example, const T* hidden, T* delta, T* logits) {
  const int64_t stride = model_.stride, classes = model_.classes;
  T* const logitsDelta = scratch_.logitsDelta.data() + example * classes;
  logitsOf(hidden, logits);
  scratch_.losses[example] =
      crossEntropyOfExample<T>(logits, classes, batch.bags.label(batch.rows[example]), loss_, logitsDelta);
  for (int64_t c = 0; c < classes; ++c) logitsDelta[c] /= static_cast<T>(batch.count);  // of the batch's mean
  if (model_.linear) {
    std::fill(std::copy_n(logitsDelta, classes, delta), delta + stride, T{0});
  } else {
    kernels_.reluBackward(delta, hidden, model_.values.outputWeight, stride, logitsDelta, classes,
                          allColumns());
  }
  for (int64_t r = 0; model_.lora && r < model_.rank; ++r) {
    scratch_.branchDelta[example * model_.rank + r] =
        model_.scale * kernels_.dot(delta, model_.values.A + r * stride, stride);
  }
}

template <typename T>
void FusedPass<T>::touchNext(const Member& member, const TrainingBatch& next) const {
  const Examples examples = examplesOf(member, next.base);
  const WordRanges ranges = wordRangesOf(member);
  const Batch& branch = next.branch;
  for (int64_t i = 0; i < branch.count; ++i) touch(branch.bags.placesOf(branch.rows[i]));
  for (int64_t i = 0; i < branch.count; ++i) branch.touchIds(i, ranges);
  for (int64_t i = examples.begin; i < examples.end; ++i) touch(kept_ + next.base.rows[i] * model_.stride);
}

template <typename T>
void FusedPass<T>::prefetchNext(const Member& member, Examples examples, int64_t example,
                                const TrainingBatch& both) const {
  const Batch& next = both.base;
  if (example < next.count) prefetch(kept_ + next.rows[example] * model_.stride, model_.stride);
  const int64_t own = examples.end - examples.begin, index = example - examples.begin;
  const WordRanges ranges = wordRangesOf(member);
  for (int64_t i = next.count * index / own; i < next.count * (index + 1) / own; ++i)
    both.branch.prefetchIds(i, ranges);
}

template <typename T>
double FusedPass<T>::meanLoss(int64_t count) const {
  double sum = 0;
  for (int64_t example = 0; example < count; ++example) sum += scratch_.losses[example];
  return sum / static_cast<double>(count);
}

template class FusedPass<float>;
template class FusedPass<double>;

}  // namespace imdb
