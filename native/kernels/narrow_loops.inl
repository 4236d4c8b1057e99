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
struct AddToNarrowRows {
  T* table;
  const int32_t* ids;
  const int32_t* end;
  const float* values;
  const T* row;

  template <int kWidth>
  void run() const {
    constexpr int64_t kIdsAhead = 16;
    const float* value = values;
    for (const int32_t* id = ids; id < end; ++id) {
      if (id + kIdsAhead < end) __builtin_prefetch(table + int64_t{id[kIdsAhead]} * kWidth, 1);
      const T factor = value == nullptr ? T{1} : static_cast<T>(*value++);
      for (int r = 0; r < kWidth; ++r) table[int64_t{*id} * kWidth + r] += factor * row[r];
    }
  }
};

template <typename T>
void addToNarrowRows(T* table, int64_t width, const int32_t* ids, const int32_t* end, const float* values,
                     const T* row) {
  if (width == 1 && values == nullptr) {
    for (; ids < end; ++ids) table[*ids] += *row;
    return;
  }
  if (width < lanes<T>)
    return withTile<lanes<T> - 1>(width, AddToNarrowRows<T>{table, ids, end, values, row});
  for (; ids < end; ++ids) {
    const T value = values == nullptr ? T{1} : static_cast<T>(*values++);
    for (int64_t r = 0; r < width; ++r) table[*ids * width + r] += value * row[r];
  }
}

/** Copies the rows of some words side by side. */
template <typename T, int kWidth>
inline void gatherRows(T* rows, const T* table, const int32_t* words, int64_t count) {
  if (table == nullptr) return;
  for (int64_t g = 0; g < count; ++g) {
    for (int r = 0; r < kWidth; ++r) rows[g * kWidth + r] = table[int64_t{words[g]} * kWidth + r];
  }
}

/** Copies them back. */
template <typename T, int kWidth>
inline void scatterRows(const T* rows, T* table, const int32_t* words, int64_t count) {
  if (table == nullptr) return;
  for (int64_t g = 0; g < count; ++g) {
    for (int r = 0; r < kWidth; ++r) table[int64_t{words[g]} * kWidth + r] = rows[g * kWidth + r];
  }
}

template <typename T>
struct StepNarrowRows {
  Target<T> table;
  T* gradient;
  const int32_t* words;
  int64_t count;
  const StepRule<T>& rule;

  /** Copies rows side by side, so that the step works in whole vectors and the reads wait together. */
  template <int kWidth>
  void run() const {
    constexpr int64_t kWordsAtOnce = 16;
    T gradients[kWordsAtOnce * kWidth], value[kWordsAtOnce * kWidth], first[kWordsAtOnce * kWidth],
        second[kWordsAtOnce * kWidth];
    const Target<T> rows{value, table.first == nullptr ? nullptr : first,
                         table.second == nullptr ? nullptr : second};
    for (int64_t begin = 0; begin < count; begin += kWordsAtOnce) {
      const int64_t left = count - begin, size = left < kWordsAtOnce ? left : kWordsAtOnce;
      const int32_t* const own = words + begin;
      prefetchRows<kWidth>(own + size, left - size < kWordsAtOnce ? left - size : kWordsAtOnce);
      gatherRows<T, kWidth>(value, table.value, own, size);
      gatherRows<T, kWidth>(first, table.first, own, size);
      gatherRows<T, kWidth>(second, table.second, own, size);
      gatherRows<T, kWidth>(gradients, gradient, own, size);
      stepElements(rows, gradients, size * kWidth, rule);
      for (int64_t i = 0; i < size * kWidth; ++i) gradients[i] = 0;
      scatterRows<T, kWidth>(value, table.value, own, size);
      scatterRows<T, kWidth>(first, table.first, own, size);
      scatterRows<T, kWidth>(second, table.second, own, size);
      scatterRows<T, kWidth>(gradients, gradient, own, size);
    }
  }

  template <int kWidth>
  void prefetchRows(const int32_t* own, int64_t size) const {
    for (int64_t g = 0; g < size; ++g) {
      const int64_t place = int64_t{own[g]} * kWidth;
      __builtin_prefetch(table.value + place, 1);
      __builtin_prefetch(gradient + place, 1);
      if (table.first != nullptr) __builtin_prefetch(table.first + place, 1);
      if (table.second != nullptr) __builtin_prefetch(table.second + place, 1);
    }
  }
};

template <typename T>
void stepNarrowRows(Target<T> table, T* gradient, int64_t width, const int32_t* words, int64_t count,
                    const StepRule<T>& rule) {
  if (width < lanes<T>)
    return withTile<lanes<T> - 1>(width, StepNarrowRows<T>{table, gradient, words, count, rule});
  for (const int32_t* word = words; word < words + count; ++word) {
    T* const row = gradient + *word * width;
    stepElements(advance(table, *word * width), row, width, rule);
    for (int64_t r = 0; r < width; ++r) row[r] = 0;
  }
}
