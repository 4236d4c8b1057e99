#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <optional>

#include "core/data/bag_indices.h"
#include "core/tensors/parameter.h"

namespace imdb {

/** The shape of a new branch and how it starts. */
struct LoraOptions {
  enum class Initialization { notebook, kaiming, gaussian, pissa };

  /** Returns the factor of `up * down`: alpha / rank, or alpha / sqrt(rank) with rsLoRA. */
  double scale() const;

  int64_t rank;
  double alpha;
  bool useRslora = false;
  bool useDora = false;
  double dropout = 0;
  Initialization initialization = Initialization::notebook;
};

/** A branch that was trained elsewhere. */
struct LoraAdapter {
  at::Tensor down;  // [rank, in]
  at::Tensor up;    // [out, rank]
  double scale;
  at::Tensor magnitude;  // [out]; undefined: no DoRA
  double dropout = 0;
};

/** The parts of a layer that are there already. */
struct LoraParts {
  at::Tensor weight, bias, down, up;
  at::Tensor magnitude;  // undefined: no DoRA
  double alpha, scale, dropout;
  bool loraEnabled;
};

/**
 * A linear layer with a LoRA branch (Hu et al. 2021, arXiv 2106.09685), y = x W^T + b + scale * (x down^T)
 * up^T, or with DoRA (Liu et al. 2024, arXiv 2402.09353), as in PEFT 0.21 peft/tuners/lora; see binding.d.ts.
 */
class LoraLinear {
 public:
  /** @param generator none: all parameters are 0 */
  LoraLinear(int64_t inFeatures, int64_t outFeatures, const LoraOptions& lora, Placement placement,
             std::optional<at::Generator> generator);

  /** Makes a layer of `parts`, of which none is to be trained. */
  explicit LoraLinear(LoraParts parts);

  /** [n, in] -> [n, out]. @param branchInput what the branch sees after its dropout; undefined: the input */
  at::Tensor forward(const at::Tensor& input, const at::Tensor& branchInput = {}) const;
  /** The same for bags, the rows of a matrix that is mostly 0. */
  at::Tensor forward(const BagIndices& bags, const BagIndices* branchBags = nullptr) const;

  /** Returns what `merge` adds to W, [out, in]. */
  at::Tensor deltaWeight() const;
  /**
   * Adds `deltaWeight()` to W, switches the branch off and makes the base trainable. With a generator the
   * branch starts anew; without one the layer stays `merged()` until `unmerge()`.
   * @throws Error (ERR_NON_FINITE, ERR_STATE), before anything has changed
   */
  void merge(std::optional<at::Generator> generator);
  /** Undoes `merge`, bit by bit. @throws Error (ERR_STATE) */
  void unmerge();
  bool merged() const { return unmerged_.has_value(); }

  /** Starts a new branch on the present W, of zeros without a generator. @throws Error (ERR_STATE) */
  void initializeAdapter(const LoraOptions& lora, std::optional<at::Generator> generator);
  /** Puts a copy of `adapter` in the place of the branch. @throws Error (ERR_SHAPE, ERR_STATE) */
  void setAdapter(const LoraAdapter& adapter);

  /** @throws Error (ERR_STATE) for what lies on memory that threads share, before anything has changed */
  void setTrainable(bool base, bool lora);
  /** @throws Error (ERR_STATE) when a merged branch is to be switched on, which would count twice */
  void setLoraEnabled(bool enabled);

  bool dropsInTraining() const { return loraEnabled && dropout > 0; }
  bool baseTrainable() const { return weight.requires_grad() || bias.requires_grad(); }
  int64_t inFeatures() const { return weight.size(1); }
  int64_t outFeatures() const { return weight.size(0); }
  int64_t rank() const { return down.size(0); }
  int64_t bytes() const;

  // W, down and up are stored column by column, so that the numbers of one word lie together.
  at::Tensor weight;     // [out, in]
  at::Tensor bias;       // [out]
  at::Tensor down;       // [rank, in]
  at::Tensor up;         // [out, rank]
  at::Tensor magnitude;  // [out] with DoRA, else undefined
  double alpha;
  double scale;
  double dropout;
  bool loraEnabled = false;

 private:
  /** The state that `unmerge` restores. */
  struct Unmerged {
    at::Tensor weight;
    bool loraEnabled;
    struct {
      bool weight, bias, lora;
    } trainable;
  };

  /** Returns the norms of the rows of W + scale * up * down, [out]; constants in gradients, as DoRA proposes.
   */
  at::Tensor rowNorms() const;
  /** @param product x W^T without the bias, x being what the branch sees */
  at::Tensor addDora(const at::Tensor& base, const at::Tensor& product, const at::Tensor& branch) const;
  void allocateAdapter(int64_t rank, bool useDora);
  /** Sets DoRA's magnitudes to where they change nothing. */
  void resetMagnitude();
  void setLoraTrainable(bool trainable);
  void assertUnmerged() const;

  std::optional<Unmerged> unmerged_;
};

}  // namespace imdb
