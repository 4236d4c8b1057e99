/** What an ELF file says of the libraries that it belongs to, as `readelf --dynamic --version-info` shows it. */
export interface ElfFile {
  /** The processor that it is for, as Node calls it; another one as `machine 8`, by its number in the System V ABI. */
  cpu: string;
  /** The names of the libraries that the loader must find for it (DT_NEEDED). */
  needed: string[];
  /** The versions of symbols that it needs, by the library that is to define them (`.gnu.version_r`). */
  requires: Map<string, string[]>;
  /** The versions of symbols that it defines itself (`.gnu.version_d`). */
  defines: string[];
}

// Numbers of the System V ABI and of the Linux Standard Base, as in <elf.h>.
const magic = 0x7f454c46;
const class64 = 2;
const littleEndian = 1;
const sectionOf = { dynamic: 6, versionsDefined: 0x6ffffffd, versionsNeeded: 0x6ffffffe } as const;
const noBits = 8;
const headerBytes = 64;
const neededTag = 1;
const dynamicBytes = 16;
const cpus = new Map([
  [62, 'x64'],
  [183, 'arm64'],
]);

interface Section {
  type: number;
  offset: number;
  size: number;
  /** The number of the section with its names. */
  link: number;
  /** How many entries it has, where these are chained. */
  entries: number;
}

/**
 * Reads an ELF file of 64 bits, the lowest byte first: those of Linux on x64 and arm64.
 * @throws Error when it is none, does not say what it needs to be loaded, or says that it has what lies outside of it
 */
export function readElf(bytes: Uint8Array): ElfFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < headerBytes || view.getUint32(0) !== magic) throw new Error('it is no ELF file');
  if (view.getUint8(4) !== class64 || view.getUint8(5) !== littleEndian)
    throw new Error('it is no ELF file of 64 bits, the lowest byte first');
  const sections = readSections(view);
  const of = (type: number): Names | null => {
    const section = sections.find((each) => each.type === type);
    const names = section && sections[section.link];
    return section && names ? { view, section, nameAt: (at) => textAt(bytes, names, at) } : null;
  };
  const dynamic = of(sectionOf.dynamic);
  if (dynamic === null) throw new Error('it has no section that says which libraries it needs');
  const machine = view.getUint16(18, true);
  return {
    cpu: cpus.get(machine) ?? `machine ${machine}`,
    needed: readNeeded(dynamic),
    requires: readVersionsNeeded(of(sectionOf.versionsNeeded)),
    defines: readVersionsDefined(of(sectionOf.versionsDefined)),
  };
}

/** A section, and the names that it points to. */
interface Names {
  view: DataView;
  section: Section;
  nameAt: (offset: number) => string;
}

function readSections(view: DataView): Section[] {
  const [start, size, count] = [offsetAt(view, 40), view.getUint16(58, true), view.getUint16(60, true)];
  const outside = 'it has a section that lies outside of it';
  if (count > 0 && (size < headerBytes || start + count * size > view.byteLength)) throw new Error(outside);
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * size;
    const [offset, bytes, type] = [offsetAt(view, at + 24), offsetAt(view, at + 32), view.getUint32(at + 4, true)];
    if (type !== noBits && offset + bytes > view.byteLength) throw new Error(outside);
    return { type, offset, size: bytes, link: view.getUint32(at + 40, true), entries: view.getUint32(at + 44, true) };
  });
}

function offsetAt(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

function textAt(bytes: Uint8Array, { offset, size }: Section, at: number): string {
  const end = bytes.indexOf(0, offset + at);
  if (at >= size || end === -1) throw new Error('it has a name that lies outside of it');
  return new TextDecoder().decode(bytes.subarray(offset + at, end));
}

function readNeeded({ view, section, nameAt }: Names): string[] {
  const needed: string[] = [];
  for (let at = section.offset; at + dynamicBytes <= section.offset + section.size; at += dynamicBytes) {
    if (offsetAt(view, at) === neededTag) needed.push(nameAt(offsetAt(view, at + 8)));
  }
  return needed;
}

function readVersionsNeeded(names: Names | null): Map<string, string[]> {
  const requires = new Map<string, string[]>();
  if (names === null) return requires;
  const { view, section, nameAt } = names;
  for (const at of chain(names, needEntry, section.offset, section.entries)) {
    const first = at + view.getUint32(at + 8, true);
    const versions = [...chain(names, neededVersionEntry, first, view.getUint16(at + 2, true))];
    const library = nameAt(view.getUint32(at + 4, true));
    requires.set(
      library,
      versions.map((version) => nameAt(view.getUint32(version + 8, true))),
    );
  }
  return requires;
}

/** The first of the names of a definition is its own; those that follow are what it inherits from. */
function readVersionsDefined(names: Names | null): string[] {
  if (names === null) return [];
  const { view, section, nameAt } = names;
  return [...chain(names, definitionEntry, section.offset, section.entries)].flatMap((at) => {
    const own = at + view.getUint32(at + 12, true);
    return [...chain(names, nameEntry, own, 1)].map((name) => nameAt(view.getUint32(name, true)));
  });
}

/** How many bytes an entry of a chain has, and where in it lies how far the next one is. */
interface Entry {
  bytes: number;
  nextAt: number;
}

const needEntry: Entry = { bytes: 16, nextAt: 12 };
const neededVersionEntry: Entry = { bytes: 16, nextAt: 12 };
const definitionEntry: Entry = { bytes: 20, nextAt: 16 };
const nameEntry: Entry = { bytes: 8, nextAt: 4 };

/** Goes through the entries within a section: `count` of them, or as many as there are before one that has no next. */
function* chain({ view, section }: Names, { bytes, nextAt }: Entry, first: number, count: number): Generator<number> {
  const end = section.offset + section.size;
  for (let at = first, index = 0, step = 1; index < count && step !== 0; index++, at += step) {
    if (at + bytes > end) throw new Error('it has an entry that lies outside of its section');
    yield at;
    step = view.getUint32(at + nextAt, true);
  }
}
