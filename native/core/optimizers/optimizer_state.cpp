#include <ATen/ops/isfinite.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/optimizers/optimizer.h"
#include "core/tensors/parameter.h"

namespace imdb {
namespace {

/** Reads a dictionary and remembers which entries are left. */
class Reader {
 public:
  explicit Reader(const StateDict& dict) : left_(dict) {}

  bool has(const std::string& key) const { return left_.count(key) > 0; }

  template <typename T>
  T take(const std::string& key, const char* expected) {
    const auto found = left_.find(key);
    const T* value = found == left_.end() ? nullptr : std::get_if<T>(&found->second);
    if (value == nullptr) throw refusal(key, expected, found == left_.end() ? "nothing" : "another type");
    const T taken = *value;
    left_.erase(found);
    return taken;
  }

  double rate(const std::string& key) {
    const auto number = take<double>(key, "a finite number above 0");
    if (!(number > 0) || std::isinf(number)) throw refusal(key, "a finite number above 0", "another number");
    return number;
  }

  int64_t count(const std::string& key) {
    constexpr double kMostSteps = 9007199254740991;  // 2^53 - 1, the largest safe integer of JavaScript
    const auto number = take<double>(key, "a whole number above 0");
    if (!(number >= 1 && number <= kMostSteps) || number != std::trunc(number))
      throw refusal(key, "a whole number above 0", "another number");
    return static_cast<int64_t>(number);
  }

  /** Copies the stored tensor into `state`. */
  void assignTo(const at::Tensor& state, const std::string& key) {
    const auto stored = take<at::Tensor>(key, "a tensor");
    if (stored.sizes() != state.sizes()) {
      throw shapeError("Expected shape " + c10::str(state.sizes()) + " for " + key + " but received " +
                       c10::str(stored.sizes()));
    }
    if (stored.scalar_type() != state.scalar_type())
      throw refusal(key, "the dtype of the parameter", "another");
    if (!at::isfinite(stored).all().item<bool>())
      throw refusal(key, "finite numbers", "a NaN or an infinity");
    assign(state, stored);
  }

  void finish() const {
    if (left_.empty()) return;
    throw rangeError("Expected the state of this optimizer's parameters but received an entry " +
                     left_.begin()->first.substr(0, 80) + " besides");
  }

 private:
  static Error refusal(const std::string& key, const char* expected, const char* received) {
    return rangeError(std::string("Expected ") + expected + " for " + key + " but received " + received);
  }

  StateDict left_;
};

std::string groupKey(size_t group) { return "param_groups." + std::to_string(group) + ".lr"; }

std::string stateKey(size_t index, const std::string& name) {
  return "state." + std::to_string(index) + "." + name;
}

}  // namespace

StateDict Optimizer::stateDict() const {
  StateDict dict;
  for (size_t group = 0; group < groups_.size(); ++group) dict[groupKey(group)] = groups_[group].lr;
  const std::vector<std::string> names = stateNames();
  for (size_t index = 0; index < parameters_.size(); ++index) {
    const ParameterState& state = parameters_[index].state;
    if (names.empty() || state.steps == 0) continue;
    dict[stateKey(index, "step")] = static_cast<double>(state.steps);
    const at::Tensor* const tensors[] = {&state.first, &state.second};
    for (size_t i = 0; i < names.size(); ++i) dict[stateKey(index, names[i])] = *tensors[i];
  }
  return dict;
}

void Optimizer::loadStateDict(const StateDict& dict) {
  Reader reader(dict);
  const std::vector<std::string> names = stateNames();
  std::vector<double> rates;
  for (size_t group = 0; group < groups_.size(); ++group) rates.push_back(reader.rate(groupKey(group)));
  std::vector<ParameterState> states(parameters_.size());
  for (size_t index = 0; index < states.size(); ++index) {
    if (names.empty() || !reader.has(stateKey(index, "step"))) continue;
    OptimizedParameter read{parameters_[index].parameter, parameters_[index].group, {}};
    read.state.steps = reader.count(stateKey(index, "step"));
    makeState(&read);
    const at::Tensor* const tensors[] = {&read.state.first, &read.state.second};
    for (size_t i = 0; i < names.size(); ++i) reader.assignTo(*tensors[i], stateKey(index, names[i]));
    states[index] = std::move(read.state);
  }
  reader.finish();
  for (size_t group = 0; group < groups_.size(); ++group) groups_[group].lr = rates[group];
  for (size_t index = 0; index < states.size(); ++index) parameters_[index].state = std::move(states[index]);
}

}  // namespace imdb
