#include "core/fused/fused_pass.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace imdb {

using kernels::Columns;
using kernels::Member;

template <typename T>
int64_t FusedScratch<T>::bytes() const {
  const size_t elements = hidden[0].size() + hidden[1].size() + delta.size() + weight.elements() +
                          branchWeight.elements() + branch.size() + branchDelta.size() + logitsDelta.size() +
                          blockGradients.size() + losses.size();
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
  for (auto& hidden : scratch_.hidden) reserveAtLeast(&hidden, batchSize * model.stride);
  reserveAtLeast(&scratch_.branchWeight.parts, Bags::kWordRanges * batchSize * model.rank);
  if (model.isPacked())
    reserveAtLeast(&scratch_.weight.parts, Bags::kWordRanges * batchSize * model.weightStride);
  reserveAtLeast(&scratch_.branch, batchSize * model.rank);
  reserveAtLeast(&scratch_.logitsDelta, batchSize * model.classes);
  reserveAtLeast(&scratch_.losses, batchSize);
}

template <typename T>
int FusedPass<T>::memberLimit() const {
  return isNarrow() ? Bags::kWordRanges : static_cast<int>(model_.stride / kernels::lanes<T>);
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
  const Columns columns = isNarrow() ? allColumns() : columnsOf(member);
  const auto [begin, end] =
      isNarrow() ? member.share(bags_->length()) : std::pair{int64_t{0}, bags_->length()};
  for (int64_t bag = begin; bag < end; ++bag) {
    sumWeight(*bags_, bag, out + bag * model_.stride, columns);
  }
}

template <typename T>
void FusedPass<T>::sumWeight(const Bags& bags, int64_t bag, T* out, Columns columns) const {
  const T *const weight = model_.values.weight, *const bias = model_.values.bias;
  if (!model_.isPacked()) {
    const int32_t* const ids = bags.ids(bag);
    return kernels_.sumRows(weight, model_.stride, ids, bags.valuesOf(ids), bags.size(bag), bias, out,
                            columns);
  }
  std::fill_n(out, model_.stride, T{0});
  for (int range = 0; range < Bags::kWordRanges; ++range) {
    constexpr int64_t kLanes = kernels::lanes<T>;
    T part[kLanes];
    const int32_t* const ids = bags.idsFrom(bag, range);
    kernels_.sumNarrowRows(weight, model_.weightStride, ids, bags.idsFrom(bag, range + 1), bags.valuesOf(ids),
                           part);
    for (int64_t c = 0; c < model_.weightStride; ++c) out[c] += part[c];
  }
  for (int64_t c = 0; c < model_.weightStride; ++c) out[c] += bias[c];
}

template <typename T>
void FusedPass<T>::sumWeightParts(Examples examples, T* hidden) const {
  const int64_t width = model_.weightStride;
  for (int64_t example = examples.begin; example < examples.end; ++example, hidden += model_.stride) {
    for (int64_t c = 0; c < width; ++c)
      hidden[c] = sumOfParts(weightTable(), example * width + c) + model_.values.bias[c];
    std::fill(hidden + width, hidden + model_.stride, T{0});
  }
}

template <typename T>
void FusedPass<T>::forwardInTraining(const Member& member, const TrainingBatch& both) {
  const Batch& batch = both.base;
  const WordRanges ranges = wordRangesOf(member);
  if (model_.lora) sumPartsInTraining(branchTable(), both.branch, ranges);
  if (isSummedByWords()) sumPartsInTraining(weightTable(), batch, ranges);
  if (model_.lora || isNarrow()) member.barrier.wait();  // for the other members' parts, or steps of W
  if (model_.lora) sumBranch(examplesOf(member, batch));
  if (!isByExamples()) hiddenByColumns(member, batch, scratch_.hidden[0].data());
}

template <typename T>
void FusedPass<T>::forward(const Member& member, const Batch& batch, T* hidden) {
  const Examples examples = examplesOf(member, batch);
  if (model_.lora) {
    sumParts(branchTable(), batch, examples, {0, Bags::kWordRanges});
    sumBranch(examples);
  }
  if (!isByExamples()) return hiddenByColumns(member, batch, hidden);
  hiddenLayer(batch, examples, allColumns(), hidden + examples.begin * model_.stride);
}

