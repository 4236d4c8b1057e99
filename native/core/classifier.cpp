#include "core/classifier.h"

#include <numeric>
#include <string>
#include <utility>

#include "core/error.h"

namespace imdb {
namespace {

std::unique_ptr<Engine> makeEngine(const Layers& layers, Classifier::EngineKind kind) {
  const auto& [hidden, output] = layers;
  if (hidden->outFeatures() != output->inFeatures()) {
    throw shapeError("Expected an output layer for " + std::to_string(hidden->outFeatures()) +
                     " hidden features but received one for " + std::to_string(output->inFeatures()));
  }
  if (hidden->weight.scalar_type() != output->weight.scalar_type() ||
      hidden->weight.device() != output->weight.device()) {
    throw rangeError("Expected both layers to have the same dtype and device but received different ones");
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
  const auto batches = (static_cast<int64_t>(rows.size()) + options.batchSize - 1) / options.batchSize;
  if (!options.lrFactors.empty() && static_cast<int64_t>(options.lrFactors.size()) != batches) {
    throw shapeError("Expected one of lrFactors for each of " + std::to_string(batches) +
                     " batches but received " + std::to_string(options.lrFactors.size()));
  }
  return engine_->trainBatches(bags, rows, options);
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

Gradients Classifier::gradients(const BagsPointer& bags, const Rows& rows, LossForm loss) {
  checkBags(*bags);
  checkLabels(*bags);
  checkRows(*bags, rows);
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

void Classifier::checkRows(const Bags& bags, const Rows& rows) {
  for (const int64_t row : rows) {
    if (row < 0 || row >= bags.length()) {
      throw rangeError("Expected rows in 0 .. " + std::to_string(bags.length() - 1) + " but received " +
                       std::to_string(row));
    }
  }
}

}  // namespace imdb
