#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "core/engine.h"
#include "core/error.h"
#include "core/fused_pass.h"
#include "core/huge_pages.h"
#include "kernels/thread_team.h"

namespace imdb {
namespace {

using kernels::Member;
using kernels::ThreadTeam;

/** x W^T + b of every bag of one data set, as long as W and b stay what they were. */
template <typename T>
struct KeptActivations {
  std::weak_ptr<const Bags> bags;
  std::vector<T> values;  // [bags, stride]
};

/** The CPU kernels of this package, in one precision. */
template <typename T>
class FusedEngine final : public Engine {
 public:
  explicit FusedEngine(Layers layers) : layers_(std::move(layers)) {}

  at::Tensor forward(const BagsPointer& bags, const Rows& rows) override {
    at::Tensor logits = at::empty({static_cast<int64_t>(rows.size()), layers_.output->outFeatures()},
                                  layers_.output->weight.options().requires_grad(false));
    FusedPass<T> pass = passOver(bags, LossForm::softmax, kRowsAtOnce);
    run(pass, [&](const Member& member) { pass.logits(member, rows, logits.mutable_data_ptr<T>()); });
    return logits;
  }

  std::vector<double> trainBatches(const BagsPointer& bags, const Rows& rows,
                                   const TrainingOptions& options) override {
    const Optimizer::Rule rule = options.optimizer.rule({{}, 1, 0}, 1);
    if (rule.kind != Optimizer::Rule::Kind::sgd || !options.lrFactors.empty() || options.maxGradNorm)
      throw stateError("Expected plain Sgd for the fused engine; use the torch engine");
    std::vector<double> losses;
    const StepTargets<T> step{targetsOf(&options.optimizer), static_cast<T>(options.optimizer.lr())};
    FusedPass<T> pass = passOver(bags, options.loss, std::min<int64_t>(options.batchSize, rows.size()));
    run(pass, [&](const Member& member) { pass.train(member, rows, step, &losses); });
    for (const at::Tensor* parameter : parameters()) {
      // Autograd and the kept activations watch this counter, and raw pointers do not move it.
      if (isTrained(*parameter, &options.optimizer)) parameter->unsafeGetTensorImpl()->bump_version();
    }
    return losses;
  }

  Evaluation evaluate(const BagsPointer& bags, const Rows& rows, LossForm loss) override {
    std::vector<T> losses(rows.size());
    std::vector<uint8_t> correct(rows.size());
    FusedPass<T> pass = passOver(bags, loss, kRowsAtOnce);
    run(pass, [&](const Member& member) { pass.evaluate(member, rows, losses.data(), correct.data()); });
    return {std::accumulate(losses.begin(), losses.end(), 0.0),
            std::accumulate(correct.begin(), correct.end(), int64_t{0}), static_cast<int64_t>(rows.size())};
  }

  Gradients gradients(const BagsPointer& bags, const Rows& rows, LossForm loss) override {
    const Placement placement{layers_.hidden->weight.scalar_type(), at::kCPU};
    const auto& [hidden, output] = layers_;
    const auto like = [&](const at::Tensor& parameter, auto make) {
      return parameter.requires_grad() ? make() : at::Tensor();
    };
    Gradients result;
    const int64_t in = hidden->inFeatures(), out = hidden->outFeatures(), classes = output->outFeatures();
    result.weight = like(hidden->weight, [&] { return paddedColumnMatrix(out, in, placement); });
    result.bias = like(hidden->bias, [&] { return paddedVector(out, placement); });
    result.A = like(hidden->A, [&] { return paddedColumnMatrix(out, hidden->rank(), placement); });
    result.B = like(hidden->B, [&] { return at::zeros({in, hidden->rank()}, hidden->B.options()).t(); });
    result.outputWeight = like(output->weight, [&] { return paddedMatrix(classes, out, placement); });
    result.outputBias = like(output->bias, [&] { return paddedVector(classes, placement); });
    using Model = FusedModel<T>;
    // A step from 0 with rate -1 leaves the gradient.
    const StepTargets<T> step{
        {Model::pointer(result.weight), Model::pointer(result.bias), loraPointer(result.A),
         loraPointer(result.B), Model::pointer(result.outputWeight), Model::pointer(result.outputBias)},
        T{-1}};
    std::vector<double> losses;
    FusedPass<T> pass = passOver(bags, loss, static_cast<int64_t>(rows.size()));
    run(pass, [&](const Member& member) { pass.train(member, rows, step, &losses); });
    result.loss = losses.at(0);
    return result;
  }

