#pragma once

#include <memory>
#include <vector>

#include "core/engines/engine.h"

namespace imdb {

/** A model with the engine that computes it, whose arguments it checks. See binding.d.ts. */
class Classifier {
 public:
  enum class EngineKind { torch, fused };

  /** @throws Error (ERR_SHAPE, ERR_ARG_RANGE) for layers that do not fit together or the engine */
  Classifier(Layers layers, EngineKind kind);

  at::Tensor forward(const BagsPointer& bags, const Rows& rows);
  std::vector<double> trainBatches(const BagsPointer& bags, const Rows& rows, const TrainingOptions& options);
  Evaluation evaluate(const BagsPointer& bags, int64_t start, int64_t end, LossForm loss);
  Gradients gradients(const BagsPointer& bags, const Rows& rows, const Loss& loss);

  EngineKind kind() const { return kind_; }
  int64_t classes() const { return layers_.classes(); }
  int64_t bytes() const { return engine_->bytes(); }

 private:
  /** Applies dropout to the bags. @throws Error (ERR_ARG_TYPE) for dropout without a seed */
  TrainingRows dropped(TrainingRows data, const TrainingOptions& options) const;
  void checkBags(const Bags& bags) const;
  void checkLabels(const Bags& bags) const;
  void checkLoss(const Loss& loss) const;
  static void checkRows(const Bags& bags, const Rows& rows);

  const Layers layers_;
  const EngineKind kind_;
  const std::unique_ptr<Engine> engine_;
};

}  // namespace imdb
