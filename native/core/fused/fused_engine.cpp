#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "core/engines/engine.h"
#include "core/error.h"
#include "core/fused/fused_training.h"
#include "core/tensors/huge_pages.h"
#include "core/tensors/shared_memory.h"
#include "kernels/thread_team.h"

namespace imdb {
namespace {

using kernels::TeamThread;
using kernels::ThreadTeam;

/** x W^T + b of every bag of one data set, which is valid while W and b stay what they are. */
template <typename T>
struct CachedPreactivations {
  std::weak_ptr<const Bags> bags;
  UninitializedVector<T> values;  // [bags, stride]
};

/** The CPU kernels of this package, in one precision. */
template <typename T>
class FusedEngine final : public Engine {
 public:
  explicit FusedEngine(Layers layers) : layers_(std::move(layers)) {}

  at::Tensor forward(const BagsPointer& bags, const Rows& rows) override {
    at::Tensor logits = at::empty({static_cast<int64_t>(rows.size()), layers_.classes()},
                                  layers_.hidden->weight.options().requires_grad(false));
    const FusedForward<T> forward = forwardOver(bags, rowsAtOnce(rows));
    T* const values = logits.mutable_data_ptr<T>();
    ThreadTeam::instance().run(
        std::min(forward.split.threadLimit(), threadsWorthwhile(*bags, rows, forward.model.stride)),
        [&](const TeamThread& thread) { forward.logits(thread, rows, values); });
    return logits;
  }

  std::vector<double> trainBatches(const TrainingRows& data, const TrainingOptions& options) override {
    const auto count = static_cast<int64_t>(data.rows.size());
    if (count == 0) return {};
    const int64_t batchSize = std::min(options.batchSize, count);
    const std::array<OptimizedParameter*, kParameters> trained = trainedBy(&options.optimizer);
    TrainingPlan<T> plan = planOf(trained, options, (count + batchSize - 1) / batchSize);
    std::vector<double> losses = train(data, std::move(plan), options.loss, batchSize);
    const bool stopped = !losses.empty() && !std::isfinite(losses.back());
    const auto steps = static_cast<int64_t>(losses.size()) - (stopped ? 1 : 0);
    for (OptimizedParameter* own : trained) {
      if (own == nullptr) continue;
      own->state.steps += steps;
      // Autograd and the cached preactivations watch this counter, and raw pointers do not move it.
      own->parameter.unsafeGetTensorImpl()->bump_version();
    }
    return losses;
  }

  Evaluation evaluate(const BagsPointer& bags, const Rows& rows, LossForm loss) override {
    std::vector<T> losses(rows.size());
    std::vector<uint8_t> correct(rows.size());
    const FusedForward<T> forward = forwardOver(bags, kRowsAtOnce);
    run(forward, [&](const TeamThread& thread) {
      forward.evaluate(thread, rows, loss, losses.data(), correct.data());
    });
    return {std::accumulate(losses.begin(), losses.end(), 0.0),
            std::accumulate(correct.begin(), correct.end(), int64_t{0}), static_cast<int64_t>(rows.size())};
  }

  Gradients gradients(const BagsPointer& bags, const Rows& rows, const Loss& loss) override {
    const Placement placement{layers_.hidden->weight.scalar_type(), at::kCPU};
    const auto& hidden = layers_.hidden;
    const int64_t in = hidden->inFeatures(), out = hidden->outFeatures(), classes = layers_.classes();
    const auto like = [&](const at::Tensor& parameter, auto make) {
      return parameter.defined() && parameter.requires_grad() ? make() : at::Tensor();
    };
    Gradients result;
    result.weight = like(hidden->weight, [&] { return wordTable(out, in, placement); });
    result.bias = like(hidden->bias, [&] { return paddedVector(out, placement); });
    result.up = like(hidden->up, [&] { return paddedColumnMatrix(out, hidden->rank(), placement); });
    result.down = like(hidden->down, [&] {
      return at::zeros({in, hidden->rank()}, hidden->down.options()).t();
    });
    result.outputWeight = like(layers_.outputWeight(), [&] { return paddedMatrix(classes, out, placement); });
    result.outputBias = like(layers_.outputBias(), [&] { return paddedVector(classes, placement); });
    const TrainingRows data{rows, {bags, rows}, {bags, rows}};
    const auto batchSize = std::max<int64_t>(static_cast<int64_t>(rows.size()), 1);
    result.loss = train(data, planOfGradients(result), loss, batchSize).at(0);
    return result;
  }

