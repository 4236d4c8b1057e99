import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { access, readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { download } from '../../src/system/download.js';
import { withTemporaryFolder } from '../helpers.js';

const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 8)) & 255));
const sha256 = createHash('sha256').update(content).digest('hex');
const half = content.length / 2;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(handler: Handler): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.tgz`;
}

/** Answers what asks for the whole with its first half, and ranges with these. */
function halfFirst(
  ranges: (string | undefined)[],
  then: (response: ServerResponse) => void = () => undefined,
): Handler {
  const good = ranged(ranges);
  return (request, response) => {
    if (request.headers.range !== undefined) {
      good(request, response);
      return;
    }
    response.writeHead(200, { etag: '"one"', 'content-length': content.length });
    response.write(content.subarray(0, half), () => {
      then(response);
    });
  };
}

/** Serves `content` as a good server does: strong ETag, ranges, If-Range. Notes each Range header. */
function ranged(ranges: (string | undefined)[], etag = '"one"'): Handler {
  return (request, response) => {
    ranges.push(request.headers.range);
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const resumes = start > 0 && request.headers['if-range'] === etag;
    const body = resumes ? content.subarray(start) : content;
    response.writeHead(resumes ? 206 : 200, {
      etag,
      'content-length': body.length,
      ...(resumes && { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` }),
    });
    response.end(body);
  };
}

async function leavePart(to: string, bytes: Buffer, version = '"one"'): Promise<void> {
  await writeFile(`${to}.part`, bytes);
  await writeFile(`${to}.part.version`, version);
}

async function expectWhole(folder: string): Promise<void> {
  expect((await readFile(join(folder, 'file'))).equals(content)).toBe(true);
  expect(await readdir(folder)).toEqual(['file']);
}

function inFolder(name: string, body: (folder: string, to: string) => Promise<void>): void {
  test(name, () => withTemporaryFolder((folder) => body(folder, join(folder, 'file'))));
}

inFolder('when nothing is there then the file is fetched whole and progress ends at its size', async (folder, to) => {
  const ranges: (string | undefined)[] = [];
  const seen: { received: number; total: number | null }[] = [];
  const url = await serve(ranged(ranges));
  await download({ url, sha256, to, onProgress: (progress) => seen.push(progress) });
  await expectWhole(folder);
  expect(ranges).toEqual([undefined]);
  expect(seen.at(-1)).toEqual({ received: content.length, total: content.length });
});

inFolder('when the file is there already then nothing is asked for', async (folder, to) => {
  const ranges: (string | undefined)[] = [];
  const url = await serve(ranged(ranges));
  await writeFile(to, content);
  await download({ url, sha256, to });
  await expectWhole(folder);
  expect(ranges).toEqual([]);
});

inFolder('when a part of the same version is there then only the rest is fetched', async (folder, to) => {
  const ranges: (string | undefined)[] = [];
  const seen: number[] = [];
  const url = await serve(ranged(ranges));
  await leavePart(to, content.subarray(0, half));
  await download({ url, sha256, to, onProgress: ({ received }) => seen.push(received) });
  await expectWhole(folder);
  expect(ranges).toEqual([`bytes=${half}-`]);
  expect(seen[0]).toBeGreaterThan(half);
});

inFolder('when the part is complete then nothing is asked for', async (folder, to) => {
  const ranges: (string | undefined)[] = [];
  const url = await serve(ranged(ranges));
  await leavePart(to, content);
  await download({ url, sha256, to });
  await expectWhole(folder);
  expect(ranges).toEqual([]);
});

inFolder('when the ETag has changed then the file is fetched anew', async (folder, to) => {
  const url = await serve(ranged([], '"two"'));
  await leavePart(to, Buffer.alloc(half, 7));
  await download({ url, sha256, to });
  await expectWhole(folder);
});

inFolder('when the server ignores ranges then the file is fetched anew', async (folder, to) => {
  const url = await serve((_, response) => response.writeHead(200, { etag: '"one"' }).end(content));
  await leavePart(to, content.subarray(0, half));
  await download({ url, sha256, to });
  await expectWhole(folder);
});

inFolder('when the server refuses the range then the file is fetched anew', async (folder, to) => {
  const url = await serve((request, response) => {
    if (request.headers.range === undefined) response.end(content);
    else response.writeHead(416).end();
  });
  await leavePart(to, Buffer.concat([content, content]));
  await download({ url, sha256, to });
  await expectWhole(folder);
});

