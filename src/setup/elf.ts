/** What an ELF file says of the libraries that it belongs to, as `readelf --dynamic --version-info` shows it. */
export interface ElfFile {
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
const neededTag = 1;
const dynamicBytes = 16;

interface Section {
  type: number;
  offset: number;
  size: number;
  /** The number of the section with its names. */
  link: number;
}

/**
 * Reads an ELF file of 64 bits, the lowest byte first: those of Linux on x64 and arm64.
 * @throws Error when it is none, or says that it has what lies outside of it
 */
export function readElf(bytes: Uint8Array): ElfFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 64 || view.getUint32(0) !== magic) throw new Error('it is no ELF file');
  if (view.getUint8(4) !== class64 || view.getUint8(5) !== littleEndian)
    throw new Error('it is no ELF file of 64 bits, the lowest byte first');
  const sections = readSections(view);
  const of = (type: number): Names | null => {
    const section = sections.find((each) => each.type === type);
    const names = section && sections[section.link];
    return section && names ? { view, section, nameAt: (at) => textAt(bytes, names, at) } : null;
  };
  return {
    needed: readNeeded(of(sectionOf.dynamic)),
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
  if (start + count * size > view.byteLength) throw new Error('it has a section that lies outside of it');
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * size;
    const link = view.getUint32(at + 40, true);
    return { type: view.getUint32(at + 4, true), offset: offsetAt(view, at + 24), size: offsetAt(view, at + 32), link };
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

function readNeeded(names: Names | null): string[] {
  if (names === null) return [];
  const { view, section, nameAt } = names;
  const needed: string[] = [];
  for (let at = section.offset; at < section.offset + section.size; at += dynamicBytes) {
    if (offsetAt(view, at) === neededTag) needed.push(nameAt(offsetAt(view, at + 8)));
  }
  return needed;
}

function readVersionsNeeded(names: Names | null): Map<string, string[]> {
  const requires = new Map<string, string[]>();
  if (names === null) return requires;
  const { view, section, nameAt } = names;
  for (const at of chain(view, section.offset, 12)) {
    const versions = [...chain(view, at + view.getUint32(at + 8, true), 12)];
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
  return [...chain(view, section.offset, 16)].map((at) => {
    const own = at + view.getUint32(at + 12, true);
    return nameAt(view.getUint32(own, true));
  });
}

/** Goes through entries of which each says, `nextAt` bytes after its start, how far the next one is; 0 ends it. */
function* chain(view: DataView, first: number, nextAt: number): Generator<number> {
  for (let at = first, step = 1; step !== 0; at += step) {
    yield at;
    step = view.getUint32(at + nextAt, true);
  }
}
