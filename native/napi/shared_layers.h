#pragma once

#include <napi.h>

#include <memory>

#include "core/layers/linear.h"
#include "core/layers/lora_linear.h"

namespace imdb {

/** `share` and `fromShared` of both layers; see binding.d.ts. */
Napi::Value shareLinear(const Napi::CallbackInfo& info, const std::shared_ptr<Linear>& self);
Napi::Value shareLora(const Napi::CallbackInfo& info, const std::shared_ptr<LoraLinear>& self);
Napi::Value linearFromShared(const Napi::CallbackInfo& info);
Napi::Value loraFromShared(const Napi::CallbackInfo& info);

}  // namespace imdb