template <typename T>
void FusedPass<T>::hiddenByColumns(const Member& member, const Batch& batch, T* hidden) {
  if (model_.lora) member.barrier.wait();  // for the other members' part of x B^T
  hiddenLayer(batch, {0, batch.count}, columnsOf(member), hidden);
  member.barrier.wait();
}

template <typename T>
void FusedPass<T>::sumParts(const NarrowTable& table, const Batch& batch, Examples examples,
                            WordRanges ranges) {
  for (int64_t example = examples.begin; example < examples.end; ++example) {
    for (int range = ranges.begin; range < ranges.end; ++range) {
      T* const out = table.scratch->parts.data() + (range * batchSize_ + example) * table.width;
      const int32_t* const ids = batch.idsFrom(example, range);
      kernels_.sumNarrowRows(table.values, table.width, ids, batch.idsFrom(example, range + 1),
                             batch.bags.valuesOf(ids), out);
    }
  }
}

template <typename T>
void FusedPass<T>::sumPartsInTraining(const NarrowTable& table, const Batch& batch, WordRanges ranges) {
  if (!table.scratch->isGathered) return sumParts(table, batch, {0, batch.count}, ranges);
  for (int range = ranges.begin; range < ranges.end; ++range) {
    const GatheredRows<T>& rows = table.scratch->gathered[range];
    T* out = table.scratch->parts.data() + range * batchSize_ * table.width;
    for (int64_t example = 0; example < batch.count; ++example, out += table.width) {
      kernels_.sumNarrowRows(rows.values.data(), table.width, rows.words.places(example),
                             rows.words.places(example + 1),
                             batch.bags.valuesOf(batch.idsFrom(example, range)), out);
    }
  }
}

template <typename T>
T FusedPass<T>::sumOfParts(const NarrowTable& table, int64_t index) const {
  T sum = 0;
  for (int range = 0; range < Bags::kWordRanges; ++range)
    sum += table.scratch->parts[range * batchSize_ * table.width + index];
  return sum;
}

template <typename T>
void FusedPass<T>::sumBranch(Examples examples) {
  const int64_t rank = model_.rank;
  for (int64_t i = examples.begin * rank; i < examples.end * rank; ++i)
    scratch_.branch[i] = model_.scale * sumOfParts(branchTable(), i);
}

template <typename T>
void FusedPass<T>::hiddenLayer(const Batch& batch, Examples examples, Columns columns, T* hidden,
                               bool isSummed) const {
  const int64_t stride = model_.stride;
  const int64_t branches = model_.lora ? model_.rank : 0;
  const T least = model_.linear ? -std::numeric_limits<T>::infinity() : T{0};  // ReLU
  for (int64_t example = examples.begin; example < examples.end; ++example) {
    const int64_t bag = batch.rows[example];
    T* const out = hidden + (example - examples.begin) * stride;
    const T* base = kept_ + bag * stride;
    if (kept_ == nullptr) {
      if (!isSummed) {
        batch.prefetchIds(example + Batch::kAhead);
        sumWeight(batch.bags, bag, out, columns);
      }
      base = out;
    } else if (example + Batch::kAhead < batch.count) {
      prefetch(kept_ + batch.rows[example + Batch::kAhead] * stride, stride);
    }
    kernels_.boundedSum(out, base, model_.values.A, stride, scratch_.branch.data() + example * model_.rank,
                        branches, least, columns);
  }
}

template <typename T>
void FusedPass<T>::logitsOf(const T* hidden, T* logits) const {
  if (model_.linear) {
    std::copy_n(hidden, model_.classes, logits);
    return;
  }
  for (int64_t c = 0; c < model_.classes; ++c) {
    logits[c] = kernels_.dot(hidden, model_.values.outputWeight + c * model_.stride, model_.stride) +
                model_.values.outputBias[c];
  }
}

template <typename T>
typename FusedPass<T>::Examples FusedPass<T>::examplesOf(const Member& member, const Batch& batch) const {
  // Shares of the whole buffers, not of this batch: so a member's places stay its own in a smaller last
  // batch, where one that runs ahead would otherwise write what a slower one still reads.
  const auto [begin, end] = member.share(blocksOf(batchSize_));
  return {std::min(begin * kBlock, batch.count), std::min(end * kBlock, batch.count)};
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
