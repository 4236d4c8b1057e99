import type { FastifyInstance } from 'fastify';

/** Returns what the paths of a part of an app begin with; an app may have given it with a slash at its end. */
export function prefixOf({ prefix }: FastifyInstance): string {
  return prefix.replace(/\/+$/, '');
}
