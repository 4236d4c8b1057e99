#pragma once

#include <cstddef>
#include <vector>

namespace imdb {

/**
 * Asks the system to back memory that nobody has touched yet with huge pages, where it can: rows in random
 * order would else miss the processor's table of pages nearly every time, and each small page costs a fault.
 */
void adviseHugePages(void* memory, size_t bytes);

/** Reserves memory for `size` elements of an empty vector that will be read in random order. */
template <typename T>
void reserveHugePages(std::vector<T>* values, size_t size) {
  values->reserve(size);
  adviseHugePages(values->data(), values->capacity() * sizeof(T));
}

}  // namespace imdb
