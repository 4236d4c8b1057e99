/** Orders versions by their first three numbers; what follows those (`+cpu`, `a0`) does not count. */
export function compareVersions(a: string, b: string): number {
  return rankOf(a) - rankOf(b);
}

function rankOf(version: string): number {
  const [, major = 0, minor = 0, patch = 0] = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version) ?? [];
  return (Number(major) * 1e5 + Number(minor)) * 1e5 + Number(patch);
}
