// The steps of FusedPass, and the clipping before them.

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/fused/fused_pass.h"

namespace imdb {

using kernels::Columns;
using kernels::Member;
using kernels::StepRule;
using kernels::Target;

namespace {

template <typename T>
double squaresOf(const T* values, int64_t count) {
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += static_cast<double>(values[i]) * values[i];
  return sum;
}

template <typename T>
double squaresOf(const std::vector<T>& values) {
  return squaresOf(values.data(), static_cast<int64_t>(values.size()));
}

template <typename T>
Target<T> advance(const Target<T>& target, int64_t elements) {
  const auto from = [&](T* start) { return start == nullptr ? nullptr : start + elements; };
  return {from(target.value), from(target.first), from(target.second)};
}

template <typename T>
void scale(T* values, int64_t count, T factor) {
  for (int64_t i = 0; i < count; ++i) values[i] *= factor;
}

}  // namespace

template <typename T>
void FusedPass<T>::sumGradient(const NarrowTable& table, const Batch& batch, const T* delta, int64_t stride,
                               WordRanges ranges) {
  const auto add = [&](T* gradient, const int32_t* rows, const int32_t* end, int64_t example, int range) {
    kernels_.addToNarrowRows(gradient, table.width, rows, end,
                             batch.bags.valuesOf(batch.idsFrom(example, range)), delta + example * stride);
  };
  if (!table.scratch->isGathered) {
    for (int64_t example = 0; example < batch.count; ++example) {
      add(table.scratch->gradient.data(), batch.idsFrom(example, ranges.begin),
          batch.idsFrom(example, ranges.end), example, ranges.begin);
    }
    return;
  }
  for (int range = ranges.begin; range < ranges.end; ++range) {
    GatheredRows<T>& rows = table.scratch->gathered[range];
    for (int64_t example = 0; example < batch.count; ++example)
      add(rows.gradient.data(), rows.words.places(example), rows.words.places(example + 1), example, range);
  }
}

template <typename T>
template <typename Visit>
void FusedPass<T>::forEachMoved(const NarrowTable& table, int range, Visit visit) const {
  if (table.scratch->isGathered) {
    GatheredRows<T>& rows = table.scratch->gathered[range];
    return visit(rows.gradient.data(), rows.words.count() * table.width);
  }
  const int64_t first = bags_->wordBorder(range), last = bags_->wordBorder(range + 1);
  visit(table.scratch->gradient.data() + first * table.width, (last - first) * table.width);
}

template <typename T>
void FusedPass<T>::clip(const Member& member, const Batch& batch, int parity, const TrainingPlan<T>& plan) {
  squareWords(member, parity, plan);
  member.barrier.wait();
  const double ofWords = std::accumulate(scratch_.squares.begin(), scratch_.squares.end(), 0.0);
  const double norm = std::sqrt(squaresOfColumns(batch, plan) + ofWords);
  const auto share = static_cast<T>(clippedShare(norm, *plan.maxGradNorm));
  member.barrier.wait();  // all have read the deltas
  if (share == 1) return;
  const auto [begin, end] = examplesOf(member, batch);
  const int64_t rowsOfBlock = gradientRows(plan) * model_.stride;
  scale(scratch_.blockGradients.data() + begin / kBlock * rowsOfBlock,
        (blocksOf(end) - begin / kBlock) * rowsOfBlock, share);
  scale(scratch_.logitsDelta.data() + begin * model_.classes, (end - begin) * model_.classes, share);
  if (plan.trains(kWeight))
    scale(scratch_.delta.data() + begin * model_.stride, (end - begin) * model_.stride, share);
  const WordRanges ranges = wordRangesOf(member);
  for (int range = ranges.begin; range < ranges.end; ++range) {
    forEachNarrow(plan, [&](const NarrowTable& table) {
      forEachMoved(table, range, [&](T* gradient, int64_t count) { scale(gradient, count, share); });
    });
  }
  member.barrier.wait();
}

template <typename T>
double FusedPass<T>::squaresOfColumns(const Batch& batch, const TrainingPlan<T>& plan) const {
  const int64_t stride = model_.stride, rows = gradientRows(plan);
  double squares = plan.trains(kOutputBias) ? squaresOf(gradientOfOutputBias(batch.count)) : 0;
  forEachGradientRow(plan, [&](ParameterIndex, int64_t, int64_t row) {
    std::vector<T> sum(stride);
    kernels_.stepRow({sum.data(), nullptr, nullptr}, scratch_.blockGradients.data() + row * stride,
                     rows * stride, nullptr, 0, blocksOf(batch.count), StepRule<T>::gradient(), allColumns());
    squares += squaresOf(sum);
  });
  return squares;
}

template <typename T>
void FusedPass<T>::squareWords(const Member& member, int parity, const TrainingPlan<T>& plan) {
  const WordRanges ranges = wordRangesOf(member);
  for (int range = ranges.begin; range < ranges.end; ++range) {
    scratch_.squares[range] = 0;
    forEachNarrow(plan, [&](const NarrowTable& table) {
      forEachMoved(table, range, [&](const T* gradient, int64_t count) {
        scratch_.squares[range] += squaresOf(gradient, count);
      });
    });
  }
  if (!plan.trains(kWeight) || model_.isPacked()) return;
  const kernels::WordGroups groups = scratch_.groups[parity][member.index].view();
  for (int64_t group = 0; group < groups.count; ++group) {
    int range = ranges.begin;
    while (groups.words[group] >= bags_->wordBorder(range + 1)) ++range;
    scratch_.squares[range] += kernels_.squareOfGroup(groups, group, scratch_.delta.data(), model_.stride);
  }
}

template <typename T>
template <typename Visit>
void FusedPass<T>::forEachGradientRow(const TrainingPlan<T>& plan, Visit visit) const {
  int64_t row = 0;
  const auto visitAll = [&](ParameterIndex parameter, int64_t count) {
    for (int64_t k = 0; plan.trains(parameter) && k < count; ++k) visit(parameter, k, row++);
  };
  visitAll(kOutputWeight, model_.classes);
  visitAll(kA, model_.rank);
  visitAll(kBias, 1);
}

template <typename T>
int64_t FusedPass<T>::gradientRows(const TrainingPlan<T>& plan) const {
  int64_t rows = 0;
  forEachGradientRow(plan, [&](ParameterIndex, int64_t, int64_t) { ++rows; });
  return rows;
}

template <typename T>
void FusedPass<T>::sumBlockGradients(Examples block, const T* hidden, const T* delta,
                                     const TrainingPlan<T>& plan) {
  const int64_t stride = model_.stride, rank = model_.rank, classes = model_.classes;
  T* const gradients = scratch_.blockGradients.data() + block.begin / kBlock * gradientRows(plan) * stride;
  const auto sum = [&](int64_t row, const T* rows, const T* coefficients, int64_t every) {
    T* const gradient = gradients + row * stride;
    std::fill_n(gradient, stride, T{0});
    kernels_.stepRow({gradient, nullptr, nullptr}, rows, stride, coefficients, every, block.end - block.begin,
                     StepRule<T>::gradient(), allColumns());
  };
  forEachGradientRow(plan, [&](ParameterIndex parameter, int64_t k, int64_t row) {
    if (parameter == kOutputWeight) {
      sum(row, hidden, scratch_.logitsDelta.data() + block.begin * classes + k, classes);
    } else if (parameter == kA) {
      sum(row, delta, scratch_.branch.data() + block.begin * rank + k, rank);
    } else {
      sum(row, delta, nullptr, 0);
    }
  });
}

template <typename T>
void FusedPass<T>::stepColumns(const Member& member, const Batch& batch, const TrainingPlan<T>& plan,
                               const Rules& rules) {
  const int64_t stride = model_.stride, rows = gradientRows(plan);
  forEachGradientRow(plan, [&](ParameterIndex parameter, int64_t k, int64_t row) {
    kernels_.stepRow(advance(plan.targets[parameter], k * stride),
                     scratch_.blockGradients.data() + row * stride, rows * stride, nullptr, 0,
                     blocksOf(batch.count), rules[parameter], columnsOf(member));
  });
}

template <typename T>
void FusedPass<T>::stepWeight(const Member& member, int parity, const TrainingPlan<T>& plan,
                              const StepRule<T>& rule) {
  const Target<T>& weight = plan.targets[kWeight];
  if (model_.isPacked()) return stepNarrow(weightTable(), plan, kWeight, rule, wordRangesOf(member));
  const Columns columns = isNarrow() ? allColumns() : columnsOf(member);
  const auto step = [&](const Member& owner) {
    const BatchGroups& groups = scratch_.groups[parity][owner.index];
    kernels_.updateRows(weight, model_.stride, groups.view(), scratch_.delta.data(), model_.stride, rule,
                        columns);
    if (!movesAllWords(plan, kWeight)) return;
    const WordRanges ranges = wordRangesOf(owner);
    groups.forEachMissing(bags_->wordBorder(ranges.begin), bags_->wordBorder(ranges.end), [&](int64_t word) {
      kernels_.stepElements(advance(weight, word * model_.stride + columns.begin), nullptr,
                            columns.end - columns.begin, rule);
    });
  };
  if (isNarrow()) return step(member);
  for (int other = 0; other < member.threads; ++other) step({other, member.threads, member.barrier});
}

template <typename T>
void FusedPass<T>::stepNarrow(const NarrowTable& table, const TrainingPlan<T>& plan, ParameterIndex parameter,
                              const StepRule<T>& rule, WordRanges ranges) {
  const Target<T>& target = plan.targets[parameter];
  for (int range = ranges.begin; range < ranges.end; ++range) {
    if (table.scratch->isGathered) {
      stepGathered(table, range, target, plan.stateStrides[parameter], rule);
      continue;
    }
    forEachMoved(table, range, [&](T* gradient, int64_t count) {
      kernels_.stepElements(advance(target, gradient - table.scratch->gradient.data()), gradient, count,
                            rule);
      std::fill_n(gradient, count, T{0});
    });
  }
}

template <typename T>
void FusedPass<T>::stepGathered(const NarrowTable& table, int range, const Target<T>& target,
                                int64_t stateStride, const StepRule<T>& rule) {
  GatheredRows<T>& rows = table.scratch->gathered[range];
  const int64_t width = table.width;
  const int32_t* const words = rows.words.begin();
  const int64_t count = rows.words.count();
  const auto gather = [&](std::vector<T>* into, const T* from, int64_t stride) -> T* {
    if (from == nullptr) return nullptr;
    kernels_.gatherRows(into->data(), from, stride, width, words, count);
    return into->data();
  };
  // What is asked for may be the gradients, beside the table.
  if (target.value != table.values) gather(&rows.values, target.value, width);
  const Target<T> moved{rows.values.data(), gather(&rows.first, target.first, stateStride),
                        gather(&rows.second, target.second, stateStride)};
  kernels_.stepElements(moved, rows.gradient.data(), count * width, rule);
  const auto scatter = [&](const T* from, T* into, int64_t stride) {
    if (from != nullptr) kernels_.scatterRows(from, into, stride, width, words, count);
  };
  scatter(moved.value, target.value, width);
  scatter(moved.first, target.first, stateStride);
  scatter(moved.second, target.second, stateStride);
}

template <typename T>
std::vector<T> FusedPass<T>::gradientOfOutputBias(int64_t count) const {
  std::vector<T> gradient(model_.classes, T{0});
  for (int64_t c = 0; c < model_.classes; ++c) {
    for (int64_t example = 0; example < count; ++example)
      gradient[c] += scratch_.logitsDelta[example * model_.classes + c];
  }
  return gradient;
}

template class FusedPass<float>;
template class FusedPass<double>;

}  // namespace imdb
