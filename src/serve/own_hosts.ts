import { isIP, type AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import type { FastifyInstance } from 'fastify';
import { ServiceError } from './service_error.js';

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|\[::ffff:7f[\da-f]{2}:[\da-f]+\])$/;

/**
 * Refuses requests whose Host header is not a name of this service. Else a page of another site could have its own name
 * lead to this machine (DNS rebinding), and would then be taken for a page of the service.
 * @param allowed further names; `*` stands for all
 */
export function keepToOwnHosts(app: FastifyInstance, allowed: readonly string[]): void {
  if (allowed.includes('*')) return;
  const named = new Set(allowed.map((name) => hostOf(bracketed(name))));
  const machine = hostname();
  const names = new Set([hostOf(machine), hostOf(`${machine.split('.')[0] ?? ''}.local`)]);
  app.addHook('onRequest', ({ headers, socket }, _reply, done) => {
    const header = headers.host ?? '';
    const host = hostOf(header);
    const isAddress = host !== null && (host.startsWith('[') || isIP(host) === 4);
    const isOwn =
      host !== null &&
      (loopback.test(host) ||
        named.has(host) ||
        host === hostOf(bracketed(socket.localAddress ?? '')) ||
        // An address is no name that could lead elsewhere. The machine may have others outside, as in a container.
        (isOpen(app) && (isAddress || names.has(host))));
    done(isOwn ? undefined : hostError(header));
  });
}

/** Whether the service listens on all addresses of the machine. */
function isOpen({ server }: FastifyInstance): boolean {
  const { address } = (server.address() ?? {}) as Partial<AddressInfo>;
  return address === '0.0.0.0' || address === '::';
}

/** Returns the name or the address without its port, in the form that browsers give it; null where it is none. */
function hostOf(header: string): string | null {
  if (header === '' || /[/\\?#@\s]/.test(header)) return null;
  try {
    return new URL(`http://${header}`).hostname.replace(/\.$/, '');
  } catch {
    return null;
  }
}

function bracketed(address: string): string {
  return isIP(address) === 6 ? `[${address}]` : address;
}

function hostError(header: string): ServiceError {
  if (header === '') return new ServiceError('ERR_BAD_REQUEST', 'Expected a Host header but received none.');
  const received = JSON.stringify(header.slice(0, 100));
  return new ServiceError(
    'ERR_HOST',
    `Expected a name of this service in the Host header but received ${received}; --allow-host has serve take others.`,
  );
}
