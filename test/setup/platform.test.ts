import { expect, test } from '@jest/globals';
import {
  currentPlatform,
  expectBuildable,
  expectFetchable,
  supportOf,
  type Platform,
} from '../../src/setup/platform.js';

const platforms: [Platform, ReturnType<typeof supportOf>, RegExp][] = [
  [{ os: 'linux', cpu: 'x64', libc: 'glibc' }, 'fetched', /never/],
  [{ os: 'linux', cpu: 'arm64', libc: 'glibc' }, 'fetched', /never/],
  [{ os: 'darwin', cpu: 'arm64', libc: null }, 'fetched', /never/],
  [
    { os: 'linux', cpu: 'x64', libc: 'musl' },
    'own libtorch',
    /this is Linux with musl, such as Alpine, on x64; .*glibc/,
  ],
  [{ os: 'linux', cpu: 'riscv64', libc: 'glibc' }, 'own libtorch', /Linux with glibc on riscv64; name a libtorch 2\.7/],
  [{ os: 'darwin', cpu: 'x64', libc: null }, 'own libtorch', /this is macOS on x64 \(an Intel Mac\); .*conda-forge/],
  [{ os: 'win32', cpu: 'x64', libc: null }, 'none', /this is Windows on x64; use WSL 2 or a container/],
  [{ os: 'freebsd', cpu: 'x64', libc: null }, 'none', /this is freebsd on x64; use a container/],
];

/** What is thrown; null when nothing is. */
function refusal(expectation: (platform: Platform) => void, platform: Platform): unknown {
  try {
    expectation(platform);
    return null;
  } catch (error) {
    return error;
  }
}

test.each(platforms)('when the platform is %j then it is told what it can have: %s', (platform, support, sentence) => {
  expect(supportOf(platform)).toBe(support);
  const told = { code: 'ERR_PLATFORM', exitCode: 3, message: expect.stringMatching(sentence) };
  const fetching = refusal(expectFetchable, platform);
  const building = refusal(expectBuildable, platform);
  if (support === 'fetched') expect(fetching).toBeNull();
  else expect(fetching).toMatchObject(told);
  if (support === 'none') expect(building).toMatchObject(told);
  else expect(building).toBeNull();
});

test('when this platform is asked for then it is the one that Node names', () => {
  const { os, cpu, libc } = currentPlatform();
  expect([os, cpu]).toEqual([process.platform, process.arch]);
  expect(libc === null).toBe(process.platform !== 'linux');
});
