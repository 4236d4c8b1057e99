// Loops over tables whose rows are a few numbers. Part of loops.inl.

template <typename T>
struct SumNarrowRows {
  const T* table;
  const int32_t* ids;
  const int32_t* end;
  const float* values;
  T* out;

  template <int kWidth>
  void run() const {
    constexpr int64_t kIdsAhead = 16;
    T sum[kWidth] = {};
    const float* value = values;
    for (const int32_t* id = ids; id < end; ++id) {
      if (id + kIdsAhead < end) __builtin_prefetch(table + int64_t{id[kIdsAhead]} * kWidth);
      const T factor = value == nullptr ? T{1} : static_cast<T>(*value++);
      for (int r = 0; r < kWidth; ++r) sum[r] += factor * table[int64_t{*id} * kWidth + r];
    }
    for (int r = 0; r < kWidth; ++r) out[r] = sum[r];
  }
};

template <typename T>
void sumNarrowRows(const T* table, int64_t width, const int32_t* ids, const int32_t* end, const float* values,
                   T* out) {
  if (width == 1 && values == nullptr) {
    // Four sums side by side: one alone would wait for each addition to finish.
    T sum[4] = {};
    for (; ids + 4 <= end; ids += 4) {
      for (int k = 0; k < 4; ++k) sum[k] += table[ids[k]];
    }
    for (; ids < end; ++ids) sum[0] += table[*ids];
    *out = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    return;
  }
  if (width < lanes<T>) return withTile<lanes<T> - 1>(width, SumNarrowRows<T>{table, ids, end, values, out});
  for (int64_t r = 0; r < width; ++r) out[r] = 0;
  for (; ids < end; ++ids) {
    const T value = values == nullptr ? T{1} : static_cast<T>(*values++);
    for (int64_t r = 0; r < width; ++r) out[r] += value * table[*ids * width + r];
  }
}

template <typename T>
void addToNarrowRows(T* table, int64_t width, const int32_t* ids, const int32_t* end, const float* values,
                     const T* row) {
  if (width == 1 && values == nullptr) {
    for (; ids < end; ++ids) table[*ids] += *row;
    return;
  }
  for (; ids < end; ++ids) {
    const T value = values == nullptr ? T{1} : static_cast<T>(*values++);
    for (int64_t r = 0; r < width; ++r) table[*ids * width + r] += value * row[r];
  }
}

/** Copies the rows of some words side by side, or back. */
template <typename T, int kWidth, bool kBack>
inline void copyRows(T* rows, T* table, const int32_t* words, int64_t count) {
  if (table == nullptr) return;
  for (int64_t g = 0; g < count; ++g) {
    T* const row = table + int64_t{words[g]} * kWidth;
    for (int r = 0; r < kWidth; ++r) {
      if constexpr (kBack) {
        row[r] = rows[g * kWidth + r];
      } else {
        rows[g * kWidth + r] = row[r];
      }
    }
  }
}

template <typename T>
struct UpdateNarrowRows {
  Target<T> table;
  const WordGroups& groups;
  const T* delta;
  int64_t deltaStride;
  const StepRule<T>& rule;

  /** Copies rows side by side, so that the step works in whole vectors and the reads wait together. */
  template <int kWidth>
  void run() const {
    constexpr int64_t kWordsAtOnce = 16;
    T gradient[kWordsAtOnce * kWidth], value[kWordsAtOnce * kWidth], first[kWordsAtOnce * kWidth],
        second[kWordsAtOnce * kWidth];
    const Target<T> rows{value, table.first == nullptr ? nullptr : first,
                         table.second == nullptr ? nullptr : second};
    for (int64_t begin = 0; begin < groups.count; begin += kWordsAtOnce) {
      const int64_t left = groups.count - begin, count = left < kWordsAtOnce ? left : kWordsAtOnce;
      const int32_t* const words = groups.words + begin;
      prefetchRows<kWidth>(words + count, left - count < kWordsAtOnce ? left - count : kWordsAtOnce);
      copyRows<T, kWidth, false>(value, table.value, words, count);
      copyRows<T, kWidth, false>(first, table.first, words, count);
      copyRows<T, kWidth, false>(second, table.second, words, count);
      for (int64_t g = 0; g < count; ++g) sumGradient<kWidth>(begin + g, gradient + g * kWidth);
      stepElements(rows, gradient, count * kWidth, rule);
      copyRows<T, kWidth, true>(value, table.value, words, count);
      copyRows<T, kWidth, true>(first, table.first, words, count);
      copyRows<T, kWidth, true>(second, table.second, words, count);
    }
  }

  template <int kWidth>
  void prefetchRows(const int32_t* words, int64_t count) const {
    for (int64_t g = 0; g < count; ++g) {
      const int64_t place = int64_t{words[g]} * kWidth;
      __builtin_prefetch(table.value + place);
      if (table.first != nullptr) __builtin_prefetch(table.first + place);
      if (table.second != nullptr) __builtin_prefetch(table.second + place);
    }
  }

  template <int kWidth>
  void sumGradient(int64_t group, T* gradient) const {
    Vector<T> sum = {};
    for (int32_t j = groups.starts[group]; j < groups.starts[group + 1]; ++j) {
      addRow<T, 1>(&sum, delta + groups.examples[j] * deltaStride,
                   groups.values == nullptr ? nullptr : groups.values + j);
    }
    for (int r = 0; r < kWidth; ++r) gradient[r] = sum[r];
  }
};

template <typename T>
void updateNarrowRows(Target<T> table, int64_t width, const WordGroups& groups, const T* delta,
                      int64_t deltaStride, const StepRule<T>& rule) {
  withTile<lanes<T> - 1>(width, UpdateNarrowRows<T>{table, groups, delta, deltaStride, rule});
}
