#include "kernels/thread_team.h"

#include <algorithm>

namespace imdb::kernels {
namespace {

/** Waiting this long covers the differences between phases when each thread has a core; for longer waits the
 * scheduler is better. */
constexpr int kSpins = 4000;

inline void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

void Barrier::wait() {
  const uint32_t round = round_.load(std::memory_order_acquire);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads_) {
    arrived_.store(0, std::memory_order_relaxed);
    round_.store(round + 1, std::memory_order_release);
    round_.notify_all();
    return;
  }
  for (int spin = 0; spin < kSpins; ++spin) {
    if (round_.load(std::memory_order_acquire) != round) return;
    pause();
  }
  round_.wait(round, std::memory_order_acquire);
}

// The team is never destroyed: its threads sleep until the process ends, and joining them while Node unloads
// can deadlock.
ThreadTeam& ThreadTeam::instance() {
  static ThreadTeam* team = new ThreadTeam();
  return *team;
}

ThreadTeam::ThreadTeam() : threads_(std::max(1, static_cast<int>(std::thread::hardware_concurrency()))) {}

void ThreadTeam::resize(int threads) { threads_ = std::max(1, threads); }

void ThreadTeam::run(int limit, const std::function<void(const TeamThread&)>& task) {
  const int threads = std::clamp(limit, 1, static_cast<int>(threads_));
  Barrier barrier(threads);
  // Alone, a caller needs no team: those of other JavaScript threads run at the same time.
  if (threads == 1) return task(TeamThread{0, 1, barrier});
  const std::lock_guard<std::mutex> running(running_);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (; workers_ < threads - 1; ++workers_) std::thread(&ThreadTeam::work, this, workers_ + 1).detach();
    task_ = &task;
    barrier_ = &barrier;
    active_ = threads;
    pending_ = threads - 1;
    ++taskNumber_;
  }
  start_.notify_all();
  task(TeamThread{0, threads, barrier});
  std::unique_lock<std::mutex> lock(mutex_);
  done_.wait(lock, [this] { return pending_ == 0; });
}

void ThreadTeam::work(int index) {
  uint64_t seen = 0;
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    start_.wait(lock, [&] { return taskNumber_ != seen; });
    seen = taskNumber_;
    if (index >= active_) continue;
    const auto* task = task_;
    const TeamThread thread{index, active_, *barrier_};
    lock.unlock();
    (*task)(thread);
    lock.lock();
    if (--pending_ == 0) done_.notify_one();
  }
}

}  // namespace imdb::kernels
