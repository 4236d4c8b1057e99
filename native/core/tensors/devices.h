#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

namespace imdb {

/** Returns "cpu", then "cuda:0", "cuda:1", ... */
std::vector<std::string> deviceNames();

/** @throws Error (ERR_ARG_RANGE) for a name that is not one of a device; (ERR_DEVICE) for a device that is
 * not there */
at::Device parseDevice(const std::string& name);

}  // namespace imdb
