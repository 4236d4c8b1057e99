#include "kernels/thread_team.h"

#include <algorithm>

namespace imdb::kernels {
namespace {

/** Longer than the phases between two barriers differ when each thread has a core; then the scheduler is
 * better. */
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

// Never destroyed: its threads sleep until the process ends, and joining them while Node unloads can
// deadlock.
ThreadTeam& ThreadTeam::instance() {
  static ThreadTeam* team = new ThreadTeam();
  return *team;
}

ThreadTeam::ThreadTeam() : threads_(std::max(1, static_cast<int>(std::thread::hardware_concurrency()))) {}

void ThreadTeam::resize(int threads) { threads_ = std::max(1, threads); }

void ThreadTeam::run(int limit, const std::function<void(const Member&)>& task) {
  const std::lock_guard<std::mutex> running(running_);
  const int members = std::clamp(limit, 1, static_cast<int>(threads_));
  Barrier barrier(members);
  if (members == 1) return task(Member{0, 1, barrier});
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (; workers_ < members - 1; ++workers_) std::thread(&ThreadTeam::work, this, workers_ + 1).detach();
    task_ = &task;
    barrier_ = &barrier;
    members_ = members;
    pending_ = members - 1;
    ++taskNumber_;
  }
  start_.notify_all();
  task(Member{0, members, barrier});
  std::unique_lock<std::mutex> lock(mutex_);
  done_.wait(lock, [this] { return pending_ == 0; });
}

void ThreadTeam::work(int index) {
  uint64_t seen = 0;
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    start_.wait(lock, [&] { return taskNumber_ != seen; });
    seen = taskNumber_;
    if (index >= members_) continue;
    const auto* task = task_;
    const Member member{index, members_, *barrier_};
    lock.unlock();
    (*task)(member);
    lock.lock();
    if (--pending_ == 0) done_.notify_one();
  }
}

}  // namespace imdb::kernels
