import { homedir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * The folder of everything that is kept between runs: `IMDB_TORCH_HOME`, else `imdb-torch` in the XDG cache folder.
 * It need not exist yet. A relative `XDG_CACHE_HOME` is ignored, as the XDG specification asks.
 */
export function cacheHome(): string {
  const { IMDB_TORCH_HOME: own, XDG_CACHE_HOME: xdg } = process.env;
  if (own) return resolve(own);
  // An empty HOME would make the cache a folder of whatever the current folder is.
  const home = homedir() || userInfo().homedir;
  const base = xdg?.startsWith('/') ? xdg : join(home, '.cache');
  return join(base, 'imdb-torch');
}
