import type { TimeSlices } from '../system/time_slices.js';

/** At a place where no run starts that is kept. */
const none = -1;
/** So many places are looked at between two looks at the clock. */
const placesAtOnce = 1 << 16;

/** `[places]`: the run that starts at each place, or -1; the runs are numbered from `base`, `count` of them. */
interface NumberedRuns {
  readonly runs: Int32Array;
  readonly base: number;
  readonly count: number;
}

/** The places where one run follows another, sorted by the first of them; where those of each run end. */
export async function placesByRun(
  { runs, base, count }: NumberedRuns,
  slices: TimeSlices,
): Promise<{ places: Int32Array; ends: Int32Array }> {
  const ends = new Int32Array(count);
  let found = 0;
  for (let start = 0; start < runs.length; start += placesAtOnce) {
    found += countPlaces(runs, start, base, ends);
    if (slices.isOver) await slices.next();
  }
  let end = 0;
  for (let index = 0; index < ends.length; index += 1) {
    // At first where the places of a run start; putting each where it belongs moves that to their end.
    const start = end;
    end += ends[index] ?? 0;
    ends[index] = start;
  }
  const places = new Int32Array(found);
  for (let start = 0; start < runs.length; start += placesAtOnce) {
    sortPlaces(runs, start, base, ends, places);
    if (slices.isOver) await slices.next();
  }
  return { places, ends };
}

function countPlaces(runs: Int32Array, start: number, base: number, counts: Int32Array): number {
  let count = 0;
  const end = Math.min(start + placesAtOnce, runs.length - 1);
  for (let place = start; place < end; place += 1) {
    if (runs[place] === none || runs[place + 1] === none) continue;
    const index = (runs[place] ?? 0) - base;
    counts[index] = (counts[index] ?? 0) + 1;
    count += 1;
  }
  return count;
}

function sortPlaces(
  runs: Int32Array,
  start: number,
  base: number,
  ends: Int32Array,
  places: Int32Array,
): void {
  const end = Math.min(start + placesAtOnce, runs.length - 1);
  for (let place = start; place < end; place += 1) {
    if (runs[place] === none || runs[place + 1] === none) continue;
    const index = (runs[place] ?? 0) - base;
    const at = ends[index] ?? 0;
    places[at] = place;
    ends[index] = at + 1;
  }
}
