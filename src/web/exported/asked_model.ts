import {
  answerOf,
  openModel,
  type FromWorker,
  type Opening,
  type Question,
  type TextAnswer,
  type ToWorker,
} from './answers.js';

/** A model that the page asks. */
export interface AskedModel {
  readonly classes: readonly string[];
  /** @param signal gives the question up, unless it is being answered */
  ask(question: Question, signal: AbortSignal): Promise<TextAnswer>;
}

/**
 * Opens a model in a worker, so that the page goes on while it is asked; in the page itself where there can be none.
 * @param script the program of the worker
 */
export async function openAskedModel(script: string, opening: Opening): Promise<AskedModel> {
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  try {
    return await WorkerModel.open(startWorker(url, opening.classifier === null ? 'classic' : 'module'), opening);
  } catch (error) {
    if (!(error instanceof NoWorker) || opening.classifier === null) throw error;
    const model = await openModel(opening);
    return { classes: model.classes, ask: (question) => Promise.resolve(answerOf(model, question)) };
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** @throws NoWorker where the browser refuses to run it */
function startWorker(url: string, type: WorkerType): Worker {
  try {
    return new Worker(url, { type });
  } catch {
    throw new NoWorker();
  }
}

/** The browser does not run the worker. */
class NoWorker extends Error {
  override readonly name = 'NoWorker';

  constructor() {
    super('This browser does not run the part of the page that has the model; use a newer one.');
  }
}

class WorkerModel implements AskedModel {
  classes: readonly string[] = [];
  readonly #worker: Worker;
  /** Is over when the last question is answered. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  static async open(worker: Worker, opening: Opening): Promise<WorkerModel> {
    const model = new WorkerModel(worker);
    const message = await model.#send({ open: opening });
    model.classes = 'classes' in message ? message.classes : [];
    return model;
  }

  /** Asks one question after the other: what was given up meanwhile is never asked. */
  ask(question: Question, signal: AbortSignal): Promise<TextAnswer> {
    const answer = this.#last.then(async () => {
      signal.throwIfAborted();
      const message = await this.#send({ question });
      if ('answer' in message) return message.answer;
      throw new Error('There is an answer to each question.');
    });
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  #send(message: ToWorker): Promise<Exclude<FromWorker, { readonly problem: string }>> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
        if ('problem' in data) reject(new Error(data.problem));
        else resolve(data);
      };
      this.#worker.onerror = () => {
        reject(new NoWorker());
      };
      this.#worker.postMessage(message);
    });
  }
}
