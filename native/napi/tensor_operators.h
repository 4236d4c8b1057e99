#pragma once

#include <vector>

#include "napi/object.h"

namespace imdb {

/** The methods of Tensor that compute a new tensor or look at all elements. */
std::vector<Member> tensorOperators();

}  // namespace imdb
