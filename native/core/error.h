#pragma once

#include <stdexcept>
#include <string>

namespace imdb {

/** The class of the JavaScript error: TypeError, RangeError or Error. */
enum class ErrorKind { type, range, state };

/** An error with the code that binding.d.ts documents. The message is one sentence for the user. */
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const char* code, const std::string& message)
      : std::runtime_error(message), kind(kind), code(code) {}

  const ErrorKind kind;
  const char* const code;
};

inline Error shapeError(const std::string& message) { return {ErrorKind::range, "ERR_SHAPE", message}; }
inline Error rangeError(const std::string& message) { return {ErrorKind::range, "ERR_ARG_RANGE", message}; }
inline Error stateError(const std::string& message) { return {ErrorKind::state, "ERR_STATE", message}; }

}  // namespace imdb
