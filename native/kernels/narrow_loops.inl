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

template <typename T, typename Visit>
struct ForEachElement {
  const T* table;
  int64_t stride;
  const int32_t* words;
  int64_t count;
  Visit visit;

  template <int kWidth>
  void run() const {
    constexpr int64_t kWordsAhead = 32;
    for (int64_t i = 0; i < count; ++i) {
      if (i + kWordsAhead < count) __builtin_prefetch(table + words[i + kWordsAhead] * stride, 1);
      for (int r = 0; r < kWidth; ++r) visit(i * kWidth + r, words[i] * stride + r);
    }
  }
};

/** Calls `visit(k, place)` for the elements of the words' rows: the k-th of all lies at `place` in the table.
 */
template <typename T, typename Visit>
inline void forEachElement(const T* table, int64_t stride, int64_t width, const int32_t* words, int64_t count,
                           Visit visit) {
  if (width < lanes<T>)
    return withTile<lanes<T> - 1>(width, ForEachElement<T, Visit>{table, stride, words, count, visit});
  for (int64_t i = 0; i < count; ++i) {
    for (int64_t r = 0; r < width; ++r) visit(i * width + r, words[i] * stride + r);
  }
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
