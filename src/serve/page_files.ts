import { readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { packageFile } from '../setup/package_root.js';
import { openRoute } from './open_routes.js';
import { securityHeaders } from './security_headers.js';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const firstPage = 'index.html';

/** Adds the page, `GET /`, and the files that it loads. They are few and small, and are read once. */
export function addPage(app: FastifyInstance): void {
  const folder = packageFile('dist/web');
  const options = { schema: { hide: true }, config: openRoute };
  // Fastify puts the path behind the prefix as it is.
  const hasSlash = app.prefix.endsWith('/');
  const prefixTrailingSlash = hasSlash ? 'no-slash' : 'slash';
  for (const name of readdirSync(folder)) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const content = readFileSync(join(folder, name));
    app.get(name === firstPage ? '/' : `/${name}`, { ...options, prefixTrailingSlash }, (_request, reply) =>
      reply.headers(securityHeaders).type(type).send(content),
    );
  }
  // The page finds its files beside itself. Where the prefix has the slash, paths without it are not this part's.
  if (app.prefix === '' || hasSlash) return;
  const own = `${app.prefix.slice(app.prefix.lastIndexOf('/') + 1)}/`;
  app.get('/', { ...options, prefixTrailingSlash: 'no-slash' }, (_request, reply) => reply.redirect(own, 308));
}
