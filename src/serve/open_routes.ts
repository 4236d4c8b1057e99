import type { FastifyRequest } from 'fastify';

/** The configuration of routes that need no key: whoever sees them learns nothing of a model. */
export const openRoute = Object.freeze({ isOpen: true });
/** The configuration of the route that is answered for as long as the process lives. */
export const aliveRoute = Object.freeze({ ...openRoute, isAlive: true });

export function isOpenRoute({ routeOptions }: FastifyRequest): boolean {
  return 'isOpen' in routeOptions.config;
}

export function isAliveRoute({ routeOptions }: FastifyRequest): boolean {
  return 'isAlive' in routeOptions.config;
}
