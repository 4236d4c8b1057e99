#pragma once

#include <ATen/core/Tensor.h>

#include <memory>

namespace imdb {

/**
 * Returns a flat tensor on memory that JavaScript threads share. It is only read: no thread knows when
 * another computes with it.
 * @param owner keeps the memory alive; it is let go of on the thread that lets go of the last tensor
 */
at::Tensor tensorOverShared(void* memory, int64_t elements, at::ScalarType dtype,
                            std::shared_ptr<void> owner);

/** Whether a tensor lies on such memory. */
bool isShared(const at::Tensor& tensor);

/** @throws Error (ERR_STATE) for a tensor on such memory */
void assertOwnMemory(const at::Tensor& tensor);

}  // namespace imdb
