#include "core/tensors/devices.h"

#include <ATen/Context.h>

#include <algorithm>

#include "core/error.h"

namespace imdb {

std::vector<std::string> deviceNames() {
  std::vector<std::string> names = {"cpu"};
  const int64_t cudaDevices = at::hasCUDA() ? at::detail::getCUDAHooks().deviceCount() : 0;
  for (int64_t index = 0; index < cudaDevices; ++index) names.push_back("cuda:" + std::to_string(index));
  return names;
}

at::Device parseDevice(const std::string& name) {
  const bool number =
      name.size() > 5 && name.size() < 9 && name.rfind("cuda:", 0) == 0 &&
      std::all_of(name.begin() + 5, name.end(), [](unsigned char c) { return c >= '0' && c <= '9'; });
  if (name != "cpu" && name != "cuda" && !number) {
    throw rangeError("Expected \"cpu\", \"cuda\" or \"cuda:N\" for device but received \"" +
                     name.substr(0, 40) + '"');
  }
  const std::string full = name == "cuda" ? "cuda:0" : name;
  const auto names = deviceNames();
  if (std::find(names.begin(), names.end(), full) == names.end()) {
    std::string there;
    for (const std::string& device : names) there += (there.empty() ? "" : ", ") + device;
    throw Error(ErrorKind::state, "ERR_DEVICE",
                "Expected a device that is here (" + there + ") but received \"" + name + '"');
  }
  return at::Device(full);
}

}  // namespace imdb
