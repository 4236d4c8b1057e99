import type { ServedModel } from './served_model.js';
import { ServiceError } from './service_error.js';

/** A model while requests ask it. */
export class HeldModel implements Disposable {
  #holders = 0;
  #isRetired = false;

  constructor(readonly model: ServedModel) {}

  hold(): this {
    this.#holders += 1;
    return this;
  }

  /** Lets the model go: whoever disposes last of one that is retired disposes of the model. */
  [Symbol.dispose](): void {
    this.#holders -= 1;
    if (this.#isRetired && this.#holders === 0) this.model.dispose();
  }

  /** Disposes of the model as soon as nobody holds it. */
  retire(): void {
    this.#isRetired = true;
    if (this.#holders === 0) this.model.dispose();
  }
}

/** The models of a service by their names. Each can be exchanged for another between two requests. */
export class Models implements Disposable {
  readonly #held = new Map<string, HeldModel | null>();

  /** @param names the first is the name of the model for requests that name none */
  constructor(readonly names: readonly string[]) {
    for (const name of names) this.#held.set(name, null);
  }

  /** @throws ServiceError ERR_STARTING unless each name has its model */
  expectReady(): void {
    if ([...this.#held.values()].includes(null)) throw startingError();
  }

  /** Whether there is a model of this name, which may be answering requests. */
  has(name: string): boolean {
    return (this.#held.get(name) ?? null) !== null;
  }

  /** Has requests from now on ask this model; the one before is disposed of when those under way are answered. */
  put(name: string, model: ServedModel): void {
    this.#held.get(name)?.retire();
    this.#held.set(name, new HeldModel(model));
  }

  /**
   * Returns the model for a request, which disposes of it when it is answered.
   * @param name default: the first
   * @throws ServiceError ERR_NOT_FOUND when there is no such name, ERR_STARTING when its model is not there yet
   */
  hold(name: string = this.names[0] ?? ''): HeldModel {
    const held = this.#held.get(name);
    if (held === undefined) {
      throw new ServiceError('ERR_NOT_FOUND', 'There is no model of this name; GET /models lists those there are.');
    }
    if (held === null) throw startingError();
    return held.hold();
  }

  [Symbol.dispose](): void {
    for (const held of this.#held.values()) held?.retire();
    for (const name of this.names) this.#held.set(name, null);
  }
}

function startingError(): ServiceError {
  return new ServiceError('ERR_STARTING', 'The service is starting; ask again in a moment.');
}
