#pragma once

#include <cstdint>

namespace imdb {

/** A dropout of one of the inputs in training; see TrainBatchesOptions in binding.d.ts. */
struct Dropout {
  enum class Of { input, branchInput, outputBranchInput };

  Of what;
  double probability;
  uint64_t seed;
};

/**
 * The draws for the entries of one bag. They follow from the seed, from what is dropped, and from the numbers
 * of the bag and of the entry in it, whatever the order in which they are asked for (a counter-based
 * generator, Salmon et al. 2011); the numbers are those of SplitMix64 (Steele, Lea & Flood 2014).
 */
class DropoutDraws {
 public:
  DropoutDraws(const Dropout& dropout, int64_t bag)
      : threshold_(static_cast<uint64_t>(dropout.probability * kTwoTo64)),
        start_(mix(mix(dropout.seed + static_cast<uint64_t>(dropout.what) * kGoldenGamma) +
                   static_cast<uint64_t>(bag))) {}

  bool keeps(int64_t entry) const { return mix(start_ + (entry + 1) * kGoldenGamma) >= threshold_; }

 private:
  static constexpr double kTwoTo64 = 18446744073709551616.0;
  static constexpr uint64_t kGoldenGamma = 0x9e3779b97f4a7c15;

  static uint64_t mix(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  }

  uint64_t threshold_;
  uint64_t start_;
};

}  // namespace imdb
