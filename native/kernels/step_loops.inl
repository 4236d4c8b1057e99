// One step of an optimizer over elements. Part of loops.inl.

template <typename T>
inline Target<T> advance(Target<T> target, int64_t elements) {
  return {target.value + elements, target.first == nullptr ? nullptr : target.first + elements,
          target.second == nullptr ? nullptr : target.second + elements};
}

inline float squareRoot(float x) { return __builtin_sqrtf(x); }
inline double squareRoot(double x) { return __builtin_sqrt(x); }

template <typename T>
inline Vector<T> squareRoots(Vector<T> x) {
  for (int64_t i = 0; i < lanes<T>; ++i) x[i] = squareRoot(x[i]);
  return x;
}

/** Takes one step of a vector; see StepRule. */
template <typename T, typename StepRule<T>::Kind kKind>
inline void stepVector(const StepRule<T>& rule, Target<T> target, Vector<T> gradient) {
  using Kind = typename StepRule<T>::Kind;
  if constexpr (kKind == Kind::plain) {
    store(target.value, load(target.value) - rule.rate * gradient);
    return;
  }
  const Vector<T> value = rule.shrink * load(target.value);
  if (rule.weightDecay != 0) gradient += rule.weightDecay * value;
  if constexpr (kKind == Kind::sgd) {
    store(target.value, value - rule.rate * gradient);
  } else if constexpr (kKind == Kind::momentum) {
    const Vector<T> first = rule.momentum * load(target.first) + rule.gradientShare * gradient;
    store(target.first, first);
    store(target.value, value - rule.rate * (rule.nesterov ? gradient + rule.momentum * first : first));
  } else {
    const Vector<T> old = load(target.first);
    const Vector<T> first = old + rule.gradientShare * (gradient - old);
    const Vector<T> second =
        rule.squareDecay * load(target.second) + rule.squareShare * (gradient * gradient);
    store(target.first, first);
    store(target.second, second);
    store(target.value,
          value - rule.rate * first / (rule.squareScale * squareRoots<T>(second) + rule.epsilon));
  }
}

/** Steps whole vectors, the last filled up with zeros. */
template <typename T, typename StepRule<T>::Kind kKind>
void stepElementsBy(const StepRule<T>& rule, Target<T> target, const T* gradient, int64_t count) {
  constexpr int64_t kLanes = lanes<T>;
  int64_t c = 0;
  for (; c + kLanes <= count; c += kLanes) {
    stepVector<T, kKind>(rule, advance(target, c), gradient == nullptr ? Vector<T>{} : load(gradient + c));
  }
  if (c == count) return;
  T value[kLanes] = {}, first[kLanes] = {}, second[kLanes] = {}, rest[kLanes] = {};
  const Target<T> padded{value, first, second}, tail = advance(target, c);
  const auto copy = [&](Target<T> from, Target<T> to) {
    for (int64_t i = 0; i < count - c; ++i) {
      to.value[i] = from.value[i];
      if (tail.first != nullptr) to.first[i] = from.first[i];
      if (tail.second != nullptr) to.second[i] = from.second[i];
    }
  };
  copy(tail, padded);
  for (int64_t i = 0; i < count - c; ++i) rest[i] = gradient == nullptr ? T{0} : gradient[c + i];
  stepVector<T, kKind>(rule, padded, load(rest));
  copy(padded, tail);
}

template <typename T>
void stepElements(Target<T> target, const T* gradient, int64_t count, const StepRule<T>& rule) {
  using Kind = typename StepRule<T>::Kind;
  switch (rule.kind) {
    case Kind::plain:
      return stepElementsBy<T, Kind::plain>(rule, target, gradient, count);
    case Kind::sgd:
      return stepElementsBy<T, Kind::sgd>(rule, target, gradient, count);
    case Kind::momentum:
      return stepElementsBy<T, Kind::momentum>(rule, target, gradient, count);
    case Kind::adam:
      return stepElementsBy<T, Kind::adam>(rule, target, gradient, count);
  }
}
