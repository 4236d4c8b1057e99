#include "core/fused_pass.h"

#include <algorithm>
#include <cmath>

namespace imdb {

using kernels::Columns;
using kernels::Member;

/** Makes room; what is there already stays. */
template <typename T>
static void reserve(std::vector<T>* values, int64_t size) {
  if (static_cast<int64_t>(values->size()) < size) values->resize(size);
}

template <typename T>
int64_t FusedScratch<T>::bytes() const {
  const size_t elements = hidden[0].size() + hidden[1].size() + delta.size() + branchParts.size() +
                          branch.size() + branchDelta.size() + gradientOfB.size() + logitsDelta.size() +
                          losses.size();
  return static_cast<int64_t>(elements * sizeof(T));
}

template <typename T>
FusedPass<T>::FusedPass(const FusedModel<T>& model, const BagsPointer& bags, LossForm loss, const T* kept,
                        int64_t batchSize, FusedScratch<T>* scratch)
    : model_(model),
      bags_(bags),
      loss_(loss),
      kept_(kept),
      kernels_(kernels::kernels<T>()),
      batchSize_(batchSize),
      scratch_(*scratch) {
  for (auto& hidden : scratch_.hidden) reserve(&hidden, batchSize * model.stride);
  reserve(&scratch_.branchParts, Bags::kWordRanges * batchSize * model.rank);
  reserve(&scratch_.branch, batchSize * model.rank);
  reserve(&scratch_.logitsDelta, batchSize * model.classes);
  reserve(&scratch_.losses, batchSize);
}

template <typename T>
int FusedPass<T>::memberLimit() const {
  return static_cast<int>(model_.stride / kernels::lanes<T>);
}

template <typename T>
void FusedPass<T>::train(const Member& member, const Rows& rows, const StepTargets<T>& step,
                         std::vector<double>* losses) {
  if (member.index == 0) {
    reserve(&scratch_.delta, batchSize_ * model_.stride);
    reserve(&scratch_.branchDelta, batchSize_ * model_.rank);
    if (step.targets.B != nullptr) reserve(&scratch_.gradientOfB, bags_->vocabularySize() * model_.rank);
    for (auto& groups : scratch_.groups) groups.resize(member.threads);
  }
  member.barrier.wait();
  const auto total = static_cast<int64_t>(rows.size());
  int parity = 0;
  for (int64_t begin = 0; begin < total; begin += batchSize_, parity ^= 1) {
    const Batch batch{*bags_, rows.data() + begin, std::min(batchSize_, total - begin)};
    const Batch next{*bags_, batch.rows + batch.count, std::min(batchSize_, total - begin - batch.count)};
    if (step.targets.weight != nullptr)
      scratch_.groups[parity][member.index].build(batch, wordRangesOf(member));
    forwardInTraining(member, batch);
    lossAndDeltas(member, batch, next);
    member.barrier.wait();
    const double loss = meanLoss(batch.count);  // the same on every member, so all stop together
    if (member.index == 0) losses->push_back(loss);
    if (!std::isfinite(loss)) return;
    stepColumns(member, batch, parity, step);
    if (step.targets.B != nullptr) stepB(member, batch, step);
    if (member.index == 0 && step.targets.outputBias != nullptr) stepOutputBias(batch, step);
    // The next batch starts with the member's own words or columns, which nobody else reads or writes.
  }
}

template <typename T>
template <typename Visit>
void FusedPass<T>::forEachRow(const Member& member, const Rows& rows, Visit visit) {
  const auto total = static_cast<int64_t>(rows.size());
  int parity = 0;
  for (int64_t begin = 0; begin < total; begin += batchSize_, parity ^= 1) {
    const Batch batch{*bags_, rows.data() + begin, std::min(batchSize_, total - begin)};
    T* const hidden = scratch_.hidden[parity].data();
    forward(member, batch, hidden);
    const Examples examples = examplesOf(member, batch);
    for (int64_t example = examples.begin; example < examples.end; ++example) {
      visit(hidden + example * model_.stride, begin + example);
    }
  }
}

template <typename T>
void FusedPass<T>::evaluate(const Member& member, const Rows& rows, T* losses, uint8_t* correct) {
  std::vector<T> logits(model_.classes);
  forEachRow(member, rows, [&](const T* hidden, int64_t row) {
    const int32_t label = bags_->label(rows[row]);
    logitsOf(hidden, logits.data());
    losses[row] = crossEntropyOfExample<T>(logits.data(), model_.classes, label, loss_, nullptr);
    correct[row] = std::max_element(logits.begin(), logits.end()) - logits.begin() == label;
  });
}

template <typename T>
void FusedPass<T>::logits(const Member& member, const Rows& rows, T* logits) {
  forEachRow(member, rows,
             [&](const T* hidden, int64_t row) { logitsOf(hidden, logits + row * model_.classes); });
}

template <typename T>
void FusedPass<T>::hiddenOfAll(const Member& member, T* out) {
  const Columns columns = columnsOf(member);
  for (int64_t bag = 0; bag < bags_->length(); ++bag) {
    kernels_.sumRows(model_.values.weight, model_.stride, bags_->ids(bag), bags_->size(bag),
                     model_.values.bias, out + bag * model_.stride, columns);
  }
}

template <typename T>
void FusedPass<T>::forwardInTraining(const Member& member, const Batch& batch) {
  const Examples examples = examplesOf(member, batch);
  T* const hidden = scratch_.hidden[0].data();
  if (model_.lora) {
    sumBranchParts(batch, {0, batch.count}, wordRangesOf(member));
    member.barrier.wait();
    sumBranch(examples);
  }
  if (kept_ != nullptr) return hiddenLayer(batch, examples, allColumns(), hidden);
  hiddenByColumns(member, batch, hidden);
}

template <typename T>
void FusedPass<T>::forward(const Member& member, const Batch& batch, T* hidden) {
  const Examples examples = examplesOf(member, batch);
  if (model_.lora) {
    sumBranchParts(batch, examples, {0, Bags::kWordRanges});
    sumBranch(examples);
  }
  if (kept_ != nullptr) return hiddenLayer(batch, examples, allColumns(), hidden);
  hiddenByColumns(member, batch, hidden);
}

template <typename T>
void FusedPass<T>::hiddenByColumns(const Member& member, const Batch& batch, T* hidden) {
  if (model_.lora) member.barrier.wait();  // for the other members' part of x B^T
  hiddenLayer(batch, {0, batch.count}, columnsOf(member), hidden);
  member.barrier.wait();
}

template <typename T>
void FusedPass<T>::sumBranchParts(const Batch& batch, Examples examples, WordRanges ranges) {
  const int64_t rank = model_.rank;
  for (int64_t example = examples.begin; example < examples.end; ++example) {
    for (int range = ranges.begin; range < ranges.end; ++range) {
      T* const out = scratch_.branchParts.data() + (range * batchSize_ + example) * rank;
      kernels_.sumNarrowRows(model_.values.B, rank, batch.idsFrom(example, range),
                             batch.idsFrom(example, range + 1), out);
    }
  }
}

template <typename T>
void FusedPass<T>::sumBranch(Examples examples) {
  const int64_t rank = model_.rank;
  for (int64_t i = examples.begin * rank; i < examples.end * rank; ++i) {
    T sum = 0;
    for (int range = 0; range < Bags::kWordRanges; ++range)
      sum += scratch_.branchParts[range * batchSize_ * rank + i];
    scratch_.branch[i] = model_.scale * sum;
  }
}

template <typename T>
void FusedPass<T>::hiddenLayer(const Batch& batch, Examples examples, Columns columns, T* hidden) const {
  const int64_t stride = model_.stride;
  const int64_t branches = model_.lora ? model_.rank : 0;
  for (int64_t example = examples.begin; example < examples.end; ++example) {
    const int64_t bag = batch.rows[example];
    T* const out = hidden + example * stride;
    const T* base = kept_ + bag * stride;
    if (kept_ == nullptr) {
      batch.prefetchIds(example + Batch::kAhead);
      kernels_.sumRows(model_.values.weight, stride, batch.bags.ids(bag), batch.bags.size(bag),
                       model_.values.bias, out, columns);
      base = out;
    } else if (example + Batch::kAhead < batch.count) {
      prefetch(kept_ + batch.rows[example + Batch::kAhead] * stride, stride);
    }
    kernels_.reluOfSum(out, base, model_.values.A, stride, scratch_.branch.data() + example * model_.rank,
                       branches, columns);
  }
}

template <typename T>
void FusedPass<T>::logitsOf(const T* hidden, T* logits) const {
  for (int64_t c = 0; c < model_.classes; ++c) {
    logits[c] = kernels_.dot(hidden, model_.values.outputWeight + c * model_.stride, model_.stride) +
                model_.values.outputBias[c];
  }
}

template <typename T>
void FusedPass<T>::lossAndDeltas(const Member& member, const Batch& batch, const Batch& next) {
  const int64_t stride = model_.stride, classes = model_.classes;
  const Examples examples = examplesOf(member, batch);
  std::vector<T> logits(classes);
  if (kept_ != nullptr) touchNext(member, next);
  for (int64_t example = examples.begin; example < examples.end; ++example) {
    if (kept_ != nullptr) prefetchNext(member, examples, example, next);
    const T* const hidden = scratch_.hidden[0].data() + example * stride;
    T* const logitsDelta = scratch_.logitsDelta.data() + example * classes;
    T* const delta = scratch_.delta.data() + example * stride;
    logitsOf(hidden, logits.data());
    scratch_.losses[example] = crossEntropyOfExample<T>(
        logits.data(), classes, batch.bags.label(batch.rows[example]), loss_, logitsDelta);
    for (int64_t c = 0; c < classes; ++c)
      logitsDelta[c] /= static_cast<T>(batch.count);  // of the batch's mean
    kernels_.reluBackward(delta, hidden, model_.values.outputWeight, stride, logitsDelta, classes,
                          allColumns());
    for (int64_t r = 0; model_.lora && r < model_.rank; ++r) {
      scratch_.branchDelta[example * model_.rank + r] =
          model_.scale * kernels_.dot(delta, model_.values.A + r * stride, stride);
    }
  }
}

template <typename T>
void FusedPass<T>::touchNext(const Member& member, const Batch& next) const {
  const Examples examples = examplesOf(member, next);
  const WordRanges ranges = wordRangesOf(member);
  for (int64_t i = 0; i < next.count; ++i) touch(next.bags.placesOf(next.rows[i]));
  for (int64_t i = 0; i < next.count; ++i) next.touchIds(i, ranges);
  for (int64_t i = examples.begin; i < examples.end; ++i) touch(kept_ + next.rows[i] * model_.stride);
}

template <typename T>
void FusedPass<T>::prefetchNext(const Member& member, Examples examples, int64_t example,
                                const Batch& next) const {
  if (example < next.count) prefetch(kept_ + next.rows[example] * model_.stride, model_.stride);
  const int64_t own = examples.end - examples.begin, index = example - examples.begin;
  const WordRanges ranges = wordRangesOf(member);
  for (int64_t i = next.count * index / own; i < next.count * (index + 1) / own; ++i)
    next.prefetchIds(i, ranges);
}

template <typename T>
double FusedPass<T>::meanLoss(int64_t count) const {
  double sum = 0;
  for (int64_t example = 0; example < count; ++example) sum += scratch_.losses[example];
  return sum / static_cast<double>(count);
}

template <typename T>
void FusedPass<T>::stepColumns(const Member& member, const Batch& batch, int parity,
                               const StepTargets<T>& step) {
  const int64_t stride = model_.stride, rank = model_.rank, classes = model_.classes;
  const Columns columns = columnsOf(member);
  const auto& targets = step.targets;
  for (int64_t c = 0; targets.outputWeight != nullptr && c < classes; ++c) {
    kernels_.stepRow(targets.outputWeight + c * stride, scratch_.hidden[0].data(), stride,
                     scratch_.logitsDelta.data() + c, classes, batch.count, step.rate, columns);
  }
  for (int64_t r = 0; targets.A != nullptr && r < rank; ++r) {
    kernels_.stepRow(targets.A + r * stride, scratch_.delta.data(), stride, scratch_.branch.data() + r, rank,
                     batch.count, step.rate, columns);
  }
  if (targets.bias != nullptr) {
    kernels_.stepRow(targets.bias, scratch_.delta.data(), stride, nullptr, 0, batch.count, step.rate,
                     columns);
  }
  for (int other = 0; targets.weight != nullptr && other < member.threads; ++other) {
    kernels_.updateRows(targets.weight, stride, scratch_.groups[parity][other].view(), scratch_.delta.data(),
                        stride, step.rate, columns);
  }
}

template <typename T>
void FusedPass<T>::stepB(const Member& member, const Batch& batch, const StepTargets<T>& step) {
  const WordRanges ranges = wordRangesOf(member);
  const int64_t rank = model_.rank;
  T* const gradient = scratch_.gradientOfB.data();
  for (int64_t example = 0; example < batch.count; ++example) {
    kernels_.addToNarrowRows(gradient, rank, batch.idsFrom(example, ranges.begin),
                             batch.idsFrom(example, ranges.end),
                             scratch_.branchDelta.data() + example * rank);
  }
  // Of all words: a batch holds about as many entries as there are words, and this loop runs over vectors.
  const int64_t endOfWords = bags_->wordBorder(ranges.end) * rank;
  for (int64_t i = bags_->wordBorder(ranges.begin) * rank; i < endOfWords; ++i) {
    step.targets.B[i] -= step.rate * gradient[i];
    gradient[i] = 0;
  }
}

template <typename T>
void FusedPass<T>::stepOutputBias(const Batch& batch, const StepTargets<T>& step) {
  for (int64_t c = 0; c < model_.classes; ++c) {
    T sum = 0;
    for (int64_t example = 0; example < batch.count; ++example)
      sum += scratch_.logitsDelta[example * model_.classes + c];
    step.targets.outputBias[c] -= step.rate * sum;
  }
}

template <typename T>
typename FusedPass<T>::Examples FusedPass<T>::examplesOf(const Member& member, const Batch& batch) const {
  // Shares of the whole buffers, not of this batch: so a member's places stay its own in a smaller last
  // batch, where one that runs ahead would otherwise write what a slower one still reads.
  const auto [begin, end] = member.share(batchSize_);
  return {std::min(begin, batch.count), std::min(end, batch.count)};
}

template <typename T>
Columns FusedPass<T>::columnsOf(const Member& member) const {
  const auto [begin, end] = member.share(model_.stride / kernels::lanes<T>);
  return {begin * kernels::lanes<T>, end * kernels::lanes<T>};
}

template <typename T>
WordRanges FusedPass<T>::wordRangesOf(const Member& member) const {
  const auto [begin, end] = member.share(Bags::kWordRanges);
  return {static_cast<int>(begin), static_cast<int>(end)};
}

template struct FusedScratch<float>;
template struct FusedScratch<double>;
template class FusedPass<float>;
template class FusedPass<double>;

}  // namespace imdb
