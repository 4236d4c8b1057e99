// Loops over tables whose rows are a few numbers. Part of loops.inl.

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