  int64_t bytes() const override {
    int64_t bytes = forwardBuffers_.bytes() + trainingBuffers_.bytes();
    for (const auto& cached : cached_) bytes += static_cast<int64_t>(cached.values.size() * sizeof(T));
    return bytes;
  }

 private:
  /** The number of examples that are evaluated between two barriers. */
  static constexpr int64_t kRowsAtOnce = 256;

  /** Returns the size of the batches in which `rows` are evaluated. */
  static int64_t rowsAtOnce(const Rows& rows) {
    return std::clamp<int64_t>(static_cast<int64_t>(rows.size()), 1, kRowsAtOnce);
  }

  /** Returns the number of threads that have so much to multiply that waking them takes less time. */
  static int threadsWorthwhile(const Bags& bags, const Rows& rows, int64_t stride) {
    constexpr int64_t kProductsPerThread = 1 << 17, kMostThreads = 1 << 10;
    int64_t products = 0;
    for (const int64_t row : rows) products += bags.size(row) * stride;
    return static_cast<int>(std::min(kMostThreads, 1 + products / kProductsPerThread));
  }

  template <typename Task>
  static void run(const FusedForward<T>& forward, const Task& task) {
    ThreadTeam::instance().run(forward.split.threadLimit(), task);
  }

  FusedForward<T> forwardOver(const BagsPointer& bags, int64_t batchSize) {
    if (layers_.hidden->loraEnabled && layers_.hidden->magnitude.defined())
      throw stateError("Expected a LoRA branch without DoRA for the fused engine; use the torch engine");
    return {FusedModel<T>(layers_), bags, cachedFor(bags), batchSize, &forwardBuffers_};
  }

  /** Returns the loss of each batch. */
  std::vector<double> train(const TrainingRows& data, TrainingPlan<T> plan, const Loss& loss,
                            int64_t batchSize) {
    const FusedForward<T> forward = forwardOver(data.base.bags, batchSize);
    FusedTraining<T> training(forward, std::move(plan), data, loss, &trainingBuffers_);
    run(forward, [&](const TeamThread& thread) { training.run(thread); });
    return training.losses();
  }

  /** Returns the parameters by ParameterIndex; null for those that `optimizer` does not train. */
  std::array<OptimizedParameter*, kParameters> trainedBy(Optimizer* optimizer) const {
    const LoraLinear& hidden = *layers_.hidden;
    const std::array<at::Tensor, kParameters> parameters = {
        hidden.weight, hidden.bias, hidden.up, hidden.down, layers_.outputWeight(), layers_.outputBias()};
    std::array<OptimizedParameter*, kParameters> trained{};
    for (size_t i = 0; i < kParameters; ++i) {
      const at::Tensor& parameter = parameters[i];
      // The branch has no gradient while it is off.
      const bool reached = (i != kUp && i != kDown) || hidden.loraEnabled;
      if (reached && parameter.defined() && parameter.requires_grad())
        trained[i] = optimizer->find(parameter);
      if (trained[i] != nullptr) optimizer->makeState(trained[i]);
    }
    return trained;
  }

