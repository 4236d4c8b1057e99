/** Part of `npm run check`: Git tracks no file that a profiler, a crash or a training has left. */
import { trackedFiles } from './project.mjs';

const leftBehind = [
  /(^|\/)isolate-.*\.log$/,
  /\.(cpuprofile|heapprofile|heapsnapshot|trace|prof|gcda|gcno|onnx|tgz|log)$/,
  /(^|\/)(perf\.data(\.old)?|gmon\.out|callgrind\.out\..*|massif\.out\..*|core(\.\d+)?)$/,
  /(^|\/)(report|node_trace)\..*\.(json|log)$/,
  /(^|\/)(runs|coverage|node_modules|__pycache__)\//,
  /^(?!test\/fixtures\/).*\.(safetensors|pt|npy)$/,
];

const found = trackedFiles().filter((path) => leftBehind.some((pattern) => pattern.test(path)));
for (const path of found) console.error(`${path} is tracked but was left by a program; git rm --cached takes it out.`);
process.exitCode = found.length === 0 ? 0 : 1;
