// Loops over tables whose rows are a few numbers. Part of loops.inl.

/** Calls f.template operator()<N>() with N = `width` where a row is narrower than a vector, so that the loops
 * over it are unrolled; else with N = 0. */
template <typename T, typename F>
inline void withWidth(int64_t width, const F& f) {
  if (width < lanes<T>) return withTile<lanes<T> - 1>(width, f);
  f.template operator()<0>();
}

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
  withWidth<T>(width, [=]<int kWidth>() {
    constexpr int64_t kIdsAhead = 16;
    const int64_t columns = kWidth > 0 ? kWidth : width;
    T registers[kWidth + 1] = {};
    T* const sum = kWidth > 0 ? registers : out;
    for (int64_t r = 0; kWidth == 0 && r < columns; ++r) sum[r] = 0;
    const float* value = values;
    for (const int32_t* id = ids; id < end; ++id) {
      if (id + kIdsAhead < end) __builtin_prefetch(table + int64_t{id[kIdsAhead]} * columns);
      const T factor = value == nullptr ? T{1} : static_cast<T>(*value++);
      for (int64_t r = 0; r < columns; ++r) sum[r] += factor * table[int64_t{*id} * columns + r];
    }
    for (int64_t r = 0; kWidth > 0 && r < columns; ++r) out[r] = sum[r];
  });
}

template <typename T>
void scatterAddRows(T* table, int64_t width, const int32_t* ids, const int32_t* end, const float* values,
                    const T* row) {
  if (width == 1 && values == nullptr) {
    for (; ids < end; ++ids) table[*ids] += *row;
    return;
  }
  withWidth<T>(width, [=]<int kWidth>() {
    constexpr int64_t kIdsAhead = 16;
    const int64_t columns = kWidth > 0 ? kWidth : width;
    const float* value = values;
    for (const int32_t* id = ids; id < end; ++id) {
      if (id + kIdsAhead < end) __builtin_prefetch(table + int64_t{id[kIdsAhead]} * columns, 1);
      const T factor = value == nullptr ? T{1} : static_cast<T>(*value++);
      for (int64_t r = 0; r < columns; ++r) table[int64_t{*id} * columns + r] += factor * row[r];
    }
  });
}

/** Calls `visit(k, place)` for the elements of the words' rows: the k-th of all lies at `place` in the table.
 */
template <typename T, typename Visit>
inline void forEachElement(const T* table, int64_t stride, int64_t width, const int32_t* words, int64_t count,
                           Visit visit) {
  withWidth<T>(width, [=]<int kWidth>() {
    constexpr int64_t kWordsAhead = 32;
    const int64_t columns = kWidth > 0 ? kWidth : width;
    for (int64_t i = 0; i < count; ++i) {
      if (i + kWordsAhead < count) __builtin_prefetch(table + words[i + kWordsAhead] * stride, 1);
      for (int64_t r = 0; r < columns; ++r) visit(i * columns + r, words[i] * stride + r);
    }
  });
}

template <typename T>
void gatherRows(T* rows, const T* table, int64_t stride, int64_t width, const int32_t* words, int64_t count) {
  forEachElement(table, stride, width, words, count,
                 [=](int64_t k, int64_t place) { rows[k] = table[place]; });
}

template <typename T>
void scatterRows(const T* rows, T* table, int64_t stride, int64_t width, const int32_t* words,
                 int64_t count) {
  forEachElement(table, stride, width, words, count,
                 [=](int64_t k, int64_t place) { table[place] = rows[k]; });
}
