#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace imdb::kernels {

/** A point where all threads of a team wait for each other: they spin for some microseconds, then sleep. */
class Barrier {
 public:
  explicit Barrier(int threads) : threads_(threads) {}
  void wait();

 private:
  const int threads_;
  std::atomic<int> arrived_{0};
  std::atomic<uint32_t> round_{0};
};

/** One thread of a team that runs a task. */
struct TeamThread {
  int index;
  int threads;
  Barrier& barrier;

  /** Returns this thread's share `[begin, end)` of `count` things, whose sizes differ by one at most. */
  std::pair<int64_t, int64_t> share(int64_t count) const {
    return {count * index / threads, count * (index + 1) / threads};
  }
};

/**
 * Threads that run one task together and keep their places for its duration. The caller is thread 0. The
 * others are started once and sleep between tasks. The team runs one task at a time; a second caller waits,
 * unless its task is for one thread.
 */
class ThreadTeam {
 public:
  static ThreadTeam& instance();

  /** Sets the number of threads, at least 1, for tasks that start from now on. */
  void resize(int threads);
  int threads() const { return threads_; }

  /** Runs `task` on min(threads, limit) threads and returns when all have. `task` must not throw. */
  void run(int limit, const std::function<void(const TeamThread&)>& task);

 private:
  ThreadTeam();
  void work(int index);

  std::atomic<int> threads_;
  std::mutex running_;

  std::mutex mutex_;
  std::condition_variable start_;
  std::condition_variable done_;
  const std::function<void(const TeamThread&)>* task_ = nullptr;
  Barrier* barrier_ = nullptr;
  int active_ = 0;
  int pending_ = 0;
  uint64_t taskNumber_ = 0;
  int workers_ = 0;
};

}  // namespace imdb::kernels
