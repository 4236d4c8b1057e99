#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace imdb {

/**
 * Asks the system to back memory that has not been touched yet with huge pages, where it can: otherwise rows
 * in random order miss the processor's table of pages nearly every time, and each small page costs a fault.
 */
void adviseHugePages(void* memory, size_t bytes);

/** Gives a vector memory in huge pages and leaves it uninitialised: elements that `resize` adds have any
 * value. */
template <typename T>
struct HugePageAllocator : std::allocator<T> {
  T* allocate(size_t size) {
    T* const memory = std::allocator<T>::allocate(size);
    adviseHugePages(memory, size * sizeof(T));
    return memory;
  }

  template <typename Element>
  void construct(Element* element) {
    ::new (static_cast<void*>(element)) Element;
  }
};

template <typename T>
using UninitializedVector = std::vector<T, HugePageAllocator<T>>;

/** Reserves memory for `size` elements of an empty vector that will be read in random order. */
template <typename T>
void reserveHugePages(std::vector<T>* values, size_t size) {
  values->reserve(size);
  adviseHugePages(values->data(), values->capacity() * sizeof(T));
}

}  // namespace imdb
