#pragma once

namespace imdb::kernels {

/**
 * Describes one step of one parameter as torch.optim takes it, with everything worked out that is the same
 * for all elements. An element p with gradient g and the state m, v becomes
 *
 *   plain:     p -= rate * g, and that is all; for the others first
 *   p = shrink * p;  g = g + weightDecay * p
 *   sgd:       p -= rate * g
 *   momentum:  m = momentum * m + gradientShare * g;  p -= rate * (nesterov ? g + momentum * m : m)
 *   adam:      m += gradientShare * (g - m);  v = squareDecay * v + squareShare * g * g
 *              p -= rate * m / (squareScale * sqrt(v) + epsilon)
 */
template <typename T>
struct StepRule {
  enum class Kind { plain, sgd, momentum, adam };

  StepRule() = default;
  /** Returns a rule whose step from 0 leaves the gradient. */
  static StepRule gradient() {
    StepRule rule;
    rule.rate = -1;
    return rule;
  }
  /** Converts a rule to another precision. */
  template <typename U>
  explicit StepRule(const StepRule<U>& other)
      : kind(static_cast<Kind>(other.kind)),
        nesterov(other.nesterov),
        rate(static_cast<T>(other.rate)),
        shrink(static_cast<T>(other.shrink)),
        weightDecay(static_cast<T>(other.weightDecay)),
        momentum(static_cast<T>(other.momentum)),
        gradientShare(static_cast<T>(other.gradientShare)),
        squareDecay(static_cast<T>(other.squareDecay)),
        squareShare(static_cast<T>(other.squareShare)),
        squareScale(static_cast<T>(other.squareScale)),
        epsilon(static_cast<T>(other.epsilon)) {}

  Kind kind = Kind::plain;
  bool nesterov = false;
  T rate = 0;
  T shrink = 1;
  T weightDecay = 0;
  T momentum = 0;
  T gradientShare = 1;
  T squareDecay = 0;
  T squareShare = 0;
  T squareScale = 1;
  T epsilon = 0;
};

/** Points to elements of a parameter and of its optimizer's state, laid out alike; null where there is none.
 */
template <typename T>
struct Target {
  T* value = nullptr;
  T* first = nullptr;
  T* second = nullptr;
};

}  // namespace imdb::kernels
