/** A convex function: writes the gradient at a point and returns the value. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

export interface MinimizeOptions {
  start: Float64Array;
  /** Multiplies a vector in place by what the inverse of the Hessian is taken to be. */
  precondition: (vector: Float64Array) => void;
  /** The search ends where no number of the gradient is larger. */
  tolerance: number;
}

const mostSteps = 200;
/** Pairs of a step and the change of the gradient along it that are remembered. */
const memory = 10;
/** A step has to bring this share of what the slope promises (Armijo's condition). */
const leastShare = 1e-4;
const smallestStep = 1e-10;

interface Pair {
  step: Float64Array;
  change: Float64Array;
  /** Their product. */
  curvature: number;
}

/** Where a search is. */
interface Place {
  point: Float64Array;
  gradient: Float64Array;
  value: number;
}

/** Minimises a convex function by L-BFGS (Nocedal and Wright 2006, algorithm 7.5) with steps halved until they help. */
export function minimize(objective: Objective, { start, precondition, tolerance }: MinimizeOptions): Float64Array {
  const pairs: Pair[] = [];
  let at = placeAt(objective, start);
  for (let step = 0; step < mostSteps && largestOf(at.gradient) > tolerance; step += 1) {
    const direction = at.gradient.map((value) => -value);
    applyInverseHessian(direction, pairs, precondition);
    const next = stepAlong(objective, at, direction);
    if (next === null) break;
    remember(pairs, at, next);
    at = next;
  }
  return at.point;
}

/** Evaluates a function at a point. */
export function placeAt(objective: Objective, point: Float64Array): Place {
  const gradient = new Float64Array(point.length);
  const value = objective(point, gradient);
  return { point, gradient, value };
}

/** Goes along a direction, half as far until the value is lower; null where it never is. */
export function stepAlong(objective: Objective, from: Place, direction: Float64Array): Place | null {
  const slope = dot(from.gradient, direction);
  for (let size = 1; size > smallestStep; size /= 2) {
    const next = placeAt(
      objective,
      from.point.map((value, i) => value + size * direction[i]),
    );
    if (next.value <= from.value + leastShare * size * slope) return next;
  }
  return null;
}

function remember(pairs: Pair[], from: Place, to: Place): void {
  const step = to.point.map((value, i) => value - from.point[i]);
  const change = to.gradient.map((value, i) => value - from.gradient[i]);
  const curvature = dot(step, change);
  if (!(curvature > 0)) return;
  pairs.push({ step, change, curvature });
  if (pairs.length > memory) pairs.shift();
}

/** The two loops of L-BFGS (algorithm 7.4), in place. */
function applyInverseHessian(
  vector: Float64Array,
  pairs: readonly Pair[],
  precondition: (vector: Float64Array) => void,
): void {
  const shares = pairs.toReversed().map(({ step, change, curvature }) => {
    const share = dot(step, vector) / curvature;
    addScaled(vector, change, -share);
    return share;
  });
  precondition(vector);
  pairs.forEach(({ step, change, curvature }, i) => {
    addScaled(vector, step, shares[pairs.length - 1 - i] - dot(change, vector) / curvature);
  });
}

function addScaled(to: Float64Array, vector: Float64Array, factor: number): void {
  for (let i = 0; i < to.length; i += 1) to[i] += factor * vector[i];
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i += 1) sum += one[i] * other[i];
  return sum;
}

/** The largest absolute value. */
export function largestOf(vector: Float64Array): number {
  return vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
