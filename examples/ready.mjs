/** Ends with exit code 0 when the service on this machine is ready, for images that have no curl: node ready.mjs */
const { PORT = '8080', PREFIX = '' } = process.env;
const answer = await fetch(`http://127.0.0.1:${PORT}${PREFIX}/readyz`).catch(() => null);
process.exitCode = answer?.ok === true ? 0 : 1;
