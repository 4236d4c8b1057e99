import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { ImdbTorchError, messageOf } from '../errors.js';
import { cacheHome } from '../system/cache_home.js';
import { systemCode } from '../system/file_errors.js';
import { runProcess } from '../system/run_process.js';
import { sizeOf } from '../system/sizes.js';
import { describeOrigin, readOrigin, type AddonOrigin } from './addon_origin.js';
import { hashOfSources, selectedAddon, type SelectedAddon } from './addon_cache.js';
import { findForAddon, findLibtorch, type Libtorch } from './libtorch.js';
import type { LibtorchOptions } from './libtorch_folder.js';
import { linkLibtorch } from './libtorch_link.js';
import { packageRoot, packageVersion } from './package_root.js';
import { currentPlatform, insteadOn, supportOf } from './platform.js';
import { findPrebuilt, fitTo, fittingOf, placeOf, type Prebuilt, type Unfit } from './prebuilt.js';
import { installCommand, isCMakeNewEnough, probe, probeCompiler } from './tools.js';

const loadMilliseconds = 30_000;

/** One thing that is needed or useful. */
export interface Finding {
  name: string;
  /** Describes what is there; null when it is missing. */
  value: string | null;
  /** Says whether not even what was trained runs without it, or it was asked for by name. */
  required: boolean;
  /** Says whether nothing can be trained without it. */
  requiredToTrain: boolean;
  /** Says what to do about it; null when it is fine. */
  advice: string | null;
}

const addonFacts = v.object({
  devices: v.array(v.string()),
  threads: v.number(),
  libtorch: v.string(),
  kernels: v.string(),
});

/** Facts about this machine that the addon knows. */
type AddonFacts = v.InferOutput<typeof addonFacts>;

export interface Inspection {
  version: string;
  findings: Finding[];
  libtorch: Libtorch | null;
  /**
   * `facts` is null when it does not load, which is one of the findings. `origin` is null where it was not noted: then the
   * addon was compiled here.
   */
  addon: { path: string; facts: AddonFacts | null; origin: AddonOrigin | null } | null;
  /** Says whether this package brings an addon that fits here; `reason` says why not. */
  prebuilt: { path: string; reason: null } | { path: null; reason: string };
  cache: { path: string; bytes: Record<string, number> };
}

interface InspectOptions {
  libtorch?: string | undefined;
  /** The folder of the package, by default that of this one. */
  root?: string | undefined;
}

/**
 * Looks at all that this package needs on this machine. It builds nothing, downloads nothing and does not load the
 * addon into this process.
 */
export async function inspectMachine(options: InspectOptions = {}): Promise<Inspection> {
  const { root = packageRoot() } = options;
  const sources = hashOfSources(root);
  const selected = selectedAddon(sources, options.libtorch);
  const forBuilding = selected === null;
  const brought = findPrebuilt(root, sources);
  const libtorch = await inspectLibtorch({ ...options, forBuilding, hasPrebuilt: fittingOf(brought) });
  const prebuilt = libtorch.found === null ? brought : fitTo(brought, libtorch.found);
  const [addon, ...tools] = await Promise.all([
    inspectAddon(selected, prebuilt),
    ...probeTools(forBuilding && 'reason' in prebuilt),
  ]);
  return {
    version: packageVersion(root),
    findings: [
      nodeFinding(),
      platformFinding(),
      ...tools,
      libtorch.finding,
      addon.finding,
      engineFinding(selected !== null || placeOf(brought, sources, options.libtorch) !== null),
    ],
    libtorch: libtorch.found,
    addon: addon.addon,
    prebuilt: 'reason' in prebuilt ? { path: null, reason: prebuilt.reason } : { path: prebuilt.path, reason: null },
    cache: { path: cacheHome(), bytes: sizesIn(cacheHome()) },
  };
}

function nodeFinding(): Finding {
  return { name: 'Node', value: process.versions.node, required: true, requiredToTrain: true, advice: null };
}

function platformFinding(): Finding {
  const { os, cpu, libc } = currentPlatform();
  const support = supportOf({ os, cpu, libc });
  const advice = support === 'fetched' ? null : insteadOn({ os, cpu, libc });
  return {
    name: 'platform',
    value: [os, cpu, ...(libc === null ? [] : [libc])].join(' '),
    required: false,
    requiredToTrain: support === 'none',
    advice,
  };
}

/** Says what computes where that is left to `predict`, `explain`, `evaluate`, `serve` and the library. */
function engineFinding(isAddonThere: boolean): Finding {
  const value = isAddonThere
    ? 'fused, as the addon is there; portable for a few texts, before which loading the addon would take longer'
    : 'portable, which is all in TypeScript, as there is no addon';
  return finding('engine for trained models', value, false, '');
}

