import type { BaseClassifier } from '../portable/base_classifier.js';
import type { AdapterName } from './documents.js';
import type { ServedModel } from './served_model.js';
import { ServiceError } from './service_error.js';
import type { Slices } from './work_queue.js';

/** Work whose adapters are exchanged this often is refused: it might never come to its end. */
const mostAttempts = 3;

/**
 * Asks a model with one of its adapters. The program whose classifier it is can exchange the adapters between two
 * slices: the work then begins anew, for an answer is that of one state of the model.
 * @param work does the whole answer, which may name the classes
 * @throws ServiceError ERR_BAD_REQUEST when the model has not the adapter that is asked for
 */
export function* askModel<T>(
  model: ServedModel,
  adapter: AdapterName | undefined,
  work: (classifier: BaseClassifier) => Slices<T>,
): Slices<T> {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const classifier = classifierOf(model, adapter);
    const { activeAdapters } = classifier;
    const slices = work(classifier);
    do {
      const slice = slices.next();
      if (slice.done === true) return slice.value;
      yield;
    } while (classifier.activeAdapters === activeAdapters);
  }
  throw new ServiceError('ERR_BUSY', "The model's adapters were exchanged meanwhile; ask again in a moment.");
}

/** @throws ServiceError ERR_BAD_REQUEST when the model has not the adapter that is asked for */
export function classifierOf(model: ServedModel, adapter: AdapterName | undefined): BaseClassifier {
  const classifier = model.classifier(adapter);
  if (classifier !== null) return classifier;
  const adapters = JSON.stringify(model.about.adapters);
  throw new ServiceError('ERR_BAD_REQUEST', `The request's body/adapter must be one of this model: ${adapters}.`);
}
