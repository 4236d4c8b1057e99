#include "core/fused_pass.h"

#include <algorithm>
#include <cmath>

namespace imdb {

using kernels::Columns;
using kernels::Member;

template <typename T>
FusedPass<T>::FusedPass(const FusedModel<T>& model, const BagsPointer& bags, LossForm loss, const T* kept,
                        int64_t batchSize)
    : model_(model),
      bags_(bags),
      loss_(loss),
      kept_(kept),
      kernels_(kernels::kernels<T>()),
      batchSize_(batchSize),
      columnSums_(model.stride),
      branch_(batchSize * model.rank),
      logitsDelta_(batchSize * model.classes),
      losses_(batchSize) {
  for (auto& hidden : hidden_) hidden.resize(batchSize * model.stride);
}

template <typename T>
int FusedPass<T>::memberLimit() const {
  return static_cast<int>(model_.stride / kernels::lanes<T>);
}

template <typename T>
Columns FusedPass<T>::columnsOf(const Member& member) const {
  const auto [begin, end] = member.share(model_.stride / kernels::lanes<T>);
  return {begin * kernels::lanes<T>, end * kernels::lanes<T>};
}

template <typename T>
void FusedPass<T>::train(const Member& member, const Rows& rows, const StepTargets<T>& step,
                         std::vector<double>* losses) {
  if (member.index == 0) {
    delta_.resize(batchSize_ * model_.stride);
    branchDelta_.resize(batchSize_ * model_.rank);
    for (auto& groups : groups_) groups.resize(member.threads);
  }
  member.barrier.wait();
  const Columns columns = columnsOf(member);
  const auto total = static_cast<int64_t>(rows.size());
  int parity = 0;
  for (int64_t begin = 0; begin < total; begin += batchSize_, parity ^= 1) {
    const Batch batch{*bags_, rows.data() + begin, std::min(batchSize_, total - begin)};
    groupWords(member, batch, parity);
    if (model_.lora) {
      sumBranch(member, batch);
      member.barrier.wait();
    }
    hiddenLayer(batch, columns, hidden_[0].data());
    member.barrier.wait();
    headAndDelta(member, batch);
    member.barrier.wait();
    const double loss = meanLoss(batch.count);  // the same on every member, so all stop together
    if (member.index == 0) losses->push_back(loss);
    if (!std::isfinite(loss)) return;
    stepColumns(member, batch, columns, parity, step);
    if (step.targets.B != nullptr) stepB(groups_[parity][member.index].view(), step);
    if (member.index == 0 && step.targets.outputBias != nullptr) stepOutputBias(batch, step);
    if (model_.lora) member.barrier.wait();  // sumBranch of the next batch reads all of B
  }
}

template <typename T>
void FusedPass<T>::evaluate(const Member& member, const Rows& rows, T* losses, uint8_t* correct, T* logits) {
  const Columns columns = columnsOf(member);
  const auto total = static_cast<int64_t>(rows.size());
  std::vector<T> own(logits == nullptr ? model_.classes : 0);
  int parity = 0;
  for (int64_t begin = 0; begin < total; begin += batchSize_, parity ^= 1) {
    const Batch batch{*bags_, rows.data() + begin, std::min(batchSize_, total - begin)};
    if (model_.lora) {
      sumBranch(member, batch);
      member.barrier.wait();
    }
    T* const hidden = hidden_[parity].data();
    hiddenLayer(batch, columns, hidden);
    member.barrier.wait();
    const auto [first, end] = member.share(batch.count);
    for (int64_t example = first; example < end; ++example) {
      T* const out = logits == nullptr ? own.data() : logits + (begin + example) * model_.classes;
      logitsOf(hidden + example * model_.stride, out);
      const int32_t label = bags_->label(batch.rows[example]);
      if (losses == nullptr) continue;
      losses[begin + example] = crossEntropyOfExample<T>(out, model_.classes, label, loss_, nullptr);
      correct[begin + example] = std::max_element(out, out + model_.classes) - out == label;
    }
  }
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
void FusedPass<T>::sumBranch(const Member& member, const Batch& batch) {
  const auto [begin, end] = member.share(batch.count);
  const int64_t rank = model_.rank;
  for (int64_t example = begin; example < end; ++example) {
    const int32_t* ids = batch.bags.ids(batch.rows[example]);
    const int64_t size = batch.bags.size(batch.rows[example]);
    T* const sums = branch_.data() + example * rank;
    if (rank == 1) {
      // Four sums side by side: one alone would wait for each addition to finish.
      T partial[4] = {};
      int64_t j = 0;
      for (; j + 4 <= size; j += 4) {
        for (int k = 0; k < 4; ++k) partial[k] += model_.values.B[ids[j + k]];
      }
      for (; j < size; ++j) partial[0] += model_.values.B[ids[j]];
      sums[0] = (partial[0] + partial[1]) + (partial[2] + partial[3]);
      continue;
    }
    std::fill_n(sums, rank, T{0});
    for (int64_t j = 0; j < size; ++j) {
      const T* row = model_.values.B + ids[j] * rank;
      for (int64_t r = 0; r < rank; ++r) sums[r] += row[r];
    }
  }
}

template <typename T>
void FusedPass<T>::hiddenLayer(const Batch& batch, Columns columns, T* hidden) {
  const int64_t stride = model_.stride;
  for (int64_t example = 0; example < batch.count; ++example) {
    const int64_t bag = batch.rows[example];
    T* const out = hidden + example * stride;
    if (kept_ != nullptr) {
      std::copy(kept_ + bag * stride + columns.begin, kept_ + bag * stride + columns.end,
                out + columns.begin);
    } else {
      kernels_.sumRows(model_.values.weight, stride, batch.bags.ids(bag), batch.bags.size(bag),
                       model_.values.bias, out, columns);
    }
    if (model_.lora) {
      for (int64_t r = 0; r < model_.rank; ++r) {
        kernels_.addScaled(out, model_.values.A + r * stride,
                           model_.scale * branch_[example * model_.rank + r], columns);
      }
    }
    kernels_.relu(out, columns);
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
void FusedPass<T>::headAndDelta(const Member& member, const Batch& batch) {
  const auto [begin, end] = member.share(batch.count);
  const int64_t stride = model_.stride, classes = model_.classes;
  std::vector<T> logits(classes);
  for (int64_t example = begin; example < end; ++example) {
    const T* const hidden = hidden_[0].data() + example * stride;
    T* const logitsDelta = logitsDelta_.data() + example * classes;
    T* const delta = delta_.data() + example * stride;
    logitsOf(hidden, logits.data());
    losses_[example] = crossEntropyOfExample<T>(logits.data(), classes, batch.bags.label(batch.rows[example]),
                                                loss_, logitsDelta);
    std::fill_n(delta, stride, T{0});
    for (int64_t c = 0; c < classes; ++c) {
      logitsDelta[c] /= static_cast<T>(batch.count);  // of the mean over the batch
      kernels_.addScaled(delta, model_.values.outputWeight + c * stride, logitsDelta[c], {0, stride});
    }
    kernels_.reluBackward(delta, hidden, {0, stride});
    if (!model_.lora) continue;
    for (int64_t r = 0; r < model_.rank; ++r) {
      branchDelta_[example * model_.rank + r] =
          model_.scale * kernels_.dot(delta, model_.values.A + r * stride, stride);
    }
  }
}

template <typename T>
double FusedPass<T>::meanLoss(int64_t count) const {
  double sum = 0;
  for (int64_t example = 0; example < count; ++example) sum += losses_[example];
  return sum / static_cast<double>(count);
}

template <typename T>
void FusedPass<T>::stepColumns(const Member& member, const Batch& batch, Columns columns, int parity,
                               const StepTargets<T>& step) {
  const int64_t stride = model_.stride;
  const auto& targets = step.targets;
  // target -= rate * factor * (sum over the examples of coefficients[example * every] * rows[example])
  const auto stepRow = [&](T* target, const T* rows, const T* coefficients, int64_t every, T factor) {
    T* const sums = columnSums_.data();
    std::fill(sums + columns.begin, sums + columns.end, T{0});
    for (int64_t example = 0; example < batch.count; ++example) {
      kernels_.addScaled(sums, rows + example * stride, coefficients ? coefficients[example * every] : T{1},
                         columns);
    }
    kernels_.addScaled(target, sums, -step.rate * factor, columns);
  };
  if (targets.outputWeight != nullptr) {
    for (int64_t c = 0; c < model_.classes; ++c) {
      stepRow(targets.outputWeight + c * stride, hidden_[0].data(), logitsDelta_.data() + c, model_.classes,
              1);
    }
  }
  if (targets.bias != nullptr) stepRow(targets.bias, delta_.data(), nullptr, 0, 1);
  if (targets.A != nullptr) {
    for (int64_t r = 0; r < model_.rank; ++r) {
      stepRow(targets.A + r * stride, delta_.data(), branch_.data() + r, model_.rank, model_.scale);
    }
  }
  if (targets.weight == nullptr) return;
  for (int other = 0; other < member.threads; ++other) {
    kernels_.updateRows(targets.weight, stride, groups_[parity][other].view(), delta_.data(), stride,
                        step.rate, columns);
  }
}

template <typename T>
void FusedPass<T>::stepB(const kernels::WordGroups& groups, const StepTargets<T>& step) {
  const int64_t rank = model_.rank;
  for (int64_t g = 0; g < groups.count; ++g) {
    for (int64_t r = 0; r < rank; ++r) {
      T sum = 0;
      for (int32_t j = groups.starts[g]; j < groups.starts[g + 1]; ++j) {
        sum += branchDelta_[groups.examples[j] * rank + r];
      }
      step.targets.B[groups.words[g] * rank + r] -= step.rate * sum;
    }
  }
}

template <typename T>
void FusedPass<T>::stepOutputBias(const Batch& batch, const StepTargets<T>& step) {
  for (int64_t c = 0; c < model_.classes; ++c) {
    T sum = 0;
    for (int64_t example = 0; example < batch.count; ++example)
      sum += logitsDelta_[example * model_.classes + c];
    step.targets.outputBias[c] -= step.rate * sum;
  }
}

template <typename T>
void FusedPass<T>::groupWords(const Member& member, const Batch& batch, int parity) {
  // Half the entries lie below word 150 or so: the ranges hold equally many entries, not words.
  const auto border = [&](int index) {
    return index == 0 ? 0 : bags_->idBelowWhich(static_cast<double>(index) / member.threads);
  };
  groups_[parity][member.index].build(batch, border(member.index), border(member.index + 1));
}

template class FusedPass<float>;
template class FusedPass<double>;

}  // namespace imdb
