#pragma once

#include <napi.h>

namespace imdb {

// Each function defines one class of binding.d.ts; `defineFunctions` defines all exports that are no classes.
void defineGenerator(Napi::Env env, Napi::Object exports);
void defineTensor(Napi::Env env, Napi::Object exports);
void defineBags(Napi::Env env, Napi::Object exports);
void defineLinear(Napi::Env env, Napi::Object exports);
void defineLoraLinear(Napi::Env env, Napi::Object exports);
void defineOptimizers(Napi::Env env, Napi::Object exports);
void defineClassifier(Napi::Env env, Napi::Object exports);
void defineLinearSolver(Napi::Env env, Napi::Object exports);
void defineFunctions(Napi::Env env, Napi::Object exports);

}  // namespace imdb