/** @param forBuilding whether the addon is still to be built here: nothing else needs a compiler and CMake */
function probeTools(forBuilding: boolean): Promise<Finding>[] {
  const install = `${forBuilding ? '' : 'only needed to build the addon, which is at hand; '}install with ${installCommand()}`;
  return [
    probe('npm').then(({ version }) =>
      finding('npm', version, false, 'comes with Node; only needed to install packages'),
    ),
    probeCompiler().then(({ name, version }) =>
      finding('C++ compiler', version === null ? null : `${name} ${version}`, forBuilding, install),
    ),
    probe('cmake').then(({ version }) =>
      version === null || isCMakeNewEnough(version)
        ? finding('CMake', version, forBuilding, install)
        : {
            name: 'CMake',
            value: version,
            required: false,
            requiredToTrain: forBuilding,
            advice: `is older than 3.18; ${install}`,
          },
    ),
    probe('ninja').then(({ version }) => finding('Ninja', version, false, 'optional: builds are quicker with it')),
    probe('python3').then(({ version }) =>
      finding('Python', version, false, 'optional: with it pip can fetch libtorch from your mirrors'),
    ),
  ];
}

function finding(name: string, value: string | null, requiredToTrain: boolean, adviceIfMissing: string): Finding {
  return { name, value, required: false, requiredToTrain, advice: value === null ? adviceIfMissing : null };
}

async function inspectLibtorch(options: LibtorchOptions): Promise<{ found: Libtorch | null; finding: Finding }> {
  const places = {
    given: 'as the option libtorch or IMDB_TORCH_LIBTORCH says',
    cache: 'fetched by setup',
    python: "of this machine's Python",
    fetched: 'fetched by setup',
  } as const;
  try {
    const { found, tried } = await (options.forBuilding ? findForAddon : findLibtorch)(options);
    const headers = found?.hasHeaders ? '' : ', without headers: it runs the addon, and cannot build one';
    const value = found === null ? null : `${found.version} in ${found.path}, ${places[found.foundBy]}${headers}`;
    const reasons = tried.map(({ place, reason }) => `${place}: ${reason}`).join('; ');
    const platform = currentPlatform();
    const remedy =
      supportOf(platform) === 'fetched' ? 'run `npx imdb-torch setup`, which fetches it' : insteadOn(platform);
    return {
      found,
      finding: finding('libtorch', value, true, `${remedy} (${reasons})`),
    };
  } catch (error) {
    if (!(error instanceof ImdbTorchError)) throw error;
    return { found: null, finding: { ...finding('libtorch', null, true, error.message), required: true } };
  }
}

async function inspectAddon(
  selected: SelectedAddon | null,
  prebuilt: Prebuilt | Unfit,
): Promise<{ addon: Inspection['addon']; finding: Finding }> {
  const name = 'native addon';
  if (selected === null) {
    const how =
      'reason' in prebuilt
        ? `is built on first use (because ${prebuilt.reason})`
        : `is taken from this package on first use (prebuilt for libtorch ${prebuilt.libtorch})`;
    const advice = `${how}, or now by \`npx imdb-torch setup\``;
    return { addon: null, finding: finding(name, null, false, advice) };
  }
  const { path, libtorch } = selected;
  const origin = readOrigin(path);
  const value = `${path}, ${describeOrigin(origin, libtorch.version)}`;
  const found = { name, value, required: true, requiredToTrain: true };
  try {
    linkLibtorch(path, libtorch);
    return {
      addon: { path, facts: await factsOf(path), origin },
      finding: { ...found, advice: null },
    };
  } catch (error) {
    const advice = `does not load (${messageOf(error)}); run \`npx imdb-torch setup --force\``;
    return { addon: { path, facts: null, origin }, finding: { ...found, advice } };
  }
}

/** Loads the addon in a process of its own, so that a crash of it is a finding and no crash here. */
async function factsOf(path: string): Promise<AddonFacts> {
  const script = `
    const addon = require(process.argv[1]);
    const facts = { devices: addon.devices(), threads: addon.getNumThreads(), ...addon.versions() };
    console.log('facts:' + JSON.stringify(facts));`;
  const { code, output } = await runProcess(process.execPath, ['-e', script, path], {
    timeoutMs: loadMilliseconds,
  });
  const facts = /^facts:(.+)$/m.exec(output)?.[1];
  if (code === 0 && facts !== undefined) return v.parse(addonFacts, JSON.parse(facts));
  const reason = /^Error: (.+)$/m.exec(output)?.[1];
  throw new Error(reason ?? (code === null ? 'it crashed or hung' : `it ended with code ${code}`));
}

/** Counts the bytes in each file or folder right inside `folder`. */
function sizesIn(folder: string): Record<string, number> {
  try {
    return Object.fromEntries(readdirSync(folder).map((name) => [name, sizeOf(join(folder, name))]));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return {};
    throw error;
  }
}
