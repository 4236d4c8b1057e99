#pragma once

#include <vector>

#include "napi/object.h"

namespace imdb {

/** Returns the methods of Tensor that compute a new tensor or look at all elements. */
std::vector<Property> tensorOperators();

}  // namespace imdb
