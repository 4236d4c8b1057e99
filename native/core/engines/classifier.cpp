#include "core/engines/classifier.h"

#include <numeric>
#include <string>
#include <utility>

#include "core/error.h"

namespace imdb {
namespace {

std::unique_ptr<Engine> makeEngine(const Layers& layers, Classifier::EngineKind kind) {
  const at::Tensor weight = layers.hidden->weight, outputWeight = layers.outputWeight();
  if (outputWeight.defined()) {
    if (weight.size(0) != outputWeight.size(1)) {
      throw shapeError("Expected an output layer for " + std::to_string(weight.size(0)) +
                       " hidden features but received one for " + std::to_string(outputWeight.size(1)));
    }
    if (weight.scalar_type() != outputWeight.scalar_type() || weight.device() != outputWeight.device()) {
      throw rangeError("Expected both layers to have the same dtype and device but received different ones");
    }
  }
  return kind == Classifier::EngineKind::fused ? makeFusedEngine(layers) : makeTorchEngine(layers);
}

}  // namespace

Classifier::Classifier(Layers layers, EngineKind kind)
    : layers_(std::move(layers)), kind_(kind), engine_(makeEngine(layers_, kind)) {}

at::Tensor Classifier::forward(const BagsPointer& bags, const Rows& rows) {
  checkBags(*bags);
  checkRows(*bags, rows);
  return engine_->forward(bags, rows);
}

std::vector<double> Classifier::trainBatches(const BagsPointer& bags, const Rows& rows,
                                             const TrainingOptions& options) {
  checkBags(*bags);
  checkLabels(*bags);
  checkRows(*bags, rows);
  checkLoss(options.loss);
  const auto batches = (static_cast<int64_t>(rows.size()) + options.batchSize - 1) / options.batchSize;
  if (options.lrFactors && static_cast<int64_t>(options.lrFactors->size()) != batches) {
    throw shapeError("Expected one of lrFactors for each of " + std::to_string(batches) +
                     " batches but received " + std::to_string(options.lrFactors->size()));
  }
  return engine_->trainBatches(dropped({rows, {bags, rows}, {bags, rows}}, options), options);
}

TrainingRows Classifier::dropped(TrainingRows data, const TrainingOptions& options) const {
  const bool dropsOutput = layers_.loraOutput != nullptr && layers_.loraOutput->dropsInTraining();
  if (options.inputDropout == 0 && !layers_.hidden->dropsInTraining() && !dropsOutput) return data;
  if (!options.dropoutSeed) {
    throw Error(ErrorKind::type, "ERR_ARG_TYPE",
                "Expected a dropoutSeed for what is dropped but received none; give each epoch another one");
  }
  const BagRows all = data.base;
  const auto drop = [&](const std::vector<Dropout>& dropouts) {
    if (dropouts.empty()) return all;
    Rows rows(all.rows.size());
    std::iota(rows.begin(), rows.end(), 0);
    return BagRows{std::make_shared<const Bags>(all.bags->withDropout(all.rows, dropouts)), rows};
  };
  std::vector<Dropout> dropouts;
  if (options.inputDropout > 0)
    dropouts.push_back({Dropout::Of::input, options.inputDropout, *options.dropoutSeed});
  data.base = data.branch = drop(dropouts);
  if (layers_.hidden->dropsInTraining()) {
    dropouts.push_back({Dropout::Of::branchInput, layers_.hidden->dropout, *options.dropoutSeed});
    data.branch = drop(dropouts);
  }
  return data;
}

Evaluation Classifier::evaluate(const BagsPointer& bags, int64_t start, int64_t end, LossForm loss) {
  checkBags(*bags);
  checkLabels(*bags);
  if (start < 0 || end > bags->length() || start > end) {
    throw rangeError("Expected 0 <= start <= end <= " + std::to_string(bags->length()) +
                     " but received start " + std::to_string(start) + " and end " + std::to_string(end));
  }
  Rows rows(end - start);
  std::iota(rows.begin(), rows.end(), start);
  return engine_->evaluate(bags, rows, loss);
}

Gradients Classifier::gradients(const BagsPointer& bags, const Rows& rows, const Loss& loss) {
  checkBags(*bags);
  checkLabels(*bags);
  checkRows(*bags, rows);
  checkLoss(loss);
  if (rows.empty()) throw rangeError("Expected at least one row but received none");
  return engine_->gradients(bags, rows, loss);
}

void Classifier::checkBags(const Bags& bags) const {
  if (bags.vocabularySize() != layers_.hidden->inFeatures()) {
    throw shapeError("Expected bags of a vocabulary of " + std::to_string(layers_.hidden->inFeatures()) +
                     " words but received bags of " + std::to_string(bags.vocabularySize()));
  }
}

void Classifier::checkLabels(const Bags& bags) const {
  if (bags.largestLabel() >= classes()) {
    throw rangeError("Expected labels in 0 .. " + std::to_string(classes() - 1) +
                     " but the bags have a label " + std::to_string(bags.largestLabel()));
  }
}

void Classifier::checkLoss(const Loss& loss) const {
  if (loss.isWeighted() && static_cast<int64_t>(loss.classWeights.size()) != classes()) {
    throw shapeError("Expected one of classWeights for each of " + std::to_string(classes()) +
                     " classes but received " + std::to_string(loss.classWeights.size()));
  }
}

void Classifier::checkRows(const Bags& bags, const Rows& rows) {
  for (const int64_t row : rows) {
    if (row < 0 || row >= bags.length()) {
      throw rangeError("Expected rows in 0 .. " + std::to_string(bags.length() - 1) + " but received " +
                       std::to_string(row));
    }
  }
}

}  // namespace imdb