inFolder('when the connection is cut once then the same call goes on from there', async (folder, to) => {
  const ranges: (string | undefined)[] = [];
  const url = await serve(halfFirst(ranges, (response) => setTimeout(() => response.destroy(), 50)));
  await download({ url, sha256, to });
  await expectWhole(folder);
  expect(ranges).toEqual([`bytes=${half}-`]);
});

inFolder('when connections keep breaking then the error says how far it came and the part stays', async (_, to) => {
  const url = await serve((request, response) => {
    const resumes = request.headers.range !== undefined;
    response.writeHead(resumes ? 206 : 200, {
      etag: '"one"',
      'content-length': content.length - (resumes ? half : 0),
      ...(resumes && { 'content-range': `bytes ${half}-${content.length - 1}/${content.length}` }),
    });
    if (resumes) response.flushHeaders();
    else response.write(content.subarray(0, half));
    setTimeout(() => response.destroy(), 50);
  });
  await expect(download({ url, sha256, to })).rejects.toMatchObject({
    code: 'ERR_DOWNLOAD',
    message: expect.stringMatching(`broke off after ${half} bytes .*go on from there`),
  });
  expect((await readFile(`${to}.part`)).equals(content.subarray(0, half))).toBe(true);
});

inFolder('when the checksum is wrong then the error names both and nothing is left', async (folder, to) => {
  const url = await serve((_, response) => response.writeHead(200, { etag: '"one"' }).end('other'));
  const other = createHash('sha256').update('other').digest('hex');
  await expect(download({ url, sha256, to })).rejects.toMatchObject({
    code: 'ERR_DOWNLOAD',
    message: expect.stringMatching(`${sha256}.*${other}`),
  });
  expect(await readdir(folder)).toEqual([]);
});

inFolder('when the server answers 404 then the error says so', async (folder, to) => {
  const url = await serve((_, response) => response.writeHead(404).end('nothing here'));
  await expect(download({ url, sha256, to })).rejects.toMatchObject({
    code: 'ERR_DOWNLOAD',
    message: `Could not download ${url}: the server answered 404 Not Found.`,
  });
  expect(await readdir(folder)).toEqual([]);
});

inFolder('when nobody listens then the error comes at once and says why', async (_, to) => {
  const url = await serve(() => undefined);
  servers[0]?.close();
  await expect(download({ url, sha256, to })).rejects.toMatchObject({
    code: 'ERR_DOWNLOAD',
    message: expect.stringMatching('ECONNREFUSED'),
  });
});

inFolder('when the server accepts but never answers then it costs less than ten seconds', async (_, to) => {
  const url = await serve(() => undefined);
  const start = performance.now();
  await expect(download({ url, sha256, to })).rejects.toMatchObject({ code: 'ERR_DOWNLOAD' });
  expect(performance.now() - start).toBeLessThan(10_000);
});

inFolder('when a proxy is set then the request goes through it', async (folder, to) => {
  const asked: (string | undefined)[] = [];
  const proxyUrl = await serve((request, response) => {
    asked.push(request.url);
    response.end(content);
  });
  const before = process.env.http_proxy;
  process.env.http_proxy = new URL(proxyUrl).origin;
  try {
    // The name does not exist: only the proxy can answer.
    await download({ url: 'http://files.invalid/file.tgz', sha256, to });
  } finally {
    if (before === undefined) delete process.env.http_proxy;
    else process.env.http_proxy = before;
  }
  await expectWhole(folder);
  expect(asked).toEqual(['http://files.invalid/file.tgz']);
});

inFolder('when it is aborted then its reason is thrown and the next call goes on from the part', async (folder, to) => {
  const ranges: (string | undefined)[] = [];
  const url = await serve(halfFirst(ranges));
  const controller = new AbortController();
  const stop = new Error('stopped by the user');
  const aborted = download({
    url,
    sha256,
    to,
    signal: controller.signal,
    onProgress: ({ received }) => {
      if (received === half) controller.abort(stop);
    },
  });
  await expect(aborted).rejects.toBe(stop);
  await expect(access(to)).rejects.toMatchObject({ code: 'ENOENT' });
  await download({ url, sha256, to });
  expect(ranges).toEqual([`bytes=${half}-`]);
  await expectWhole(folder);
});

inFolder('when two calls fetch the same file at once then it is fetched once', async (folder, to) => {
  const ranges: (string | undefined)[] = [];
  const url = await serve(ranged(ranges));
  await Promise.all([download({ url, sha256, to }), download({ url, sha256, to })]);
  await expectWhole(folder);
  expect(ranges).toEqual([undefined]);
});
