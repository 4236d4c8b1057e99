#pragma once

#include <napi.h>

#include <memory>
#include <string>

#include "core/optimizers/optimizer.h"

namespace imdb {

/** An object of any of the optimizers' classes. */
std::shared_ptr<Optimizer> readOptimizer(const Napi::Value& value, const std::string& name);

/** Tells V8 how much the optimizer behind `value` has grown: its state is made by its first step. */
void reportOptimizerBytes(const Napi::Value& value);

}  // namespace imdb
