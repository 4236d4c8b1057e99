#include "core/fused/fused_training.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/fused/elements.h"

namespace imdb {

using kernels::StepRule;
using kernels::TeamThread;

template <typename T>
FusedTraining<T>::FusedTraining(const FusedForward<T>& forward, TrainingPlan<T> plan,
                                const TrainingRows& data, const Loss& loss, TrainingBuffers<T>* buffers)
    : forward_(forward),
      plan_(std::move(plan)),
      data_(data),
      form_(loss.form),
      classWeights_(loss.classWeights.begin(), loss.classWeights.end()),
      kernels_(kernels::kernels<T>()),
      buffers_(*buffers),
      weight_(forward.buffers.weight),
      branch_(forward.buffers.branch),
      columns_(model_, plan_, forward.batchSize, &buffers->blockGradients) {
  const int64_t batchSize = forward.batchSize;
  reserveAtLeast(&buffers_.delta, batchSize * model_.stride);
  reserveAtLeast(&buffers_.branchDelta, batchSize * model_.rank);
  reserveAtLeast(&buffers_.logitsDelta, batchSize * model_.classes);
  reserveAtLeast(&buffers_.losses, batchSize);
  for (auto& entries : buffers_.entries) entries.resize(forward_.split.threadLimit());
  if (plan_.trains(kDown)) branch_.openForTraining(*forward_.bags, plan_.movesBatchWordsOnly);
  if (trainsPackedWeight()) weight_.openForTraining(*forward_.bags, !plan_.movesAllWords());
}

template <typename T>
void FusedTraining<T>::run(const TeamThread& thread) {
  for (int64_t number = 0;; ++number) {
    const Share share = shareOf(thread, number);
    if (share.base.count == 0) return;
    startForward(share);
    lossAndGradients(share, shareOf(thread, number + 1));
    thread.barrier.wait();
    const double loss = meanLoss(share.base);  // the same on every thread, so all stop together
    if (thread.index == 0) losses_.push_back(loss);
    if (!std::isfinite(loss)) return;
    if (plan_.trains(kDown))
      branch_.addGradient(share.branch, buffers_.branchDelta.data(), model_.rank, share.words);
    if (trainsPackedWeight())
      weight_.addGradient(share.base, buffers_.delta.data(), model_.stride, share.words);
    if (plan_.maxGradNorm) clip(share);
    step(share);
    // The next batch starts with the thread's own words or columns, which nobody else reads or writes.
  }
}

template <typename T>
typename FusedTraining<T>::Share FusedTraining<T>::shareOf(const TeamThread& thread, int64_t number) const {
  const auto total = static_cast<int64_t>(data_.rows.size());
  const int64_t begin = std::min(number * forward_.batchSize, total);
  const int64_t count = std::min(forward_.batchSize, total - begin);
  const auto of = [&](const BagRows& seen) { return Batch{*seen.bags, seen.rows.data() + begin, count}; };
  return {thread,
          number,
          of(data_.base),
          of(data_.branch),
          forward_.split.examplesOf(thread, count),
          forward_.split.wordRangesOf(thread)};
}

template <typename T>
void FusedTraining<T>::startForward(const Share& share) {
  if (plan_.trains(kDown)) branch_.startBatch(share.branch, share.words);
  if (trainsPackedWeight()) weight_.startBatch(share.base, share.words);
  if (trainsWideWeight()) {
    EntriesByWord& entries = entriesOf(share);
    entries.build(share.base, share.words);
    if (plan_.movesAllWords()) entries.sortWords();
  }
  forward_.multiplyNarrow(share.base, share.branch, {0, share.base.count}, share.words);
  // For the other threads' products, or steps of W.
  if (model_.lora || forward_.split.isNarrow()) share.thread.barrier.wait();
  if (model_.lora) forward_.sumBranch(share.examples);
  if (forward_.isByColumns)
    forward_.hiddenByColumns(share.thread, share.base, forward_.buffers.hidden[0].data());
}

template <typename T>
void FusedTraining<T>::lossAndGradients(const Share& share, const Share& next) {
  const int64_t stride = model_.stride;
  const Examples examples = share.examples;
  std::vector<T> logits(model_.classes);
  const double size = sizeOf(share.base);
  if (forward_.cached != nullptr) pretouch(next);
  for (int64_t begin = examples.begin; begin < examples.end; begin += WorkSplit<T>::kBlock) {
    const Examples block{begin, std::min(begin + WorkSplit<T>::kBlock, examples.end)};
    // What nobody needs after the block takes the place of the block before.
    T* const hidden =
        forward_.buffers.hidden[0].data() + (forward_.isByColumns ? begin : examples.begin) * stride;
    T* const delta = buffers_.delta.data() + (plan_.trains(kWeight) ? begin : examples.begin) * stride;
    if (!forward_.isByColumns) forward_.hiddenColumns(share.base, block, {0, stride}, hidden);
    for (int64_t example = begin; example < block.end; ++example) {
      if (forward_.cached != nullptr) prefetchNext(share, example, next);
      const int64_t row = (example - begin) * stride;
      lossAndDelta(share.base, example, size, hidden + row, delta + row, logits.data());
    }
    columns_.sumBlock(block, hidden, delta, buffers_.logitsDelta.data(), forward_.buffers.branchSums.data());
  }
}

template <typename T>
void FusedTraining<T>::lossAndDelta(const Batch& batch, int64_t example, double size, const T* hidden,
                                    T* delta, T* logits) {
  const int64_t stride = model_.stride, classes = model_.classes;
  T* const logitsDelta = buffers_.logitsDelta.data() + example * classes;
  forward_.logitsOf(hidden, logits);
  buffers_.losses[example] =
      crossEntropyOfExample<T>(logits, classes, batch.bags.label(batch.rows[example]), form_, logitsDelta);
  if (!classWeights_.empty()) {
    buffers_.losses[example] *= weightOf(batch, example);
    scale(logitsDelta, classes, weightOf(batch, example));
  }
  for (int64_t c = 0; c < classes; ++c) logitsDelta[c] /= static_cast<T>(size);  // of the batch's mean
  if (model_.linear) {
    std::fill(std::copy_n(logitsDelta, classes, delta), delta + stride, T{0});
  } else {
    kernels_.reluBackward(delta, hidden, model_.values.outputWeight, stride, logitsDelta, classes,
                          {0, stride});
  }
  for (int64_t r = 0; model_.lora && r < model_.rank; ++r) {
    buffers_.branchDelta[example * model_.rank + r] =
        model_.scale * kernels_.dot(delta, model_.values.up + r * stride, stride);
  }
}

template <typename T>
void FusedTraining<T>::pretouch(const Share& next) const {
  const auto& [bags, rows, count] = next.branch;
  for (int64_t i = 0; i < count; ++i) pretouchPage(bags.placesOf(rows[i]));
  for (int64_t i = 0; i < count; ++i) next.branch.pretouchIds(i, next.words);
  for (int64_t i = next.examples.begin; i < next.examples.end; ++i)
    pretouchPage(forward_.cached + next.base.rows[i] * model_.stride);
}

template <typename T>
void FusedTraining<T>::prefetchNext(const Share& share, int64_t example, const Share& next) const {
  const int64_t count = next.base.count;
  if (example < count) prefetch(forward_.cached + next.base.rows[example] * model_.stride, model_.stride);
  const int64_t own = share.examples.end - share.examples.begin, index = example - share.examples.begin;
  for (int64_t i = count * index / own; i < count * (index + 1) / own; ++i)
    next.branch.prefetchIds(i, share.words);
}

template <typename T>
T FusedTraining<T>::weightOf(const Batch& batch, int64_t example) const {
  return classWeights_[batch.bags.label(batch.rows[example])];
}

template <typename T>
double FusedTraining<T>::sizeOf(const Batch& batch) const {
  if (classWeights_.empty()) return static_cast<double>(batch.count);
  double sum = 0;
  for (int64_t example = 0; example < batch.count; ++example) sum += weightOf(batch, example);
  return sum;
}

template <typename T>
double FusedTraining<T>::meanLoss(const Batch& batch) const {
  double sum = 0;
  for (int64_t example = 0; example < batch.count; ++example) sum += buffers_.losses[example];
  return sum / sizeOf(batch);
}

template <typename T>
void FusedTraining<T>::clip(const Share& share) {
  const auto factor = static_cast<T>(clippedShare(gradientNorm(share), *plan_.maxGradNorm));
  share.thread.barrier.wait();  // all have read the deltas
  if (factor == 1) return;
  const auto [begin, end] = share.examples;
  const auto scaleRows = [&](UninitializedVector<T>* rows, int64_t width) {
    scale(rows->data() + begin * width, (end - begin) * width, factor);
  };
  columns_.scaleBlocks(share.examples, factor);
  scaleRows(&buffers_.logitsDelta, model_.classes);
  if (plan_.trains(kWeight)) scaleRows(&buffers_.delta, model_.stride);
  if (plan_.trains(kDown)) branch_.scaleGradient(factor, share.words);
  if (trainsPackedWeight()) weight_.scaleGradient(factor, share.words);
  share.thread.barrier.wait();
}

template <typename T>
double FusedTraining<T>::gradientNorm(const Share& share) {
  squareWords(share);
  share.thread.barrier.wait();
  double ofColumns = 0;
  if (plan_.trains(kOutputBias))
    ofColumns = squaredNorm(gradientOfOutputBias(share.base.count).data(), model_.classes);
  columns_.addSquaredNorm(share.base.count, &ofColumns);
  const auto& ranges = buffers_.squaredNorms;
  return std::sqrt(ofColumns + std::accumulate(ranges.begin(), ranges.end(), 0.0));
}

template <typename T>
void FusedTraining<T>::squareWords(const Share& share) {
  for (int range = share.words.begin; range < share.words.end; ++range) {
    double& sum = buffers_.squaredNorms[range];
    sum = plan_.trains(kDown) ? branch_.gradientSquaredNorm(range) : 0;
    if (trainsPackedWeight()) sum += weight_.gradientSquaredNorm(range);
  }
  if (!trainsWideWeight()) return;
  const kernels::WordGroups groups = entriesOf(share).view();
  for (int64_t group = 0; group < groups.count; ++group) {
    int range = share.words.begin;
    while (groups.words[group] >= forward_.bags->wordBorder(range + 1)) ++range;
    buffers_.squaredNorms[range] +=
        kernels_.groupGradientSquaredNorm(groups, group, buffers_.delta.data(), model_.stride);
  }
}

template <typename T>
void FusedTraining<T>::step(const Share& share) {
  const auto& rules = plan_.rules[share.number];
  const auto stepNarrow = [&](NarrowTable<T>* table, ParameterIndex parameter) {
    table->step(plan_.targets[parameter], plan_.stateStrides[parameter], rules[parameter], share.words);
  };
  columns_.step(share.base.count, rules, forward_.split.columnsOf(share.thread));
  if (trainsPackedWeight()) stepNarrow(&weight_, kWeight);
  if (trainsWideWeight()) stepWideWeight(share, rules[kWeight]);
  if (plan_.trains(kDown)) stepNarrow(&branch_, kDown);
  if (share.thread.index == 0 && plan_.trains(kOutputBias)) {
    kernels_.stepElements(plan_.targets[kOutputBias], gradientOfOutputBias(share.base.count).data(),
                          model_.classes, rules[kOutputBias]);
  }
}

template <typename T>
void FusedTraining<T>::stepWideWeight(const Share& share, const StepRule<T>& rule) {
  const bool isNarrow = forward_.split.isNarrow();
  const kernels::Columns columns =
      isNarrow ? kernels::Columns{0, model_.stride} : forward_.split.columnsOf(share.thread);
  const auto stepWordsOf = [&](const TeamThread& owner) {
    const EntriesByWord& entries = buffers_.entries[share.number % 2][owner.index];
    kernels_.updateRows(plan_.targets[kWeight], model_.stride, entries.view(), buffers_.delta.data(),
                        model_.stride, rule, columns);
    if (!plan_.movesAllWords()) return;
    const WordRanges words = forward_.split.wordRangesOf(owner);
    const Bags& bags = *forward_.bags;
    entries.forEachMissing(bags.wordBorder(words.begin), bags.wordBorder(words.end), [&](int64_t word) {
      kernels_.stepElements(advance(plan_.targets[kWeight], word * model_.stride + columns.begin), nullptr,
                            columns.end - columns.begin, rule);
    });
  };
  if (isNarrow) return stepWordsOf(share.thread);
  for (int other = 0; other < share.thread.threads; ++other)
    stepWordsOf({other, share.thread.threads, share.thread.barrier});
}

template <typename T>
std::vector<T> FusedTraining<T>::gradientOfOutputBias(int64_t count) const {
  std::vector<T> gradient(model_.classes, T{0});
  for (int64_t example = 0; example < count; ++example) {
    for (int64_t c = 0; c < model_.classes; ++c)
      gradient[c] += buffers_.logitsDelta[example * model_.classes + c];
  }
  return gradient;
}

template class FusedTraining<float>;
template class FusedTraining<double>;

}  // namespace imdb
