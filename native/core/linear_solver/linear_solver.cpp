#include "core/linear_solver/linear_solver.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>

#include "core/error.h"
#include "kernels/thread_team.h"

namespace imdb {

LinearSolver::LinearSolver(std::shared_ptr<const Bags> bags, LinearSolverOptions options)
    : problem_(std::move(bags), std::move(options)), fitted_(problem_.options().models.size()) {
  makeBlocks();
}

void LinearSolver::makeBlocks() {
  const auto& models = problem_.options().models;
  const int64_t threads = kernels::ThreadTeam::instance().threads();
  // A block takes as long as the slowest of its models, those of high cost: they are put together.
  std::vector<int64_t> numbers(models.size());
  std::iota(numbers.begin(), numbers.end(), 0);
  std::stable_sort(numbers.begin(), numbers.end(), [&](int64_t one, int64_t other) {
    const LinearModelSpec &a = models[one], &b = models[other];
    return std::tuple(a.rows, -a.cost, a.scale) < std::tuple(b.rows, -b.cost, b.scale);
  });
  // Few models are spread over the threads.
  const int64_t most = std::clamp((static_cast<int64_t>(models.size()) + threads - 1) / threads, int64_t{1},
                                  kernels::kLinearLanes);
  for (size_t begin = 0; begin < numbers.size();) {
    size_t end = begin + 1;
    while (end < numbers.size() && end < begin + most &&
           models[numbers[end]].rows == models[numbers[begin]].rows)
      ++end;
    blocks_.push_back(std::make_unique<LinearModels>(
        &problem_, std::vector<int64_t>(numbers.begin() + begin, numbers.begin() + end)));
    begin = end;
  }
  // The long ones first, so that no thread is left with one in the end.
  std::stable_sort(blocks_.begin(), blocks_.end(),
                   [](const auto& one, const auto& other) { return one->cost() > other->cost(); });
}

int64_t LinearSolver::run(double milliseconds) {
  const auto time = std::chrono::duration<double, std::milli>(std::min(milliseconds, 1e9));
  const auto deadline =
      LinearModels::Clock::now() + std::chrono::duration_cast<LinearModels::Clock::duration>(time);
  Blocks unfinished;
  std::exception_ptr failure;
  const auto limit = static_cast<int>(std::min<size_t>(blocks_.size(), 1 << 10));
  if (limit > 0) {
    kernels::ThreadTeam::instance().run(limit, [&](const kernels::TeamThread&) {
      try {
        work(deadline, &unfinished);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(mutex_);
        failure = std::current_exception();
      }
    });
  }
  for (; !unfinished.empty(); unfinished.pop_back()) blocks_.push_front(std::move(unfinished.back()));
  if (failure) std::rethrow_exception(failure);
  return std::count_if(fitted_.begin(), fitted_.end(), [](const auto& model) { return model.isDone; });
}

void LinearSolver::work(LinearModels::Clock::time_point deadline, Blocks* unfinished) {
  while (auto block = takeBlock()) {
    const auto keep = [&] {
      const std::lock_guard<std::mutex> lock(mutex_);
      unfinished->push_back(std::move(block));
    };
    try {
      if (block->run(deadline)) {
        block->finish(&fitted_);
      } else {
        keep();
      }
    } catch (...) {
      keep();
      throw;
    }
    if (LinearModels::Clock::now() >= deadline) return;
  }
}

std::unique_ptr<LinearModels> LinearSolver::takeBlock() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (blocks_.empty()) return nullptr;
  auto block = std::move(blocks_.front());
  blocks_.pop_front();
  return block;
}

const FittedModel& LinearSolver::fitted(int64_t model) const {
  if (fitted_[model].isDone) return fitted_[model];
  throw stateError("Expected a model that is fitted but model " + std::to_string(model) +
                   " is not yet; call run until it returns the number of models");
}

int64_t LinearSolver::bytes() const {
  int64_t bytes = problem_.bytes();
  for (const auto& block : blocks_) bytes += block->bytes();
  for (const auto& model : fitted_) bytes += bytesOf(model.weights, model.scores);
  return bytes;
}

}  // namespace imdb