  int64_t bytes() const override {
    int64_t bytes = scratch_.bytes();
    for (const auto& kept : kept_) bytes += static_cast<int64_t>(kept.values.size() * sizeof(T));
    return bytes;
  }

 private:
  /** How many examples are evaluated between two barriers. */
  static constexpr int64_t kRowsAtOnce = 256;

  template <typename Task>
  static void run(const FusedPass<T>& pass, const Task& task) {
    ThreadTeam::instance().run(pass.memberLimit(), task);
  }

  FusedPass<T> passOver(const BagsPointer& bags, LossForm loss, int64_t batchSize) {
    if (layers_.hidden->loraEnabled && layers_.hidden->magnitude.defined())
      throw stateError("Expected a LoRA branch without DoRA for the fused engine; use the torch engine");
    return FusedPass<T>(FusedModel<T>(layers_), bags, loss, keptFor(bags), std::max<int64_t>(batchSize, 1),
                        &scratch_);
  }

  std::array<const at::Tensor*, 6> parameters() const {
    return {&layers_.hidden->weight, &layers_.hidden->bias,   &layers_.hidden->A,
            &layers_.hidden->B,      &layers_.output->weight, &layers_.output->bias};
  }

  static bool isTrained(const at::Tensor& parameter, Optimizer* optimizer) {
    return parameter.requires_grad() && optimizer->find(parameter) != nullptr;
  }

  /** The branch has no gradient while it is off. */
  T* loraPointer(const at::Tensor& tensor) const {
    return layers_.hidden->loraEnabled ? FusedModel<T>::pointer(tensor) : nullptr;
  }

  ParameterPointers<T> targetsOf(Optimizer* optimizer) const {
    const auto target = [&](const at::Tensor& parameter) {
      return isTrained(parameter, optimizer) ? parameter : at::Tensor();
    };
    using Model = FusedModel<T>;
    return {Model::pointer(target(layers_.hidden->weight)), Model::pointer(target(layers_.hidden->bias)),
            loraPointer(target(layers_.hidden->A)),         loraPointer(target(layers_.hidden->B)),
            Model::pointer(target(layers_.output->weight)), Model::pointer(target(layers_.output->bias))};
  }

  /** Kept activations of `bags`, computed where missing; null while the base may change or LoRA is off. */
  const T* keptFor(const BagsPointer& bags) {
    const auto& hidden = *layers_.hidden;
    const std::pair<int64_t, int64_t> versions{hidden.weight._version(), hidden.bias._version()};
    if (versions != keptVersions_) kept_.clear();
    keptVersions_ = versions;
    std::erase_if(kept_, [](const auto& kept) { return kept.bags.expired(); });
    if (!hidden.loraEnabled || hidden.baseTrainable()) return nullptr;
    for (const auto& kept : kept_) {
      if (kept.bags.lock() == bags) return kept.values.data();
    }
    const FusedModel<T> model(layers_);
    kept_.push_back({bags, {}});
    const size_t size = bags->length() * model.stride;
    reserveHugePages(&kept_.back().values, size);
    kept_.back().values.resize(size);
    FusedPass<T> pass(model, bags, LossForm::softmax, nullptr, 1, &scratch_);
    run(pass, [&](const Member& member) { pass.hiddenOfAll(member, kept_.back().values.data()); });
    return kept_.back().values.data();
  }

  const Layers layers_;
  FusedScratch<T> scratch_;
  std::vector<KeptActivations<T>> kept_;
  std::pair<int64_t, int64_t> keptVersions_;
};

}  // namespace

std::unique_ptr<Engine> makeFusedEngine(Layers layers) {
  const at::Tensor& weight = layers.hidden->weight;
  if (!weight.device().is_cpu()) {
    throw rangeError("Expected layers on the CPU for the fused engine but received layers on " +
                     weight.device().str() + "; use the torch engine");
  }
  if (weight.scalar_type() == at::kDouble) return std::make_unique<FusedEngine<double>>(std::move(layers));
  return std::make_unique<FusedEngine<float>>(std::move(layers));
}

}  // namespace imdb
