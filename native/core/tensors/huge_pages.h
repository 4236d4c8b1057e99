#pragma once

#include <cstddef>
#include <cstdint>
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

/** Makes room; what is there already stays, what is new is 0. */
template <typename T>
void reserveAtLeast(UninitializedVector<T>* values, int64_t size) {
  if (static_cast<int64_t>(values->size()) < size) values->resize(size, T{0});
}

/** Returns the bytes of the elements of some vectors. */
template <typename... Vectors>
int64_t bytesOf(const Vectors&... vectors) {
  return static_cast<int64_t>(((vectors.size() * sizeof(*vectors.data())) + ... + 0));
}

}  // namespace imdb
