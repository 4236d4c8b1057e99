#include <napi.h>

#include "napi/exports.h"
#include "napi/object.h"

namespace {

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  auto* data = new imdb::EnvironmentData();
  env.SetInstanceData(data);
  data->isResizable = Napi::Persistent(
      env.RunScript("Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'resizable').get")
          .As<Napi::Function>());
  imdb::defineGenerator(env, exports);
  imdb::defineTensor(env, exports);
  imdb::defineBags(env, exports);
  imdb::defineLinear(env, exports);
  imdb::defineLoraLinear(env, exports);
  imdb::defineOptimizers(env, exports);
  imdb::defineClassifier(env, exports);
  imdb::defineLinearSolver(env, exports);
  imdb::defineFunctions(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(imdb_torch, initialize)