  static TrainingPlan<T> planOf(const std::array<OptimizedParameter*, kParameters>& trained,
                                const TrainingOptions& options, int64_t batches) {
    const Optimizer& optimizer = options.optimizer;
    TrainingPlan<T> plan{{}, {}, {}, optimizer.movesBatchWordsOnly(), options.maxGradNorm};
    plan.rules.resize(batches);
    for (size_t i = 0; i < kParameters; ++i) {
      const OptimizedParameter* const own = trained[i];
      if (own == nullptr) continue;
      using Model = FusedModel<T>;
      plan.targets[i] = {Model::pointer(own->parameter), Model::pointer(own->state.first),
                         Model::pointer(own->state.second)};
      if (own->state.first.dim() == 2) plan.stateStrides[i] = own->state.first.stride(1);
      for (int64_t batch = 0; batch < batches; ++batch) {
        const ParameterGroup group = optimizer.groupOf(*own, options.lrFactor(batch));
        const int64_t step = own->state.steps + 1 + batch;
        plan.rules[batch][i] = kernels::StepRule<T>(
            i == kWeight || i == kDown ? optimizer.wordsRule(group, step) : optimizer.rule(group, step));
      }
    }
    return plan;
  }

  /** Plans one step from 0, which leaves the gradient. */
  TrainingPlan<T> planOfGradients(const Gradients& gradients) const {
    TrainingPlan<T> plan{{}, {}, std::vector<typename TrainingPlan<T>::Rules>(1), false, {}};
    plan.rules.front().fill(kernels::StepRule<T>::gradient());
    const std::array<at::Tensor, kParameters> tensors = {gradients.weight,       gradients.bias,
                                                         gradients.up,           gradients.down,
                                                         gradients.outputWeight, gradients.outputBias};
    for (size_t i = 0; i < kParameters; ++i) plan.targets[i].value = FusedModel<T>::pointer(tensors[i]);
    // The branch has no gradient while it is off.
    if (!layers_.hidden->loraEnabled) plan.targets[kUp] = plan.targets[kDown] = {};
    return plan;
  }

  /** Returns the cached x W^T + b of `bags`; null while the base may change or LoRA is off. */
  const T* cachedFor(const BagsPointer& bags) {
    const auto& hidden = *layers_.hidden;
    const std::pair<int64_t, int64_t> versions{hidden.weight._version(), hidden.bias._version()};
    if (versions != cachedVersions_) cached_.clear();
    cachedVersions_ = versions;
    std::erase_if(cached_, [](const auto& cached) { return cached.bags.expired(); });
    if (!hidden.loraEnabled || hidden.baseTrainable() || isShared(hidden.weight)) return nullptr;
    for (const auto& cached : cached_) {
      if (cached.bags.lock() == bags) return cached.values.data();
    }
    FusedModel<T> base(layers_);  // x W^T + b alone
    base.lora = false;
    base.linear = true;
    cached_.push_back({bags, {}});
    UninitializedVector<T>& values = cached_.back().values;
    values.resize(bags->length() * base.stride);
    Rows all(bags->length());
    std::iota(all.begin(), all.end(), 0);
    const FusedForward<T> forward(base, bags, nullptr, kRowsAtOnce, &forwardBuffers_);
    run(forward, [&](const TeamThread& thread) { forward.hiddenLayer(thread, all, values.data()); });
    return values.data();
  }

  const Layers layers_;
  ForwardBuffers<T> forwardBuffers_;
  TrainingBuffers<T> trainingBuffers_;
  std::vector<CachedPreactivations<T>> cached_;
  std::pair<int64_t, int64_t> cachedVersions_;
};

}  // namespace

std::unique_ptr<Engine> makeFusedEngine(Layers layers) {
  const at::Tensor& weight = layers.hidden->weight;
  if (!weight.device().is_cpu()) {
    throw rangeError("Expected layers on the CPU for the fused engine but received layers on " +
                     weight.device().str() + "; use the torch engine");
  }
  if (layers.loraOutput != nullptr) {
    throw rangeError(
        "Expected a Linear or no output for the fused engine but received a LoraLinear; use the torch "
        "engine");
  }
  if (weight.scalar_type() == at::kDouble) return std::make_unique<FusedEngine<double>>(std::move(layers));
  return std::make_unique<FusedEngine<float>>(std::move(layers));
}

}  // namespace imdb
