#include "core/fused/fused_forward.h"

#include <algorithm>
#include <limits>

namespace imdb {

using kernels::Columns;
using kernels::TeamThread;

template <typename T>
FusedForward<T>::FusedForward(const FusedModel<T>& model, const BagsPointer& bags, const T* cached,
                              int64_t batchSize, ForwardBuffers<T>* buffers)
    : model(model),
      bags(bags),
      cached(cached),
      batchSize(batchSize),
      split(model.stride, batchSize),
      isByColumns(cached == nullptr && !split.isNarrow()),
      buffers(*buffers),
      kernels_(kernels::kernels<T>()) {
  for (auto& hidden : buffers->hidden) reserveAtLeast(&hidden, batchSize * model.stride);
  buffers->branch.open(model.values.down, model.rank, batchSize);
  if (model.isPacked()) buffers->weight.open(model.values.weight, model.weightStride, batchSize);
  reserveAtLeast(&buffers->branchSums, batchSize * model.rank);
}

template <typename T>
template <typename Visit>
void FusedForward<T>::forEachRow(const TeamThread& thread, const Rows& rows, Visit visit) const {
  const auto total = static_cast<int64_t>(rows.size());
  for (int64_t begin = 0; begin < total; begin += batchSize) {
    const Batch batch{*bags, rows.data() + begin, std::min(batchSize, total - begin)};
    T* const hidden = buffers.hidden[begin / batchSize % 2].data();
    forward(thread, batch, hidden);
    const Examples examples = split.examplesOf(thread, batch.count);
    for (int64_t example = examples.begin; example < examples.end; ++example)
      visit(hidden + example * model.stride, begin + example);
  }
}

template <typename T>
void FusedForward<T>::evaluate(const TeamThread& thread, const Rows& rows, LossForm loss, T* losses,
                               uint8_t* correct) const {
  std::vector<T> logits(model.classes);
  forEachRow(thread, rows, [&](const T* hidden, int64_t row) {
    const int32_t label = bags->label(rows[row]);
    logitsOf(hidden, logits.data());
    losses[row] = crossEntropyOfExample<T>(logits.data(), model.classes, label, loss, nullptr);
    correct[row] = std::max_element(logits.begin(), logits.end()) - logits.begin() == label;
  });
}

template <typename T>
void FusedForward<T>::logits(const TeamThread& thread, const Rows& rows, T* logits) const {
  forEachRow(thread, rows,
             [&](const T* hidden, int64_t row) { logitsOf(hidden, logits + row * model.classes); });
}

template <typename T>
void FusedForward<T>::hiddenLayer(const TeamThread& thread, const Rows& rows, T* out) const {
  forEachRow(thread, rows, [&](const T* hidden, int64_t row) {
    std::copy_n(hidden, model.stride, out + row * model.stride);
  });
}

template <typename T>
void FusedForward<T>::forward(const TeamThread& thread, const Batch& batch, T* hidden) const {
  const Examples examples = split.examplesOf(thread, batch.count);
  for (int64_t example = examples.begin; example < examples.end; ++example) {
    if (readsPackedRows()) batch.prefetchIds(example + Batch::kAhead);
    multiplyNarrow(batch, batch, {example, example + 1}, kAllWordRanges);
  }
  if (model.lora) sumBranch(examples);
  if (!isByColumns)
    return hiddenColumns(batch, examples, {0, model.stride}, hidden + examples.begin * model.stride);
  hiddenByColumns(thread, batch, hidden);
}

template <typename T>
void FusedForward<T>::multiplyNarrow(const Batch& base, const Batch& branch, Examples examples,
                                     WordRanges ranges) const {
  if (model.lora) buffers.branch.multiply(branch, examples, ranges);
  if (readsPackedRows()) buffers.weight.multiply(base, examples, ranges);
}

template <typename T>
void FusedForward<T>::sumBranch(Examples examples) const {
  for (int64_t i = examples.begin * model.rank; i < examples.end * model.rank; ++i)
    buffers.branchSums[i] = model.scale * buffers.branch.product(i);
}

template <typename T>
void FusedForward<T>::hiddenByColumns(const TeamThread& thread, const Batch& batch, T* hidden) const {
  if (model.lora) thread.barrier.wait();  // for the other threads' part of x down^T
  hiddenColumns(batch, {0, batch.count}, split.columnsOf(thread), hidden);
  thread.barrier.wait();
}

template <typename T>
void FusedForward<T>::hiddenColumns(const Batch& batch, Examples examples, Columns columns, T* hidden) const {
  const int64_t branches = model.lora ? model.rank : 0;
  const T least = model.linear ? -std::numeric_limits<T>::infinity() : T{0};  // ReLU
  for (int64_t example = examples.begin; example < examples.end; ++example, hidden += model.stride) {
    const T* const base = baseSums(batch, example, columns, hidden);
    kernels_.addAndClamp(hidden, base, model.values.up, model.stride,
                         buffers.branchSums.data() + example * model.rank, branches, least, columns);
  }
}

template <typename T>
const T* FusedForward<T>::baseSums(const Batch& batch, int64_t example, Columns columns, T* out) const {
  const int64_t bag = batch.rows[example], ahead = example + Batch::kAhead;
  if (cached != nullptr) {
    if (ahead < batch.count) prefetch(cached + batch.rows[ahead] * model.stride, model.stride);
    return cached + bag * model.stride;
  }
  if (model.isPacked()) {
    const int64_t width = model.weightStride;
    for (int64_t c = 0; c < width; ++c)
      out[c] = buffers.weight.product(example * width + c) + model.values.bias[c];
    std::fill(out + width, out + model.stride, T{0});
    return out;
  }
  batch.prefetchIds(ahead);
  const int32_t* const ids = batch.bags.ids(bag);
  kernels_.sumRows(model.values.weight, model.stride, ids, batch.bags.valuesOf(ids), batch.bags.size(bag),
                   model.values.bias, out, columns);
  return out;
}

template <typename T>
void FusedForward<T>::logitsOf(const T* hidden, T* logits) const {
  if (model.linear) {
    std::copy_n(hidden, model.classes, logits);
    return;
  }
  for (int64_t c = 0; c < model.classes; ++c) {
    logits[c] = kernels_.dot(hidden, model.values.outputWeight + c * model.stride, model.stride) +
                model.values.outputBias[c];
  }
}

template class FusedForward<float>;
template class FusedForward<double>;

}  // namespace imdb
